"""Which names CPython's unpicklers look up in a stream, without anything real being looked up or called.

`find_class` is replaced by a recorder that gives inert stand-ins: classes that swallow every use. A few pure
functions of strings and numbers are stood in for by checked copies, so that names can be computed.

Standard input: batches, each a 32-bit count and that many streams, each a 32-bit length and its bytes, all
little-endian. Standard output: a line of JSON for every stream, `[[module, name, readers], ...]`.
With the argument `seeds` it writes pickles of ordinary objects instead, as one such batch.
"""

import copyreg
import functools
import io
import json
import operator
import pickle
import resource
import struct
import sys
import types
import zlib

LIMIT = 4096
MAX_LOADS = 4

# Bits of the readers, as in readers.ts beside this file.
C_BYTES, C_PEEK, C_RAW, PYTHON, MEMORY, LATIN1, C_REUSED, PYTHON_REUSED, C_AGAIN = (1 << n for n in range(9))


# --- Stand-ins -------------------------------------------------------------------------------------------------


class Swallow(type):
    def __call__(cls, *args, **kwargs):
        return object.__new__(cls)

    def __setitem__(cls, key, value):
        pass


class Inert(metaclass=Swallow):
    """Takes everything and does nothing; the class as much as its instances."""

    def __new__(cls, *args, **kwargs):
        return object.__new__(cls)

    def __call__(self, *args, **kwargs):
        return object.__new__(Inert)

    def __setitem__(self, key, value):
        pass

    def __iter__(self):
        return iter(())

    @classmethod
    def _swallow(cls, *args, **kwargs):
        return None

    append = extend = add = update = __setstate__ = _swallow


class Plain(metaclass=Swallow):
    """Has no `__setstate__`, so that BUILD sets attributes."""


class Pure:
    """A checked copy of a harmless function."""

    __slots__ = ("run",)

    def __init__(self, run):
        object.__setattr__(self, "run", run)

    def __setattr__(self, name, value):
        raise AttributeError(name)

    def __setstate__(self, state):
        pass

    def __call__(self, *args):
        for arg in args:
            check(arg)
        return check(self.run(*args))


def check(value, levels=4):
    if isinstance(value, (str, bytes, bytearray, list, tuple, set, frozenset, dict)):
        if len(value) > LIMIT or levels == 0:
            raise ValueError("too much")
        if isinstance(value, (list, tuple)):
            for item in value:
                check(item, levels - 1)
        return value
    if isinstance(value, int):
        if abs(value) > 0x110000:
            raise ValueError("too much")
        return value
    if value is None or isinstance(value, (float, Pure, Inert, slice)):
        return value
    raise TypeError("not for a harmless function")


METHODS = {
    (kind, name): getattr(kind, name)
    for kind, names in (
        (str, "join lower upper swapcase title capitalize casefold strip lstrip rstrip replace split "
              "encode removeprefix removesuffix __add__ __getitem__ zfill translate"),
        (bytes, "decode join hex lower upper replace strip __add__ __getitem__"),
        (list, "copy __getitem__ __add__"),
    )
    for name in names.split()
}


def pure_getattr(target, name):
    return Pure(functools.partial(METHODS[type(target), name], target))


def pure_format(template, *values):
    if ":" in template or "." in template or "[" in template:
        raise ValueError("not a harmless template")
    return template.format(*values)


def pure_mod(left, right):
    if isinstance(left, str) and left.replace("%s", "").replace("%c", "").count("%") == 0:
        return left % right
    raise ValueError("not a harmless template")


def pure_mul(left, right):
    if isinstance(left, int) and isinstance(right, int) or isinstance(right, int) and right < 64:
        return left * right
    raise ValueError("too much")


CODECS = ("rot13", "rot_13", "rot-13", "utf-8", "ascii", "latin-1", "latin1", "hex", "base64", "utf-16-le", "utf-7",
          "raw_unicode_escape", "unicode_escape", "cp1252", "cp037")


def pure_codec(run):
    def codec(value, encoding="utf-8", errors="strict"):
        if encoding not in CODECS:
            raise LookupError(encoding)
        return run(value, encoding, errors)

    return codec


def pure_functions():
    import base64
    import binascii
    import codecs

    table = {
        "builtins": {
            "getattr": pure_getattr, "chr": chr, "ord": ord, "str": str, "bytes": bytes, "bytearray": bytearray,
            "list": list, "tuple": tuple, "reversed": lambda value: list(reversed(value)), "sorted": sorted,
            "slice": slice, "min": min, "max": max, "len": len, "hex": hex, "ascii": ascii, "int": int,
            "map": lambda function, *values: list(map(function, *values)),
            "filter": lambda function, values: list(filter(function, values)),
            "zip": lambda *values: list(zip(*values)), "sum": sum, "format": lambda value: format(value),
            "bytes.fromhex": bytes.fromhex, "str.format": pure_format,
            **{f"{kind.__name__}.{name}": run for (kind, name), run in METHODS.items()},
        },
        "operator": {
            "add": operator.add, "concat": operator.concat, "getitem": operator.getitem, "mul": pure_mul,
            "mod": pure_mod, "itemgetter": lambda *keys: Pure(operator.itemgetter(*keys)),
            "attrgetter": lambda name: Pure(lambda target: pure_getattr(target, name)),
            "methodcaller": lambda name, *args: Pure(lambda target: pure_getattr(target, name)(*args)),
        },
        "_codecs": {"encode": pure_codec(codecs.encode), "decode": pure_codec(codecs.decode)},
        "codecs": {"encode": pure_codec(codecs.encode), "decode": pure_codec(codecs.decode)},
        "base64": {"b64decode": base64.b64decode, "b32decode": base64.b32decode, "b16decode": base64.b16decode},
        "binascii": {"unhexlify": binascii.unhexlify, "a2b_base64": binascii.a2b_base64},
        "zlib": {"decompress": lambda data: zlib.decompressobj().decompress(data, LIMIT)},
        "functools": {
            "partial": lambda function, *args: Pure(functools.partial(function, *args)),
            "reduce": lambda function, *args: functools.reduce(function, *args),
        },
    }
    table["__builtin__"] = {**table["builtins"], "unicode": str, "unichr": chr}
    return {(module, name): Pure(run) for module, names in table.items() for name, run in names.items()}


PURE = pure_functions()


def stand_in(module, name):
    pure = PURE.get((module, name))
    if pure is not None:
        return pure
    return Plain if module == "wb_plain" else Inert


# --- Readers ---------------------------------------------------------------------------------------------------


class Recorder:
    """Mixed into an unpickler."""

    def find_class(self, module, name):
        self.found(module, name)
        return stand_in(module, name)

    def persistent_load(self, pid):
        return object.__new__(Inert)


class CReader(Recorder, pickle.Unpickler):
    pass


class PythonReader(Recorder, pickle._Unpickler):
    pass


class Raw:
    """A file without `peek` and `readinto`."""

    def __init__(self, data):
        file = io.BytesIO(data)
        self.read = file.read
        self.readline = file.readline


def buffers():
    while True:
        yield b"buffer"
        yield bytearray(b"buffer")


class Blocked(Exception):
    pass


class FakeModule(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert


FAKE_MODULES = ("wb_a", "wb_b", "wb_b.c", "wb_ext")
recording = None


def on_audit(event, args):
    """The only way to see what `pickle.loads` looks up: it takes no reader of one's own."""
    if event == "pickle.find_class" and recording is not None:
        module, name = args
        recording(module, name)
        if module not in FAKE_MODULES:
            raise Blocked(module)


def load(reader, times):
    try:
        for _ in range(times):
            reader.load()
        return True
    except RECOVERABLE:
        return False


# RecursionError and MemoryError among them: any way of giving up ends the reading.
RECOVERABLE = (Exception,)


def read_all(data):
    global recording
    names = {}

    def found(bit):
        def note(module, name):
            key = (module, name)
            names[key] = names.get(key, 0) | bit

        return note

    def read(bit, kind, file, times=1, **options):
        reader = kind(file, buffers=buffers(), **options)
        reader.found = found(bit)
        return load(reader, times)

    read(C_BYTES, CReader, io.BytesIO(data))
    read(C_PEEK, CReader, io.BufferedReader(io.BytesIO(data), 16 + zlib.crc32(data) % 64))
    read(C_RAW, CReader, Raw(data))
    read(PYTHON, PythonReader, io.BytesIO(data))
    if any(code in data for code in b"STU"):
        read(LATIN1, CReader, io.BytesIO(data), encoding="latin1")
    if data.count(b".") > 1:
        # As files with several streams are read: by one reader, or by one reader after another.
        read(C_REUSED, CReader, io.BytesIO(data), MAX_LOADS)
        read(PYTHON_REUSED, PythonReader, io.BytesIO(data), MAX_LOADS)
        file = io.BytesIO(data)
        for _ in range(MAX_LOADS):
            if not read(C_AGAIN, CReader, file):
                break
    recording = found(MEMORY)
    try:
        pickle.loads(data, buffers=buffers())
    except RECOVERABLE:
        pass
    finally:
        recording = None
    return [[module, name, bits] for (module, name), bits in names.items()
            if isinstance(module, str) and isinstance(name, str)]


# --- Ordinary objects ------------------------------------------------------------------------------------------


class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y


class Slotted:
    __slots__ = ("a", "b")

    def __init__(self):
        self.a, self.b = 1, "b"


class Stated:
    def __getstate__(self):
        return [1, 2, {"deep": (3, None)}]

    def __setstate__(self, state):
        pass


class WithArguments:
    def __new__(cls, *args, **kwargs):
        return object.__new__(cls)

    def __getnewargs_ex__(self):
        return (1, 2), {"key": "word"}


def ordinary_objects():
    import collections
    import datetime
    import decimal
    import fractions
    import pathlib
    import re
    import uuid

    shared = ["shared"]
    cyclic = [1]
    cyclic.append(cyclic)
    loop = {}
    loop["self"] = loop
    return [
        None, True, [1, -1, 255, 256, 65536, 2**31, -(2**31), 2**63, -(2**100), 2**2100], [0.0, -1.5, float("inf"), 1e300],
        "", "text", "ünï\u20ac\U0001f600", "line\nfeed\\ back", b"", b"bytes\x00\xff", bytearray(b"array"), "x" * 300, b"y" * 300,
        (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], {}, set(), {1, 2, 3}, frozenset("ab"), list(range(1100)),
        {str(i): i for i in range(1100)}, {"a": [1, {"b": (2, 3)}]}, [shared, shared, (shared, shared)], cyclic, loop,
        collections.OrderedDict(a=1), collections.defaultdict(list, a=[1]), collections.Counter("hello"),
        collections.deque([1, 2], 5), datetime.datetime(2020, 1, 2, 3, 4, 5), datetime.timedelta(1, 2),
        decimal.Decimal("1.5"), fractions.Fraction(1, 3), complex(1, 2), uuid.UUID(int=5), pathlib.PurePosixPath("/a/b"),
        re.compile("a+b"), range(3), slice(1, 2), Point(1, "y"), [Point(1, 2), Point(3, 4)], Slotted(), Stated(),
        WithArguments(), Point, len, int, operator.attrgetter("a.b"), functools.partial(int, base=2), ValueError("bad", 1),
        object(), [object(), object()], {"z" * 70_000: ["w" * 70_000, 1, 2]}, ["q" * 30_000, "r" * 30_000, "s" * 30_000],
    ]


def seeds():
    streams = []
    for item in ordinary_objects():
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            for dumps in (pickle.dumps, pickle._dumps):
                try:
                    streams.append(dumps(item, protocol))
                except Exception:
                    # Some need a newer protocol.
                    pass
    return list(dict.fromkeys(streams))


def main():
    out = sys.stdout.buffer
    if sys.argv[1:] == ["seeds"]:
        streams = seeds()
        out.write(struct.pack("<I", len(streams)))
        for stream in streams:
            out.write(struct.pack("<I", len(stream)) + stream)
        return
    # Claimed sizes end in a MemoryError and not in a machine without memory.
    resource.setrlimit(resource.RLIMIT_AS, (2**29, 2**29))
    copyreg.add_extension("wb_ext", "one", 1)
    copyreg.add_extension("wb_ext", "large", 0x7FFFFFFF)
    for name in FAKE_MODULES:
        sys.modules[name] = FakeModule(name)
    sys.addaudithook(on_audit)
    source = sys.stdin.buffer
    while True:
        head = source.read(4)
        if len(head) < 4:
            return
        for _ in range(struct.unpack("<I", head)[0]):
            (length,) = struct.unpack("<I", source.read(4))
            out.write(json.dumps(read_all(source.read(length))).encode() + b"\n")
            out.flush()


if __name__ == "__main__":
    main()
