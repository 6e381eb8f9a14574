"""Reads a library's Python sources (never runs them): modules, classes, their bases.

Names are resolved through imports, re-exports and assignments. What methods do is effects.py's work.
"""

from __future__ import annotations

import ast
import pathlib
import sys
import warnings
from dataclasses import dataclass, field

SKIPPED_PARTS = {"tests", "testing", "test", "_testing", "conftest", "benchmarks", "examples", "_vendor"}
SKIPPED_PARTS |= {"third_party", "f2py", "distutils", "docs", "setup", "__main__"}
# Parts of torch that no base class of another library comes from: not read beside such a library.
UNNEEDED = set("_inductor _dynamo onnx _decomp _refs _functorch _export export jit package _prims fx".split())
UNNEEDED |= set("profiler _lazy _higher_order_ops _library ao quantization backends contrib monitor".split())

@dataclass
class Class:
    module: str
    name: str
    node: ast.ClassDef
    bases: list[ast.expr]
    methods: dict[str, ast.FunctionDef] = field(default_factory=dict)
    setters: dict[str, ast.FunctionDef] = field(default_factory=dict)
    aliases: dict[str, ast.expr] = field(default_factory=dict)
    written_as: str | None = None


@dataclass
class Module:
    name: str
    package: str
    classes: dict[str, Class] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    imports: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    assigns: dict[str, ast.expr] = field(default_factory=dict)


class Index:
    """All modules below some folders of unpacked wheels; later folders do not replace earlier ones."""

    def __init__(self, folders: list[pathlib.Path], roots: set[str] | None = None):
        self.modules: dict[str, Module] = {}
        self.own: set[str] = set()
        self.found: dict[tuple[str, str], object] = {}
        self.lines: dict[int, tuple] = {}
        for position, folder in enumerate(folders):
            self.read_folder(folder, roots if position == 0 else None, position == 0)

    def read_folder(self, folder: pathlib.Path, roots: set[str] | None, own: bool) -> None:
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            if roots is not None and parts[0] not in roots:
                continue
            if SKIPPED_PARTS & set(parts) or parts[0].endswith((".data", ".libs")):
                continue
            if not own and parts[0] == "torch" and len(parts) > 1 and parts[1] in UNNEEDED:
                continue
            is_package = parts[-1] == "__init__"
            name = ".".join(parts[:-1] if is_package else parts)
            if name in self.modules:
                continue
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    tree = ast.parse(path.read_bytes())
            except (SyntaxError, ValueError):
                print("cannot parse", folder.name, name, file=sys.stderr)
                continue
            package = name if is_package else name.rpartition(".")[0]
            module = Module(name, package)
            self.read_body(module, tree.body)
            self.modules[name] = module
            if own:
                self.own.add(name)

    def read_body(self, module: Module, body: list[ast.stmt]) -> None:
        for node in body:
            if isinstance(node, ast.ClassDef):
                self.read_class(module, node, "")
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                module.functions.setdefault(node.name, node)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.asname:
                        module.imports[alias.asname] = (alias.name, None)
                    else:
                        top = alias.name.split(".")[0]
                        module.imports[top] = (top, None)
            elif isinstance(node, ast.ImportFrom):
                origin = self.absolute(module, node)
                for alias in node.names:
                    if alias.name == "*":
                        module.stars.append(origin)
                    else:
                        module.imports.setdefault(alias.asname or alias.name, (origin, alias.name))
            elif isinstance(node, ast.Assign) and len(node.targets) == 1:
                target = node.targets[0]
                if isinstance(target, ast.Attribute) and target.attr == "__module__":
                    self.rename(module, target.value, node.value)
                if isinstance(target, ast.Name):
                    module.assigns.setdefault(target.id, node.value)
            elif isinstance(node, ast.If):
                self.read_body(module, node.body)
                self.read_body(module, node.orelse)
            elif isinstance(node, ast.Try):
                for part in (node.body, *(h.body for h in node.handlers), node.orelse, node.finalbody):
                    self.read_body(module, part)
            elif isinstance(node, ast.With):
                self.read_body(module, node.body)

    @staticmethod
    def rename(module: Module, owner: ast.expr, value: ast.expr) -> None:
        """`Name.__module__ = "package"` after the class: what a pickle of it then writes."""
        entry = module.classes.get(owner.id) if isinstance(owner, ast.Name) else None
        if entry is not None and isinstance(value, ast.Constant):
            entry.written_as = str(value.value)

    @staticmethod
    def absolute(module: Module, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        parts = module.package.split(".")
        parts = parts[: len(parts) - node.level + 1]
        return ".".join(parts + ([node.module] if node.module else []))

    def read_class(self, module: Module, node: ast.ClassDef, prefix: str) -> None:
        name = prefix + node.name
        if name in module.classes:
            return
        entry = Class(module.name, name, node, node.bases)
        module.classes[name] = entry
        for decorator in node.decorator_list:
            entry.written_as = entry.written_as or module_set_by(decorator)
        self.read_members(module, entry, node.body, name)

    def read_members(self, module: Module, entry: Class, body: list[ast.stmt], name: str) -> None:
        for item in body:
            if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)):
                if any(isinstance(d, ast.Attribute) and d.attr == "setter" for d in item.decorator_list):
                    entry.setters[item.name] = item
                else:
                    entry.methods.setdefault(item.name, item)
            elif isinstance(item, ast.ClassDef):
                self.read_class(module, item, name + ".")
            elif isinstance(item, ast.If):
                self.read_members(module, entry, item.body + item.orelse, name)
            elif isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
                entry.aliases[item.targets[0].id] = item.value
                if item.targets[0].id == "__module__" and isinstance(item.value, ast.Constant):
                    entry.written_as = str(item.value.value)

    # ---- names -------------------------------------------------------------------------------

    def find(self, module: str, name: str, seen: frozenset = frozenset()):
        """The Class or function that `name` means in `module`, else a dotted external name."""
        if not seen:
            if (module, name) not in self.found:
                self.found[module, name] = self.look_up(module, name, seen)
            return self.found[module, name]
        return self.look_up(module, name, seen)

    def look_up(self, module: str, name: str, seen: frozenset):
        if (module, name) in seen or len(seen) > 40:
            return f"{module}.{name}"
        seen = seen | {(module, name)}
        entry = self.modules.get(module)
        if entry is None:
            return f"{module}.{name}"
        if name in entry.classes:
            return entry.classes[name]
        if name in entry.functions:
            return (entry, entry.functions[name])
        if name in entry.imports:
            origin, original = entry.imports[name]
            if original is None:
                return f"module:{origin}"
            if f"{origin}.{original}" in self.modules and origin in self.modules:
                if original not in self.modules[origin].classes:
                    inner = self.find(origin, original, seen)
                    if not isinstance(inner, str):
                        return inner
                return f"module:{origin}.{original}"
            if f"{origin}.{original}" in self.modules:
                return f"module:{origin}.{original}"
            return self.find(origin, original, seen)
        for star in entry.stars:
            found = self.find(star, name, seen)
            if not isinstance(found, str) or found.startswith("module:"):
                return found
        value = entry.assigns.get(name)
        if isinstance(value, (ast.Name, ast.Attribute)):
            return self.resolve(entry, value, seen)
        if value is not None:
            return f"value:{module}.{name}"
        if f"{module}.{name}" in self.modules:
            return f"module:{module}.{name}"
        if name in dir(__builtins__) or name in PYTHON2_BUILTINS or isinstance(__builtins__, dict) and name in __builtins__:
            return name
        return f"{module}.{name}"

    def resolve(self, module: Module, node: ast.expr, seen: frozenset = frozenset()):
        if isinstance(node, ast.Name):
            return self.find(module.name, node.id, seen)
        if isinstance(node, ast.Attribute):
            inner = self.resolve(module, node.value, seen)
            if isinstance(inner, str) and inner.startswith("module:"):
                origin = inner[7:]
                if origin not in self.modules:
                    if f"{origin}.{node.attr}" in self.modules:
                        return f"module:{origin}.{node.attr}"
                    return f"{origin}.{node.attr}"
                return self.find(origin, node.attr, seen)
            if isinstance(inner, Class):
                nested = self.modules[inner.module].classes.get(f"{inner.name}.{node.attr}")
                return nested or f"{inner.module}.{inner.name}.{node.attr}"
            if isinstance(inner, str):
                return f"{inner}.{node.attr}"
        if isinstance(node, ast.Subscript):
            return self.resolve(module, node.value, seen)
        if isinstance(node, ast.Call):
            called = self.resolve(module, node.func, seen)
            text = called if isinstance(called, str) else getattr(called, "name", "function")
            return f"call:{text}"
        return "?"

    def bases_of(self, entry: Class) -> list:
        module = self.modules[entry.module]
        out = []
        for base in entry.bases:
            if isinstance(base, ast.Call):
                name = base.func.attr if isinstance(base.func, ast.Attribute) else getattr(base.func, "id", "")
                if name in ("with_metaclass",):
                    out += [self.resolve(module, b) for b in base.args[1:]]
                    continue
                if name in ("namedtuple", "NamedTuple"):
                    out.append("collections.namedtuple")
                    continue
            if isinstance(base, ast.Starred):
                out.append("?")
                continue
            out.append(self.resolve(module, base))
        return out

    def line(self, entry: Class) -> tuple[list[Class], list[str]]:
        """All classes of the library(ies) above a class, itself first, and the external bases."""
        if id(entry) not in self.lines:
            self.lines[id(entry)] = self.walk_up(entry)
        return self.lines[id(entry)]

    def walk_up(self, entry: Class) -> tuple[list[Class], list[str]]:
        classes: list[Class] = []
        outside: list[str] = []
        queue: list = [entry]
        while queue:
            current = queue.pop(0)
            if isinstance(current, Class):
                if current not in classes:
                    classes.append(current)
                    queue += self.bases_of(current)
            elif isinstance(current, tuple):
                outside.append("?function")
            elif current not in outside:
                value = current.startswith("value:") and self.value_of(current[6:])
                if value is not None and isinstance(value, ast.Call) and called_name(value) in NAMEDTUPLES:
                    current = "collections.namedtuple"
                outside.append(current)
        return classes, outside

    def value_of(self, dotted: str):
        module, _, name = dotted.rpartition(".")
        entry = self.modules.get(module)
        return entry.assigns.get(name) if entry else None


NAMEDTUPLES = ("namedtuple", "NamedTuple", "_make_tuple_bunch")
PYTHON2_BUILTINS = {"basestring", "unicode", "long", "xrange", "reduce", "cmp", "execfile", "file"}


def called_name(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return getattr(node.func, "id", "")


def module_set_by(decorator: ast.expr) -> str | None:
    """The module that `@set_module("pandas")` and its like make a pickle write."""
    if isinstance(decorator, ast.Call) and called_name(decorator) in ("set_module", "finalize_array_function_like"):
        if decorator.args and isinstance(decorator.args[0], ast.Constant):
            return str(decorator.args[0].value)
    return None
