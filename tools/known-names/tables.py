"""Loads assets/known-names and answers what is known of a name; matches argument schemas.

This is the reference for the meaning of the data, kept apart from the program that ships.
"""

from __future__ import annotations

import json
import pathlib
import re

from pickle_walk import Value, text

INSTANCE = ("call", "instance")


class Tables:
    def __init__(self, assets: pathlib.Path):
        self.folder = assets / "known-names"
        self.index = json.loads((self.folder / "index.json").read_text())
        python2 = assets / "python2-names.json"
        mapping = json.loads(python2.read_text()) if python2.exists() else {"modules": {}, "names": {}}
        self.modules, self.renamed = mapping["modules"], mapping["names"]
        self.loaded: dict[str, dict] = {}

    def group(self, name: tuple[str, str]) -> dict | None:
        """The group that lists a name as written, or as Python 3 maps a name of Python 2."""
        found = self.exact(name)
        if found is None:
            module, rest = name
            renamed = self.renamed.get(f"{module} {rest}")
            if renamed:
                found = self.exact(tuple(renamed.split(" ")))
            elif module in self.modules:
                found = self.exact((self.modules[module], rest))
        return found

    def exact(self, name: tuple[str, str]) -> dict | None:
        file = self.index.get(name[0].split(".")[0])
        if file is None:
            return None
        if file not in self.loaded:
            table = {}
            for group in json.loads((self.folder / file).read_text())["groups"]:
                for module, names in group["names"].items():
                    for entry in names.split(" "):
                        table[module, entry] = group
            self.loaded[file] = table
        return self.loaded[file].get(name)


def dotted(name: tuple[str, str]) -> str:
    return ".".join(name)


def global_of(value: Value) -> tuple[str, str] | None:
    """The global that a value is: a global itself, or getattr(class, "name") folded to a dotted one."""
    if value.kind == "global":
        return value.of
    if value.kind == "call" and value.of.kind == "global" and value.of.of[1] == "getattr":
        owner, name = value.arguments.of[:2]
        inner = global_of(owner) or class_of(owner)
        if inner and name.kind == "literal":
            return (inner[0], f"{inner[1]}.{text(name.of)}")
    return None


def made_by(value: Value) -> tuple[str, str] | None:
    """The class or function whose entry answers for a value that was called or instantiated."""
    return global_of(value.of) if value.kind in INSTANCE else None


MAKERS = {("copyreg", "_reconstructor"), ("copy_reg", "_reconstructor")}


def class_of(value: Value) -> tuple[str, str] | None:
    """The class of an instance, through copyreg's reconstructor of protocol 0 and 1."""
    maker = made_by(value)
    if maker in MAKERS and value.arguments.kind == "tuple":
        return global_of(value.arguments.of[0])
    return maker


def is_plain(value: Value, depth: int = 0) -> bool:
    if depth > 50:
        return False
    if value.kind == "literal":
        return True
    if value.kind in ("tuple", "list", "set", "frozenset"):
        return all(is_plain(v, depth + 1) for v in value.of)
    if value.kind == "dict":
        return all(is_plain(k, depth + 1) and is_plain(v, depth + 1) for k, v in value.of)
    return is_bytes(value)


def is_bytes(value: Value) -> bool:
    if value.kind == "literal":
        return isinstance(value.of, (bytes, bytearray))
    maker = made_by(value)
    return maker is not None and (maker == ("_codecs", "encode") or maker[1] in ("bytes", "bytearray"))


def matches(pattern, value: Value, tables: Tables) -> bool:
    if isinstance(pattern, str):
        return matches_word(pattern, value, tables)
    if "oneOf" in pattern:
        return any(matches(p, value, tables) for p in pattern["oneOf"])
    if "optional" in pattern:
        return matches(pattern["optional"], value, tables)
    if "is" in pattern:
        return value.kind == "literal" and text(value.of) in pattern["is"]
    if "matches" in pattern:
        content = text(value.of) if value.kind == "literal" else None
        return isinstance(content, str) and re.fullmatch(pattern["matches"], content) is not None
    if "class" in pattern:
        name = global_of(value)
        return name is not None and dotted(name) in pattern["class"]
    if "from" in pattern:
        maker = made_by(value)
        return maker is not None and dotted(maker) in pattern["from"]
    if "enum" in pattern:
        name = global_of(value)
        group = tables.group(name) if name else None
        return group is not None and group["kind"] == "enum"
    if "may" in pattern:
        name = global_of(value)
        group = tables.group(name) if name else None
        return group is not None and pattern["may"] in group["allow"]
    if "nested" in pattern:
        return is_bytes(value)
    if "tuple" in pattern:
        inner = pattern["tuple"]
        if value.kind != "tuple" or len(value.of) != len(inner):
            return False
        return all(matches(p, v, tables) for p, v in zip(inner, value.of))
    if "attributes" in pattern:
        return matches_attributes(pattern["attributes"], value, tables)
    raise ValueError(f"unknown pattern {pattern}")


def matches_attributes(wanted: dict, value: Value, tables: Tables) -> bool:
    if value.kind != "dict":
        return False
    for key, item in value.of:
        name = text(key.of) if key.kind == "literal" else None
        if not isinstance(name, str):
            return False
        if name in wanted and not matches(wanted[name], item, tables):
            return False
    return True


def matches_word(word: str, value: Value, tables: Tables) -> bool:
    of = value.of if value.kind == "literal" else None
    literal = value.kind == "literal"
    if word in ("known", "calls"):
        return True
    if word == "keeps":
        return value.kind in INSTANCE or may_be_called_later(value, tables)
    if word == "plain":
        return is_plain(value)
    if word == "str":
        return literal and isinstance(of, (str, bytes))
    if word == "bytes":
        return is_bytes(value) or literal and isinstance(of, str)
    if word == "int":
        return literal and isinstance(of, int)
    if word == "number":
        return literal and isinstance(of, (int, float))
    if word == "bool":
        return literal and of in (0, 1)
    if word == "none":
        return literal and of is None
    if word in ("tuple", "list", "dict", "set"):
        return value.kind == word
    if word == "class":
        name = global_of(value)
        group = tables.group(name) if name else None
        return group is not None and group["kind"] in ("class", "enum")
    if word == "never":
        return False
    raise ValueError(f"unknown pattern {word}")


def may_be_called_later(value: Value, tables: Tables) -> bool:
    """A listed function, or a class that may be called with arguments."""
    name = global_of(value)
    group = tables.group(name) if name else None
    return group is not None and (group["kind"] == "function" or "call" in group["allow"])


def match_arguments(schema, values: list[Value], tables: Tables) -> bool:
    """Per position; "..." repeats the pattern that follows it, or else the one before it."""
    position = 0
    for index, pattern in enumerate(schema):
        if pattern == "...":
            rest = schema[index + 1] if index + 1 < len(schema) else schema[index - 1]
            return all(matches(rest, v, tables) for v in values[position:])
        if position >= len(values):
            if isinstance(pattern, dict) and "optional" in pattern:
                continue
            return schema[index + 1 : index + 2] == ["..."] and False
        if not matches(pattern, values[position], tables):
            return False
        position += 1
    return position >= len(values)
