"""Writes assets/known-names from the derived records and the hand-written groups.

    python3 build.py DERIVED ASSETS

DERIVED is the folder of derive.py's outputs. Every name of the result comes from a library's
sources; what a name may do is decided here by its kind and by what its hooks were found to reach.
"""

from __future__ import annotations

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
PARTS = ("create", "build", "life", "unknownBases")

TEXT = {
    "class": (
        "Makes an instance without running its initializer and writes the state to its attributes.",
        "Neither its creation nor its state setter reaches files, processes, imports or evaluation; what the state holds is judged by itself.",
    ),
    "callable": (
        "Makes a layer, with or without running its initializer, and writes the state to its attributes.",
        "The initializer makes tensors of the sizes it is given; creation and state setter reach no effect.",
    ),
    "container": (
        "Makes a container of the library, fills it and writes the state to its attributes.",
        "It stores what it is given; its item and attribute setters reach no effect.",
    ),
    "filled": (
        "Makes a container of the library without running its initializer, fills it and writes the state to its attributes.",
        "It stores what it is given; its item and attribute setters reach no effect.",
    ),
    "tuple": (
        "Makes a named tuple of the values that follow.",
        "A tuple stores its values.",
    ),
    "enum": (
        "Makes a member of an enumeration from its value.",
        "A constant; an unknown value raises an error.",
    ),
    "exception": (
        "Names or makes an exception or warning; it is not raised.",
        "It only stores its arguments.",
    ),
    "function": (
        "Names a function; the reference is stored.",
        "It computes values of its arguments and reaches no file, process, import or evaluation.",
    ),
}
ALLOW = {
    "class": ["instantiate", "build"],
    "callable": ["instantiate", "build", "call"],
    "container": ["instantiate", "build", "call", "items"],
    "filled": ["instantiate", "build", "items"],
    "tuple": ["instantiate", "call", "build"],
    "enum": ["call"],
    "exception": ["instantiate", "build", "call"],
    "function": [],
}
KIND = {"callable": "class", "container": "class", "filled": "class", "tuple": "class", "exception": "class"}


def objections(record: dict, reviewed) -> list[str]:
    out = []
    for part in PARTS:
        for text in record.get(part, []):
            line = f"{part} {text}"
            if not any(re.match(pattern, line) for pattern, _ in reviewed):
                out.append(line)
    return out


def bucket_of(key: str, record: dict, config: dict, reviewed) -> str | None:
    module = key.split(" ")[0]
    kind = record["kind"]
    if kind == "metaclass":
        return None
    if kind == "enum":
        return None if record.get("call") else "enum"
    if kind == "exception":
        return None if record.get("init") else "exception"
    if kind == "tuple":
        return "tuple"
    if kind == "container":
        bad = [t for t in record.get("items", []) if not any(re.match(p, "items " + t) for p, _ in reviewed)]
        if bad:
            return "class"
        inits = [t for t in record.get("init", []) if not any(re.match(p, "init " + t) for p, _ in reviewed)]
        return "filled" if inits else "container"
    if config.get("callable") and re.search(config["callable"], module):
        inits = [t for t in record.get("init", []) if not any(re.match(p, "init " + t) for p, _ in reviewed)]
        if not inits:
            return "callable"
    return "class"


def collect(config: dict, derived: dict, reviewed, report) -> dict[str, dict[str, set[str]]]:
    include = re.compile(config.get("include", ""))
    exclude = re.compile(config["exclude"]) if config.get("exclude") else None
    out: dict[str, dict[str, set[str]]] = {}
    for key, record in derived["classes"].items():
        module, name = key.split(" ")
        places = [module, *record.get("defined", [])]
        if any(not include.search(p) or exclude and exclude.search(p) for p in places):
            continue
        if name.split(".")[-1].startswith("__"):
            continue
        bad = objections(record, reviewed)
        if record["kind"] == "metaclass":
            continue
        if bad:
            report.append(f"{key}: {'; '.join(bad[:4])}")
            continue
        bucket = bucket_of(key, record, config, reviewed)
        if bucket is None:
            report.append(f"{key}: {record['kind']} {record.get('init') or record.get('call')}")
            continue
        out.setdefault(bucket, {}).setdefault(module, set()).add(name)
    for pattern, names in config.get("functions", {}).items():
        for key in derived["functions"]:
            module, name = key.split(" ")
            if re.search(pattern, module) and re.search(names, name) and not (exclude and exclude.search(module)):
                out.setdefault("function", {}).setdefault(module, set()).add(name)
    return out


def reviewed_of(config: dict, libraries: dict) -> list:
    """[pattern, reason] pairs; the name of a library stands for that library's pairs."""
    out = []
    for item in config.get("reviewed", []):
        out += libraries[item]["reviewed"] if isinstance(item, str) else [item]
    return out


def main() -> None:
    derived_folder, assets = map(pathlib.Path, sys.argv[1:3])
    libraries = json.loads((HERE / "libraries.json").read_text())
    target = assets / "known-names"
    target.mkdir(parents=True, exist_ok=True)
    index: dict[str, str] = {}
    reports = []
    done = set()
    for library, config in libraries.items():
        name = config["file"]
        manual_path = HERE / "manual" / name
        manual = json.loads(manual_path.read_text()) if manual_path.exists() else None
        groups = list(manual["groups"]) if manual else []
        taken = {(m, n) for g in groups for m, names in g["names"].items() for n in names.split()}
        taken |= {tuple(x.split(" ")) for x in config.get("never", [])}
        if not config.get("manualOnly"):
            source = derived_folder / f"{config['derived']}.json"
            if not source.exists():
                print("no derived record of", library, file=sys.stderr)
                continue
            reviewed = reviewed_of(config, libraries)
            report: list[str] = []
            buckets = collect(config, json.loads(source.read_text()), reviewed, report)
            reports.append((library, report))
            for bucket in sorted(buckets):
                names = {}
                for module, found in sorted(buckets[bucket].items()):
                    rest = sorted(n for n in found if (module, n) not in taken)
                    if rest:
                        names[module] = " ".join(rest)
                if not names:
                    continue
                does, why = TEXT[bucket]
                group = {"kind": KIND.get(bucket, bucket), "does": does, "why": why, "allow": ALLOW[bucket]}
                if bucket == "enum":
                    group["arguments"] = ["known"]
                group["names"] = names
                groups.append(group)
        head = manual or {}
        output = {
            "library": head.get("library", library),
            "versions": head.get("versions", config.get("versions", "")),
            "roots": sorted(config.get("roots") or head.get("roots", [])),
            "basis": head.get("basis", "Read in the sources of the versions named: class by class, creation, state setter, attribute setters and finalizer were followed call by call; a class that reaches an effect is left out."),
            "groups": groups,
        }
        for group in output["groups"]:
            group["names"] = {m: " ".join(sorted(set(n.split()))) for m, n in sorted(group["names"].items()) if n}
        if name == "python.json":
            output["roots"] = sorted({m.split(".")[0] for g in groups for m in g["names"]})
        for root in output["roots"]:
            index[root] = name
        (target / name).write_text(json.dumps(output, indent=2, ensure_ascii=False) + "\n")
        done.add(name)
        count = sum(len(v.split()) for g in output["groups"] for v in g["names"].values())
        print(f"{name:28} {count:6} names {(target / name).stat().st_size // 1024:5} KiB")
    (target / "index.json").write_text(json.dumps(dict(sorted(index.items())), indent=2) + "\n")
    with open(derived_folder / "left-out.txt", "w") as file:
        for library, report in reports:
            file.write(f"== {library}: {len(report)} left out\n" + "\n".join(report) + "\n")


if __name__ == "__main__":
    main()
