"""Checks the shape and the content of assets/known-names, and reports coverage over a corpus.

    python3 check.py ASSETS [--dangerous APPENDIX.md] [--corpus DIR] [--all]

Fails when a file has another shape, when a listed name is on a list of dangerous names without a
schema that was reviewed for it, or when a row of the corpus that is `known` is not covered.
"""

from __future__ import annotations

import argparse
import collections
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).parent
KINDS = {"class", "enum", "function", "value"}
ALLOWED = {"instantiate", "build", "call", "items"}
WORDS = set("plain str bytes int number bool none tuple dict list set known class calls keeps never ...".split())
PATTERNS = {"is", "class", "nested", "oneOf", "optional", "enum", "matches", "from", "tuple", "attributes", "may"}
GROUP_KEYS = {"kind", "does", "why", "allow", "arguments", "state", "makes", "names"}


def pattern_faults(pattern, where: str) -> list[str]:
    if isinstance(pattern, str):
        return [] if pattern in WORDS else [f"{where}: word {pattern}"]
    if not isinstance(pattern, dict) or len(pattern) != 1 or not set(pattern) <= PATTERNS:
        return [f"{where}: pattern {pattern}"]
    ((key, inner),) = pattern.items()
    if key == "oneOf" or key == "tuple":
        return [f for p in inner for f in pattern_faults(p, where)]
    if key == "optional":
        return pattern_faults(inner, where)
    if key == "attributes":
        return [f for p in inner.values() for f in pattern_faults(p, where)]
    if key == "matches":
        re.compile(inner)
    return []


def shape_faults(file: str, content: dict, index: dict) -> list[str]:
    out = []
    if set(content) != {"library", "versions", "roots", "basis", "groups"}:
        out.append(f"{file}: keys {sorted(content)}")
    seen: dict[tuple[str, str], int] = {}
    for number, group in enumerate(content["groups"]):
        where = f"{file} group {number}"
        if not {"kind", "does", "why", "allow", "names"} <= set(group) <= GROUP_KEYS:
            out.append(f"{where}: keys {sorted(group)}")
        if group["kind"] not in KINDS or not set(group["allow"]) <= ALLOWED:
            out.append(f"{where}: kind or allow")
        if not group["does"].endswith(".") or not group["why"].endswith("."):
            out.append(f"{where}: does and why are sentences")
        for pattern in group.get("arguments", []):
            out += pattern_faults(pattern, where)
        if "state" in group:
            out += pattern_faults(group["state"], where)
        for module, names in group["names"].items():
            if index.get(module.split(".")[0]) != file:
                out.append(f"{where}: {module} is not a root of this file")
            for name in names.split(" "):
                if not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", name):
                    out.append(f"{where}: name {name!r}")
                if (module, name) in seen:
                    out.append(f"{where}: {module} {name} also in group {seen[module, name]}")
                seen[module, name] = number
    return out


def dangerous_names(appendix: pathlib.Path) -> tuple[set[str], set[tuple[str, str]]]:
    """Whole modules and single names of the lists of others (Appendix A's layout)."""
    whole, single = set(), set()
    lines = appendix.read_text().split("## Appendix A.")[1].split("## Appendix B.")[0].splitlines()
    for line in lines:
        match = re.match(r"- ([\w.]+): (.*)", line)
        if not match:
            continue
        module, rest = match.groups()
        if module.isupper() or module == "other":
            module = "builtins"
        for item in rest.split(", "):
            name = re.sub(r"\[.*", "", item).strip()
            if name == "*":
                whole.add(module)
            else:
                single.add((module, name))
    return whole, single


def danger_faults(contents: dict, appendix: pathlib.Path | None) -> list[str]:
    reviewed = json.loads((HERE / "reviewed-dangerous.json").read_text())
    fine = {tuple(line.split(" ")) for line in reviewed["names"]}
    for module, names in reviewed["partly"].items():
        fine |= {(m, n) for m in (module, "_" + module) for n in names.split(" ")}
    whole, single = dangerous_names(appendix) if appendix else (set(), set())
    never = {tuple(line.split(" ")) for line in reviewed["never"]}
    out = []
    for file, content in contents.items():
        for group in content["groups"]:
            for module, names in group["names"].items():
                modern = {"__builtin__": "builtins", "copy_reg": "copyreg"}.get(module, module)
                for name in names.split(" "):
                    exact = (modern, name)
                    bad = exact in single or modern in whole and modern not in reviewed["modules"]
                    if exact in never or bad and exact not in fine:
                        out.append(f"{file}: {module} {name} is on a list of dangerous names")
    return out


def coverage(assets: pathlib.Path, corpus: pathlib.Path, everything: bool) -> int:
    from containers import streams_of
    from judge import problems_of
    from survey import read_rows
    from tables import Tables

    tables = Tables(assets)
    missing: dict[str, dict[str, collections.Counter]] = {"yes": {}, "": {}}
    rows = collections.Counter()
    clean = collections.Counter()
    listed = []
    for row in read_rows(corpus):
        if row["since"] != "pickle":
            continue
        rows[row["known"]] += 1
        found: list[str] = []
        for where, stream in streams_of(row["path"], (corpus / row["path"]).read_bytes()):
            found += problems_of(stream, tables)
        clean[row["known"]] += not found
        for problem in set(found):
            missing[row["known"]].setdefault(problem, []).append(row["path"])
        if found and row["known"] == "yes":
            listed.append((row["path"], sorted(set(found))))
    for known in ("yes", ""):
        print(f"known={known or 'no'}: {rows[known]} rows, {clean[known]} without a problem")
        most = sorted(missing[known].items(), key=lambda item: -len(item[1]))
        for problem, paths in most[: None if everything or known == "yes" else 60]:
            print(f"  {len(paths):4} {problem}  ({paths[0]})")
    return len(listed)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("assets", type=pathlib.Path)
    parser.add_argument("--dangerous", type=pathlib.Path)
    parser.add_argument("--corpus", type=pathlib.Path)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    folder = options.assets / "known-names"
    index = json.loads((folder / "index.json").read_text())
    contents = {f: json.loads((folder / f).read_text()) for f in sorted(set(index.values()))}
    faults = [f for file, content in contents.items() for f in shape_faults(file, content, index)]
    extra = {p.name for p in folder.glob("*.json")} - set(contents) - {"index.json"}
    faults += [f"{name} is not in the index" for name in sorted(extra)]
    faults += danger_faults(contents, options.dangerous)
    for fault in faults:
        print(fault)
    short = coverage(options.assets, options.corpus, options.all) if options.corpus else 0
    sys.exit(1 if faults or short else 0)


if __name__ == "__main__":
    main()
