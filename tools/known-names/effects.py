"""Follows what the methods that an unpickler can reach do, call by call, in a library's sources.

A class is harmless to unpickle when none of the methods that an unpickler can reach (`__new__`,
`__setstate__`, `__setattr__`, properties, container methods, `__del__`, …) reaches an effect:
evaluating code, importing by string, files, processes, network, nested loaders, or calling what
the state holds. Calls inside the library are followed by name.
"""

from __future__ import annotations

import ast
import re

from source_index import Class, Index, Module, called_name

# What an unpickler reaches on an instance: creation, state, attribute writes, hashing, end of life.
CREATE_HOOKS = ("__new__",)
BUILD_HOOKS = ("__setstate__", "__setattr__", "__getattr__", "__getattribute__")
LIFE_HOOKS = ("__del__", "__hash__", "__eq__")
ITEM_HOOKS = ("__setitem__", "append", "extend", "add", "update", "__iadd__", "setdefault")
ITEM_HOOKS += ("__contains__", "insert", "__len__")
EFFECT_NAMES = set(
    """exec eval compile __import__ open execfile input import_module load_module run_path run_module
    Popen popen system check_output check_call getoutput loads load Load unpickle urlopen urlretrieve
    cached_download hf_hub_download cached_file cached_path snapshot_download from_pretrained
    NamedTemporaryFile TemporaryDirectory mkdtemp mkstemp rmtree unlink makedirs mkdir symlink rename
    write write_text read_text write_bytes read_bytes readlines dump save exec_module fork kill connect
    socket CDLL dlopen LoadLibrary load_library resolve_name locate getoutput execv spawn removedirs
    rmdir chmod chown tofile fromfile loadtxt genfromtxt savez read_csv read_pickle load_model
    LoadFromFile LoadFromSerializedProto_ load_state_dict_from_url download get_file load_vocab
    init_process_group barrier spawnv FunctionType CodeType MethodType globals locals reload
    register atexit signal setrecursionlimit set_start_method init_empty_weights""".split()
)
EFFECT_ROOTS = set(
    """os subprocess shutil importlib pickle cPickle marshal socket urllib requests tempfile ctypes runpy
    multiprocessing joblib dill cloudpickle glob pkgutil imp zipfile tarfile sqlite3 code types signal
    atexit threading http ftplib builtins sys gc inspect weakref""".split()
)
HARMLESS_PATHS = re.compile(
    r"^(os\.path\.(join|basename|dirname|abspath|exists|isfile|isdir|splitext|expanduser|realpath)"
    r"|os\.(getpid|fspath|environ\.get|getenv|cpu_count|sep|fsdecode|environ)"
    r"|sys\.(getsizeof|version_info|intern|maxsize|platform|byteorder|exc_info)"
    r"|inspect\.(signature|isclass|isfunction|ismethod|getfullargspec|getmro|isabstract|stack|currentframe)"
    r"|weakref\.(ref|proxy|WeakKeyDictionary|WeakValueDictionary|WeakSet|WeakMethod)"
    r"|threading\.(Lock|RLock|local|current_thread|get_ident|Condition)"
    r"|types\.(MappingProxyType|SimpleNamespace|GenericAlias)"
    r"|joblib\.hash|multiprocessing\.cpu_count)$"
)
OBJECT_METHODS = set(dir(dict) + dir(list) + dir(set) + dir(object) + dir(str) + dir(type))
OBJECT_METHODS |= {"view", "astype", "reshape", "setflags", "set_params", "mro"}


class Effects:
    """Answers which effects the hooks of a class reach."""

    def __init__(self, index: Index):
        self.index = index
        self.facts: dict[int, tuple] = {}
        self.hooks: dict[int, list] = {}
        self.lookups: dict[tuple[int, str], Class | None] = {}
        self.line_now: list[Class] = []

    def effects(self, entry: Class, hooks, with_setters: bool = False) -> list[str]:
        classes, _ = self.index.line(entry)
        self.line_now = classes
        out: list[str] = []
        for hook in hooks:
            for owner in classes:
                if hook in owner.methods:
                    out += [f"{hook}: {e}" for e in self.hook_effects(owner, hook, classes)]
                    break
                if hook in owner.aliases:
                    value = owner.aliases[hook]
                    if not (isinstance(value, ast.Constant) and value.value is None):
                        out += self.alias_effects(owner, hook, value, classes)
                    break
        if with_setters:
            for owner in classes:
                for name, setter in owner.setters.items():
                    out += [f"{name}=: {e}" for e in self.reach(owner, setter, classes, 0, set())]
        return out

    def hook_effects(self, owner: Class, hook: str, classes) -> list[str]:
        """Effects of one hook; found again for a class whose methods resolve as an earlier one's."""
        known = self.hooks.setdefault(id(owner.methods[hook]), [])
        for lookups, effects in known:
            if all(self.method(classes, *key) is found for key, found in lookups.items()):
                return effects
        self.lookups = {}
        effects = self.reach(owner, owner.methods[hook], classes, 0, set())
        known.append((self.lookups, effects))
        return effects

    def method(self, classes, start: int, name: str) -> Class | None:
        """The class, at or above the start of the line, that defines a method."""
        found = next((c for c in classes[start:] if name in c.methods), None)
        return found

    def own_method(self, classes, start: int, name: str) -> Class | None:
        found = self.method(classes, start, name)
        if classes is self.line_now:
            self.lookups[start, name] = found
        return found

    def alias_effects(self, owner: Class, hook: str, value: ast.expr, classes) -> list[str]:
        found = self.index.resolve(self.index.modules[owner.module], value)
        if isinstance(found, tuple):
            module, function = found
            return [f"{hook}: {e}" for e in self.reach_function(module, function, classes, 1, set())]
        if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name):
            if value.value.id in ("object", "dict", "list", "set", "tuple", "OrderedDict", "float", "int", "str"):
                return []
        if isinstance(value, ast.Name) and value.id in owner.methods:
            reached = self.reach(owner, owner.methods[value.id], classes, 0, set())
            return [f"{hook}: {e}" for e in reached]
        return [f"{hook}: alias {ast.unparse(value)[:60]}"]

    def reach(self, owner: Class, function, classes, depth: int, seen: set) -> list[str]:
        module = self.index.modules[owner.module]
        return self.scan(module, function, classes, depth, seen)

    def reach_function(self, module: Module, function, classes, depth: int, seen: set) -> list[str]:
        return self.scan(module, function, classes, depth, seen)

    def scan(self, module: Module, function, classes, depth: int, seen: set) -> list[str]:
        key = (module.name, function.name, function.lineno)
        if key in seen or depth > 7:
            return []
        seen.add(key)
        facts = self.facts.get(id(function))
        if facts is None:
            arguments = {a.arg for a in function.args.args + function.args.kwonlyargs}
            calls = [n for n in ast.walk(function) if isinstance(n, ast.Call)]
            imports = dict(imports_in(self.index, module, function))
            facts = (calls, local_names(function) | arguments if calls else set(), imports)
            self.facts[id(function)] = facts
        calls, local, local_imports = facts
        out: list[str] = []
        for node in calls:
            out += self.call_effect(module, node, classes, depth, seen, local, local_imports)
        return out

    def call_effect(self, module, node, classes, depth, seen, local, local_imports) -> list[str]:
        target = node.func
        if isinstance(target, ast.Name):
            name = target.id
            if name in local_imports:
                origin, original = local_imports[name]
                found = self.index.find(origin, original) if original else f"module:{origin}"
            elif name in local:
                if name in ("cls", "klass", "self") or name in ("Tree",):
                    return []
                return [f"calls local {name}"]
            else:
                found = self.index.find(module.name, name)
            return self.found_effect(found, name, classes, depth, seen)
        if isinstance(target, ast.Attribute):
            base = target.value
            if isinstance(base, ast.Name) and base.id in ("self", "cls", "instance", "obj", "new_obj"):
                owner = self.own_method(classes, 0, target.attr)
                if owner is not None:
                    return self.reach(owner, owner.methods[target.attr], classes, depth + 1, seen)
                if base.id in ("self", "cls") and target.attr not in OBJECT_METHODS:
                    return [f"calls {base.id}.{target.attr}"]
                return []
            if isinstance(base, ast.Call) and isinstance(base.func, ast.Name) and base.func.id == "super":
                owner = self.own_method(classes, 1, target.attr)
                if owner is not None:
                    return self.reach(owner, owner.methods[target.attr], classes, depth + 1, seen)
                return []
            text = dotted_text(target)
            root = text.split(".")[0]
            if root and root not in local:
                found = self.index.resolve(module, target)
                if root in local_imports:
                    origin, original = local_imports[root]
                    found = ".".join(filter(None, [origin, original, *text.split(".")[1:]]))
                if isinstance(found, (Class, tuple)):
                    return self.found_effect(found, text, classes, depth, seen)
                if isinstance(found, str):
                    return path_effect(found.removeprefix("module:"), text)
            if target.attr in EFFECT_NAMES:
                return [f"calls .{target.attr}"]
            return []
        if isinstance(target, ast.Call) and called_name(target) in ("super", "partial", "type", "getattr"):
            return [f"calls {ast.unparse(target)[:50]}(…)"] if called_name(target) != "super" else []
        return [f"calls {ast.unparse(target)[:50]}"]

    def found_effect(self, found, name, classes, depth, seen) -> list[str]:
        if isinstance(found, tuple):
            return self.reach_function(found[0], found[1], classes, depth + 1, seen)
        if isinstance(found, Class):
            above, _ = self.index.line(found)
            out = []
            for hook in ("__new__", "__init__", "__post_init__"):
                for owner in above:
                    if hook in owner.methods:
                        out += self.reach(owner, owner.methods[hook], above, depth + 1, seen)
                        break
            return out
        return path_effect(found, name)


def path_effect(found: str, text: str) -> list[str]:
    path = found.removeprefix("value:").removeprefix("call:")
    if HARMLESS_PATHS.match(path):
        return []
    last = path.split(".")[-1]
    if (path.split(".")[0] in EFFECT_ROOTS or "_LIB" in path.split(".")) and "." in path:
        return [f"calls {path}"]
    if last in EFFECT_NAMES and path not in ("numpy.compile", "re.compile"):
        return [f"calls {path}"]
    return []


def dotted_text(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        inner = dotted_text(node.value)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def local_names(function) -> set[str]:
    out = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            out.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.Lambda)) and node is not function:
            out |= {a.arg for a in node.args.args}
    return out


def imports_in(index: Index, module: Module, function):
    for node in ast.walk(function):
        if isinstance(node, ast.ImportFrom):
            origin = index.absolute(module, node)
            for alias in node.names:
                yield alias.asname or alias.name, (origin, alias.name)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name.split(".")[0], (alias.name if alias.asname else alias.name.split(".")[0], None)
