"""Derives, from unpacked wheels, which classes of a library are harmless to unpickle.

    python3 derive.py SOURCES OUT.json LIBRARY=version,version… [--with LIBRARY=version]

SOURCES holds one folder `library-version` per unpacked wheel (fetch.sh makes them). Output: one
record per (module, name): kind, what its reachable methods do, and in which versions it exists.
"""

from __future__ import annotations

import argparse
import ast
import json
import pathlib
import sys

from effects import BUILD_HOOKS, CREATE_HOOKS, ITEM_HOOKS, LIFE_HOOKS, Effects
from source_index import NAMEDTUPLES, Class, Index, called_name, module_set_by

CONTAINERS = {"dict", "list", "set", "frozenset", "collections.OrderedDict", "collections.UserDict"}
CONTAINERS |= {"collections.defaultdict", "collections.deque", "collections.Counter", "OrderedDict"}
CONTAINERS |= {"collections.UserList", "typing.Dict", "typing.List", "typing.OrderedDict"}
ENUMS = {"lightning_utilities.core.enums.StrEnum", "enum.Enum", "enum.IntEnum", "enum.Flag", "enum.IntFlag", "enum.StrEnum", "enum.EnumMeta"}
TUPLES = {"collections.namedtuple", "typing.NamedTuple", "tuple", "typing_extensions.NamedTuple"}
METACLASSES = {"type", "abc.ABCMeta", "enum.EnumMeta", "enum.EnumType"}
# Bases outside the analysed sources whose own hooks are known to be plain.
INERT = CONTAINERS | ENUMS | TUPLES
INERT |= set(
    """object int float str bytes complex bool abc.ABC typing.Generic typing.Protocol typing.Any
    typing_extensions.Protocol typing_extensions.Generic typing.Callable collections.abc.Callable
    collections.abc.Mapping collections.abc.MutableMapping collections.abc.Sequence collections.Mapping
    collections.abc.MutableSequence collections.abc.Iterable collections.abc.Iterator collections.Sequence
    collections.abc.Set collections.abc.MutableSet collections.abc.Sized collections.abc.Collection
    collections.abc.Hashable collections.abc.Container collections.abc.Iterator collections.MutableMapping
    typing.Mapping typing.MutableMapping typing.Sequence typing.Iterable typing.Iterator typing.Sized
    typing.Union typing.Type typing.Hashable typing.Set typing.Collection typing.TypedDict UserDict.UserDict
    typing.SupportsIndex typing.SupportsFloat typing.SupportsInt numbers.Number collections.abc.Reversible
    numpy.ndarray numpy.ma.MaskedArray numpy.generic numpy.dtype numpy.core.multiarray.ndarray
    datetime.datetime datetime.date datetime.timedelta datetime.tzinfo random.Random
    torch._C._TensorBase torch._C.TensorBase torch.Tensor torch._C.Generator torch._C.ScriptObject
    contextlib.ContextDecorator contextlib.AbstractContextManager
    json.JSONEncoder logging.Filter string.Formatter argparse.Namespace argparse.Action""".split()
)


def is_exception(name: str) -> bool:
    return name.endswith(("Error", "Warning", "Exception", "Interrupt")) or name in (
        "StopIteration",
        "BaseException",
    )


def external(name: str, extra: set[str]) -> bool:
    """True when a base outside the sources is inert."""
    plain = name.removeprefix("module:")
    if plain in INERT or plain in extra or is_exception(plain.split(".")[-1]):
        return True
    return any(plain.startswith(e[:-1]) for e in extra if e.endswith("*"))


def classify(reached: Effects, entry: Class, extra: set[str]) -> dict:
    classes, outside = reached.index.line(entry)
    record: dict = {"kind": "class"}
    names = {n.removeprefix("module:") for n in outside}
    if names & METACLASSES or any(k.name.endswith("Meta") and n for k in classes for n in names & {"type"}):
        record["kind"] = "metaclass"
    elif names & ENUMS:
        record["kind"] = "enum"
    elif names & TUPLES:
        record["kind"] = "tuple"
    elif any(is_exception(n.split(".")[-1]) for n in names):
        record["kind"] = "exception"
    elif names & CONTAINERS:
        record["kind"] = "container"
    unknown = [n for n in outside if not external(n, extra)]
    if unknown:
        record["unknownBases"] = unknown
    checks = {
        "create": (CREATE_HOOKS, False),
        "build": (BUILD_HOOKS, True),
        "life": (LIFE_HOOKS, False),
        "init": (("__init__", "__post_init__"), False),
    }
    if record["kind"] == "container":
        checks["items"] = (ITEM_HOOKS, False)
    if record["kind"] == "enum":
        checks["call"] = (("_missing_", "__new__", "__init__", "__call__"), False)
    for key, (hooks, setters) in checks.items():
        found = reached.effects(entry, hooks, setters)
        if found:
            record[key] = sorted(set(found))[:6]
    hooks = {h for c in classes for h in c.methods if h in ("__setstate__", "__new__", "__reduce__", "__reduce_ex__", "__getinitargs__", "__getnewargs__", "__getnewargs_ex__")}
    if hooks:
        record["hooks"] = sorted(hooks)
    return record


def derive(sources: pathlib.Path, library: str, versions: list[str], with_: list[str], roots, extra):
    out: dict[str, dict] = {}
    functions: dict[str, list[str]] = {}
    for version in versions:
        folders = [sources / f"{library}-{version}"] + [sources / w for w in with_]
        if not folders[0].is_dir():
            print("missing", folders[0], file=sys.stderr)
            continue
        index = Index(folders, roots)
        reached = Effects(index)
        for name in index.own:
            module = index.modules[name]
            for entry in module.classes.values():
                record = classify(reached, entry, extra)
                record["versions"] = [version]
                record["defined"] = [name]
                places = {name} | ({entry.written_as} if entry.written_as else set())
                for place in places:
                    merge(out, f"{place} {entry.name}", record)
            for function, node in module.functions.items():
                functions.setdefault(f"{name} {function}", []).append(version)
                place = next(filter(None, map(module_set_by, node.decorator_list)), None)
                if place:
                    functions.setdefault(f"{place} {function}", []).append(version)
            for assigned, value in module.assigns.items():
                if isinstance(value, ast.Call) and called_name(value) in NAMEDTUPLES:
                    merge(out, f"{name} {assigned}", {"kind": "tuple", "versions": [version]})
    return out, functions


def merge(out: dict, key: str, record: dict) -> None:
    """Every version's objections count."""
    old = out.get(key)
    if old is None:
        out[key] = dict(record)
        return
    for part in ("create", "build", "life", "init", "items", "call", "unknownBases", "hooks", "defined"):
        both = sorted(set(old.get(part, [])) | set(record.get(part, [])))
        if both:
            old[part] = both
    if record["kind"] != old["kind"]:
        old["kind"] = record["kind"] if old["kind"] == "class" else old["kind"]
    old["versions"] = sorted(set(old["versions"]) | set(record["versions"]))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sources", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("library", help="library=version,version")
    parser.add_argument("--with", dest="with_", default="")
    parser.add_argument("--roots", default="")
    parser.add_argument("--inert", default="", help="bases outside the sources that are plain")
    options = parser.parse_args()
    library, _, versions = options.library.partition("=")
    roots = set(options.roots.split(",")) if options.roots else None
    classes, functions = derive(
        options.sources,
        library,
        versions.split(","),
        [w for w in options.with_.split(",") if w],
        roots,
        set(filter(None, options.inert.split(","))),
    )
    result = {"library": library, "versions": versions.split(","), "classes": dict(sorted(classes.items())), "functions": dict(sorted(functions.items()))}
    options.out.write_text(json.dumps(result, indent=1))
    bad = [k for k, r in classes.items() if any(r.get(p) for p in ("create", "build", "life", "unknownBases"))]
    print(library, len(classes), "classes", len(bad), "with objections", len(functions), "functions")


if __name__ == "__main__":
    main()
