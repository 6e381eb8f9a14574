"""Judges a walked pickle by the tables: every use of a global has to be one that its entry allows."""

from __future__ import annotations

import re

from pickle_walk import Stream, Value, text
from tables import INSTANCE, Tables, dotted, global_of, made_by, match_arguments, matches

# Attributes that functools.wraps and numpy.vectorize copy onto instances; nothing calls them.
HARMLESS = {"__doc__", "__name__", "__module__", "__qualname__", "__orig_class__", "__wrapped__"}
HARMLESS |= {"__networkx_cache__"}


def problems_of(stream: Stream, tables: Tables) -> list[str]:
    out: list[str] = []
    if stream.error:
        out.append("damaged: " + stream.error)
    for value in stream.values:
        if value.kind == "global":
            if tables.group(value.of) is None:
                out.append(f"not listed: {' '.join(value.of)}")
            if value.states or value.items:
                out.append(f"changed: {' '.join(value.of)}")
        elif value.kind == "call":
            out += call_problems(value, tables)
        elif value.kind == "instance":
            out += instance_problems(value, tables)
        out += change_problems(value, tables)
    return out


def call_problems(value: Value, tables: Tables) -> list[str]:
    if global_of(value) is not None:
        name = global_of(value)
        group = tables.group(name)
        enum_owner = global_of(value.arguments.of[0]) if value.arguments.of else None
        owner = tables.group(enum_owner) if enum_owner else None
        by_enum = owner is not None and owner["kind"] == "enum"
        schema = (tables.group(value.of.of) or {}).get("arguments", [])
        if group is None and not (by_enum and match_arguments(schema, value.arguments.of, tables)):
            return [f"not listed: {' '.join(name)}"]
        return []
    target, arguments = value.of, list(value.arguments.of) if value.arguments.kind == "tuple" else None
    if target.kind in INSTANCE and made_by(target) in (("functools", "partial"), ("_functools", "partial")):
        arguments = list(target.arguments.of[1:]) + (arguments or [])
        target = target.arguments.of[0]
    name = global_of(target)
    if name is None:
        return ["calls a computed value"]
    group = tables.group(name)
    if group is None:
        return [f"not listed: {' '.join(name)}"] if target.kind != "global" else []
    if "call" not in group["allow"]:
        return [f"call: {' '.join(name)}"]
    schema = group.get("arguments")
    if arguments is None:
        return [f"arguments computed: {' '.join(name)}"]
    if schema is not None and not match_arguments(schema, arguments, tables):
        return [f"arguments: {' '.join(name)}"]
    if name[1] in ("__newobj__", "__newobj_ex__"):
        return instance_problems(as_instance(name[1], arguments), tables)
    return []


def as_instance(maker: str, arguments: list[Value]) -> Value:
    """What copyreg.__newobj__(C, …) and __newobj_ex__(C, args, kwargs) make, as NEWOBJ would."""
    if maker == "__newobj__":
        return Value("instance", arguments[0], Value("tuple", arguments[1:]))
    return Value("instance", arguments[0], Value("tuple", [*arguments[1].of, arguments[2]]))


def instance_problems(value: Value, tables: Tables) -> list[str]:
    name = global_of(value.of)
    if name is None:
        return ["instantiates a computed value"]
    group = tables.group(name)
    if group is None:
        return []
    if "instantiate" not in group["allow"]:
        return [f"instantiate: {' '.join(name)}"]
    schema = group.get("arguments")
    if schema is not None and value.arguments.of and not match_arguments(schema, value.arguments.of, tables):
        return [f"arguments: {' '.join(name)}"]
    return []


def change_problems(value: Value, tables: Tables) -> list[str]:
    if value.kind not in INSTANCE or not (value.states or value.items):
        return []
    name = made_by(value)
    group = tables.group(name) if name else None
    if group is None:
        return []
    if "makes" in group:
        made = value.arguments.of[group["makes"]]
        inner = global_of(made)
        other = tables.group(inner) if inner else None
        if other is None:
            return [] if inner else [f"makes something computed: {' '.join(name)}"]
        name, group = inner, other
    out = []
    if value.states and "build" not in group["allow"]:
        out.append(f"build: {' '.join(name)}")
    if value.items and "items" not in group["allow"]:
        out.append(f"items: {' '.join(name)}")
    for state in value.states:
        if "state" in group and not matches(group["state"], state, tables):
            out.append(f"state: {dotted(name)}")
        out += dunder_keys(state, name)
    return out


def dunder_keys(state: Value, name: tuple[str, str]) -> list[str]:
    parts = state.of if state.kind == "tuple" and len(state.of) == 2 else [state]
    out = []
    for part in parts:
        if part.kind == "dict":
            for key, _ in part.of:
                word = text(key.of) if key.kind == "literal" else None
                if isinstance(word, str) and re.fullmatch("__.*__", word) and word not in HARMLESS:
                    out.append(f"attribute {word}: {dotted(name)}")
    return out
