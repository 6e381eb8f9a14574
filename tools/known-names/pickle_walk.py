"""Follows a pickle without running it and yields how every global is used.

Reads opcodes with the standard pickletools (which never imports what a stream names), keeps an
abstract stack and memo, and records each use of a global. Deliberately not done: judging; that is
check.py's work. Developer tool only.
"""

from __future__ import annotations

import codecs
import io
import pickletools
import struct
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Iterator

# The names that joblib writes for arrays whose bytes follow inside the stream.
JOBLIB_INLINE = {
    ("joblib.numpy_pickle", "NumpyArrayWrapper"),
    ("sklearn.externals.joblib.numpy_pickle", "NumpyArrayWrapper"),
}


@dataclass(eq=False)
class Value:
    """An abstract value: `kind` says what it is, `of` holds what it is made of."""

    kind: str  # literal tuple list dict set frozenset global call instance persistent mark buffer
    of: Any = None
    arguments: Any = None
    made_by: str = ""
    items: list = field(default_factory=list)
    states: list = field(default_factory=list)


@dataclass
class Stream:
    """One pickle: its result and the values on which an operation was carried out, in order."""

    start: int
    end: int
    result: Value | None
    values: list
    protocol: int
    error: str | None = None


def literal(value: Any) -> Value:
    return Value("literal", value)


def is_name(value: Value | None, *names: str) -> bool:
    return value is not None and value.kind == "global" and ".".join(value.of) in names


class Walker:
    """Walks one stream of a seekable file from where it stands."""

    def __init__(self, file: BinaryIO):
        self.file = file
        self.stack: list[Value] = []
        self.memo: dict[int, Value] = {}
        self.values: list[Value] = []
        self.protocol = 0
        self.nested: list[Stream] = []

    def new(self, value: Value) -> None:
        self.values.append(value)
        self.stack.append(value)

    def pop_mark(self) -> list[Value]:
        out = []
        while True:
            value = self.stack.pop()
            if value.kind == "mark":
                out.reverse()
                return out
            out.append(value)

    def walk(self) -> Stream:
        start = self.file.tell()
        try:
            for name, argument in self.opcodes():
                if name == "STOP":
                    result = self.stack.pop() if self.stack else None
                    return Stream(start, self.file.tell(), result, self.values, self.protocol)
                getattr(self, "op_" + name, self.push_literal)(argument)
        except Exception as error:  # damaged streams are reported, not raised
            return Stream(start, self.file.tell(), None, self.values, self.protocol, repr(error)[:120])
        raise AssertionError("opcodes() ends by STOP or by raising")

    def opcodes(self) -> Iterator[tuple[str, Any]]:
        """Like pickletools.genops, which takes only ASCII in STRING: Python 2 wrote any bytes."""
        while True:
            code = self.file.read(1)
            opcode = pickletools.code2op.get(code.decode("latin-1"))
            if opcode is None:
                raise ValueError("end of data" if not code else f"opcode {code!r}")
            if opcode.name in ("STRING", "BINSTRING", "SHORT_BINSTRING"):
                yield opcode.name, self.read_string(opcode.name)
            else:
                argument = None if opcode.arg is None else opcode.arg.reader(self.file)
                yield opcode.name, argument

    def read_string(self, name: str) -> bytes:
        """The byte strings of Python 2."""
        if name == "STRING":
            return codecs.escape_decode(self.file.readline().strip()[1:-1])[0]
        width = "<i" if name == "BINSTRING" else "<B"
        (length,) = struct.unpack(width, self.file.read(struct.calcsize(width)))
        return self.file.read(length)

    def push_literal(self, argument: Any) -> None:
        self.stack.append(literal(argument))

    def op_PROTO(self, argument):
        self.protocol = max(self.protocol, argument)

    def op_FRAME(self, argument):
        pass

    def op_NONE(self, _):
        self.stack.append(literal(None))

    def op_NEWTRUE(self, _):
        self.stack.append(literal(True))

    def op_NEWFALSE(self, _):
        self.stack.append(literal(False))

    def op_STRING(self, argument):
        self.stack.append(literal(argument))

    def op_MARK(self, _):
        self.stack.append(Value("mark"))

    def op_POP(self, _):
        self.stack.pop()

    def op_POP_MARK(self, _):
        self.pop_mark()

    def op_DUP(self, _):
        self.stack.append(self.stack[-1])

    def op_EMPTY_TUPLE(self, _):
        self.new(Value("tuple", []))

    def op_TUPLE(self, _):
        self.new(Value("tuple", self.pop_mark()))

    def _tuple(self, count):
        items = self.stack[-count:]
        del self.stack[-count:]
        self.new(Value("tuple", items))

    def op_TUPLE1(self, _):
        self._tuple(1)

    def op_TUPLE2(self, _):
        self._tuple(2)

    def op_TUPLE3(self, _):
        self._tuple(3)

    def op_EMPTY_LIST(self, _):
        self.new(Value("list", []))

    def op_LIST(self, _):
        self.new(Value("list", self.pop_mark()))

    def op_EMPTY_DICT(self, _):
        self.new(Value("dict", []))

    def op_DICT(self, _):
        items = self.pop_mark()
        self.new(Value("dict", list(zip(items[::2], items[1::2]))))

    def op_EMPTY_SET(self, _):
        self.new(Value("set", []))

    def op_FROZENSET(self, _):
        self.new(Value("frozenset", self.pop_mark()))

    def _extend(self, items):
        target = self.stack[-1]
        if target.kind in ("list", "set", "dict"):
            target.of.extend(items)
        else:
            target.items.extend(items)

    def op_APPEND(self, _):
        item = self.stack.pop()
        self._extend([item])

    def op_APPENDS(self, _):
        self._extend(self.pop_mark())

    op_ADDITEMS = op_APPENDS

    def op_SETITEM(self, _):
        value = self.stack.pop()
        key = self.stack.pop()
        self._extend([(key, value)])

    def op_SETITEMS(self, _):
        items = self.pop_mark()
        self._extend(list(zip(items[::2], items[1::2])))

    def op_GLOBAL(self, argument):
        module, _, name = argument.partition(" ")
        self.new(Value("global", (module, name)))

    def op_STACK_GLOBAL(self, _):
        name = self.stack.pop()
        module = self.stack.pop()
        self.new(Value("global", (str(module.of), str(name.of))))

    def op_REDUCE(self, _):
        arguments = self.stack.pop()
        target = self.stack.pop()
        self.new(Value("call", target, arguments, "REDUCE"))

    def op_NEWOBJ(self, _):
        arguments = self.stack.pop()
        target = self.stack.pop()
        self.new(Value("instance", target, arguments, "NEWOBJ"))

    def op_NEWOBJ_EX(self, _):
        keywords = self.stack.pop()
        arguments = self.stack.pop()
        target = self.stack.pop()
        both = Value("tuple", list(arguments.of) + [keywords])
        self.new(Value("instance", target, both, "NEWOBJ_EX"))

    def op_INST(self, argument):
        module, _, name = argument.partition(" ")
        target = Value("global", (module, name))
        self.values.append(target)
        arguments = Value("tuple", self.pop_mark())
        kind = "call" if arguments.of else "instance"
        self.new(Value(kind, target, arguments, "INST"))

    def op_OBJ(self, _):
        items = self.pop_mark()
        arguments = Value("tuple", items[1:])
        kind = "call" if arguments.of else "instance"
        self.new(Value(kind, items[0], arguments, "OBJ"))

    def op_BUILD(self, _):
        state = self.stack.pop()
        target = self.stack[-1]
        target.states.append(state)
        wrapper = target.of if target.kind in ("instance", "call") else None
        if wrapper is not None and is_name(wrapper, *map(".".join, JOBLIB_INLINE)):
            self.skip_inline_array(state)

    def skip_inline_array(self, state: Value) -> None:
        entries = {text(k.of): v for k, v in state.of if k.kind == "literal"}
        align = entries.get("numpy_array_alignment_bytes")
        size = item_size(entries["dtype"])
        if size is None:
            nested = Walker(self.file)
            stream = nested.walk()
            self.values.extend(stream.values)
            if stream.error:
                raise ValueError("nested: " + stream.error)
            return
        if align is not None and align.of:
            padding = self.file.read(1)[0]
            self.file.read(padding)
        count = 1
        for dimension in entries["shape"].of:
            count *= int(dimension.of if dimension.kind == "literal" else 0)
        self.file.seek(count * size, io.SEEK_CUR)

    def op_PUT(self, argument):
        self.memo[int(argument)] = self.stack[-1]

    op_BINPUT = op_LONG_BINPUT = op_PUT

    def op_MEMOIZE(self, _):
        self.memo[len(self.memo)] = self.stack[-1]

    def op_GET(self, argument):
        self.stack.append(self.memo[int(argument)])

    op_BINGET = op_LONG_BINGET = op_GET

    def op_PERSID(self, argument):
        self.stack.append(Value("persistent", literal(argument)))

    def op_BINPERSID(self, _):
        self.new(Value("persistent", self.stack.pop()))

    def op_NEXT_BUFFER(self, _):
        self.stack.append(Value("buffer"))

    def op_READONLY_BUFFER(self, _):
        pass


def text(value: Any) -> Any:
    """Python 2 wrote attribute names as byte strings."""
    return value.decode("latin-1") if isinstance(value, bytes) else value


def item_size(dtype: Value) -> int | None:
    """Bytes of one item of an abstract numpy.dtype; None for dtypes that hold objects."""
    code = dtype.arguments.of[0].of
    code = code.decode() if isinstance(code, bytes) else str(code)
    if code.lstrip("<>|=").startswith("O"):
        return None
    state = dtype.states[-1].of if dtype.states else []
    fields = state[4] if len(state) > 4 else literal(None)
    if fields.kind == "dict":
        for _, entry in fields.of:
            if item_size(entry.of[0]) is None:
                return None
    size = state[5].of if len(state) > 5 else -1
    if isinstance(size, int) and size > 0:
        return size
    return int(code.lstrip("<>|=")[1:])


def walk_stream(file: BinaryIO) -> Stream:
    """Walks the one stream that starts at the file's position."""
    return Walker(file).walk()


def looks_like_pickle(head: bytes) -> bool:
    if len(head) < 2:
        return False
    if head[0] == 0x80 and head[1] <= 5:
        return True
    return head[:1] in b"c(]}IKMJLVSXN)FG"


def walk_all(data: bytes) -> Iterator[Stream]:
    """Walks the streams that follow each other in `data` (torch's old files hold several)."""
    file = io.BytesIO(data)
    while looks_like_pickle(data[file.tell() : file.tell() + 2]):
        stream = walk_stream(file)
        yield stream
        if stream.error:
            return
