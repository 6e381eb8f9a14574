"""Lists every global that the pickles of a labelled corpus name, and how each is used.

    python3 survey.py CORPUS [--since pickle] [--known yes] > survey.json

Never unpickles. Output: {"module name": {"uses": {...}, "rows": n, "known": n, "examples": [...]}}.
"""

from __future__ import annotations

import argparse
import collections
import csv
import json
import pathlib
import sys

from containers import streams_of
from pickle_walk import Stream, Value


def shape(value: Value | None, depth: int = 0) -> str:
    """A short description of an argument: what the schema of a name would have to accept."""
    if value is None:
        return "?"
    if value.kind == "literal":
        of = value.of
        if isinstance(of, str):
            return repr(of) if len(of) < 24 else "str"
        if isinstance(of, (bytes, bytearray)):
            return "bytes"
        return type(of).__name__ if of is not None else "None"
    if value.kind == "global":
        return "<" + " ".join(value.of) + ">"
    if value.kind in ("call", "instance"):
        mark = "()" if value.kind == "call" else "{}"
        return shape(value.of, depth + 1) + mark
    if value.kind in ("tuple", "list", "set", "frozenset"):
        if depth > 2:
            return value.kind
        inner = [shape(v, depth + 1) for v in value.of[:4]]
        return f"{value.kind}[{', '.join(inner)}{', …' if len(value.of) > 4 else ''}]"
    return value.kind


def uses_of(stream: Stream) -> list[tuple[tuple[str, str], str]]:
    """(global, use) for each use of a global in a stream."""
    out = []
    used = set()
    for value in stream.values:
        if value.kind in ("call", "instance") and value.of.kind == "global":
            used.add(id(value.of))
            verb = {"REDUCE": "call", "INST": "inst", "OBJ": "obj"}.get(value.made_by, "new")
            arguments = shape(value.arguments) if value.arguments is not None else "?"
            out.append((value.of.of, f"{verb} {arguments[:160]}"))
            for state in value.states:
                kind = shape(state) if state.kind == "tuple" else state.kind
                out.append((value.of.of, f"build {kind[:120]}"))
            if value.items:
                out.append((value.of.of, "items"))
        elif value.kind == "call" and value.of.kind in ("call", "instance"):
            out.append((("?", "?"), "computed call of " + shape(value.of)))
    for value in stream.values:
        if value.kind == "global" and id(value) not in used:
            out.append((value.of, "refer"))
        if value.kind == "global" and (value.states or value.items):
            out.append((value.of, "CHANGED"))
        for inner in (value.arguments, *value.states):
            if inner is not None and inner.kind == "tuple":
                for item in inner.of:
                    if item.kind == "global":
                        out.append((item.of, "argument"))
    return out


def read_rows(corpus: pathlib.Path):
    with open(corpus / "labels.tsv", encoding="utf-8") as file:
        yield from csv.DictReader(file, delimiter="\t")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=pathlib.Path)
    parser.add_argument("--since", default="pickle")
    parser.add_argument("--known")
    options = parser.parse_args()
    table: dict = {}
    for row in read_rows(options.corpus):
        if row["since"] != options.since or (options.known and row["known"] != options.known):
            continue
        path = options.corpus / row["path"]
        seen = set()
        for where, stream in streams_of(row["path"], path.read_bytes()):
            if stream.error:
                print("error", where, stream.error, file=sys.stderr)
            for name, use in uses_of(stream):
                key = " ".join(name)
                entry = table.setdefault(
                    key, {"rows": 0, "known": 0, "uses": collections.Counter(), "examples": []}
                )
                entry["uses"][use] += 1
                if key not in seen:
                    seen.add(key)
                    entry["rows"] += 1
                    entry["known"] += row["known"] == "yes"
                    if len(entry["examples"]) < 4:
                        entry["examples"].append(where)
    for entry in table.values():
        entry["uses"] = dict(entry["uses"].most_common(30))
    json.dump(dict(sorted(table.items())), sys.stdout, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main()
