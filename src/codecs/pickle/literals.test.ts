import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

import type { Literal } from "./literal.ts";
import { decodeLiteral, literalReadings } from "./literals.ts";
import { OP, OPCODES } from "./opcodes.ts";
import type { OpcodeName } from "./opcodes.ts";

function bytes(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

/** One word a value, the same on both sides. */
function show(literal: Literal): string {
  switch (literal.kind) {
    case "invalid":
      return "error";
    case "str8":
    case "bytes":
      return `bytes:${Buffer.from(literal.value).toString("hex")}`;
    case "str":
      return `str:${JSON.stringify(literal.value)}`;
    case "float":
      return `float:${showFloat(literal.value)}`;
    default:
      return `${literal.kind}:${literal.value}`;
  }
}

function showFloat(value: number): string {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleBE(value);
  return Number.isNaN(value) ? "nan" : buffer.toString("hex");
}

function read(name: OpcodeName, text: string): [c: string, python: string] {
  const { c, python } = literalReadings(bytes(text), OP[name]);
  return [show(c), show(python)];
}

const INTEGERS = [
  "00", "01", "1", "0", "+1", " 1", "-0", "010", "-017", "08", "0x1F", "0X1f", "0b1", "0B1", "0o17", "1_0", "1 ", "\t1",
  "1\0x", "", " ", "99999999999999999999", "-99999999999999999999", "0x99999999999999999999", "1\r", "01\r", "1L",
  "0_1", "00_0", "-0x10", "- 1", "0x_1", "0x__1", "\x1c1", "\xa01", "+0", "\x0b1", "\xb2", "001", "00\0", "0\0", "0_", "_1",
  "1__0", "0b", "0x", "0b2", "0o8", "09223372036854775807", "0777777777777777777777", "01777777777777777777777",
  "077777777777777777777777777", "--1", "+-1", "0x1\0g", "-", "+", "00x1", "9".repeat(4300), "9".repeat(4301), "1.5",
  `${"0".repeat(2000)}1`, "0".repeat(5000), "L", "LL", "0x1L", "010L", "00L", " 1 L", "1\0zL", "1LL", "-5L", "1 ",
  "1L ", "l", "1l",
]; // prettier-ignore

const FLOATS = [
  "1.5", " 1.5", "1.5 ", "inf", "NAN", "-Infinity", "+iNf", "infinit", "1e999", "-1e999", "1_0.0", "1_0.0_1e1_0", "1._0",
  "_1", "1_", "1_e5", "1__0", "1.5\0x", "", " ", "0x1p3", "1.", ".5", ".", "+.5e-3", "1e", "1e+", "1e5", "5", "1.5\r",
  "inf_", "-nan", "1e-999", "1\0", "--1", "1,5", "in\0f", "4.9e-324", "1.7976931348623157e308", "1.7976931348623159e308",
  "0.1", "9007199254740993", "e5", "1e5.", "nan(1)", "1 2", "\xa01", "1\x1c", "\0",
]; // prettier-ignore

const STRINGS = [
  "'a'", '"a"', "'a\"", "'", "''", "", "'\\x41\\101\\n\\q\\\\'", "'\\x4'", "'\\'", "'\\400'", "'\\777'", "'\xff'", " 'a'", "'a' ",
  "a", "'a'b'", "'\\8'", "'\\18'", "'\\1'", "'\\12'", "'\\a\\b\\f\\v\\t\\r\\0'", "'\\xzz'", "'\\xAf'", "'a'\r", "'\\''", "'\\\"'", "aa",
  "'\\xf'", "'plain\\x41'", "'\\u0041'",
]; // prettier-ignore

const RAW = [
  "", "abc\\u0041", "\\\\u0041", "\\u004", "\\U00110000", "\\ud800", "\xe9", "\\", "\\x41", "\\U0001F600", "\\\\\\u0041",
  "\\u00zz", "\\U", "\\\\", "\\N{DASH}", "\\u0000", "\\uFFFF", "\\U0001f60", "a\\", "\\u0041\\u0042", "\\uu0041",
]; // prettier-ignore

const UTF8 = [
  "", "abc", "\xed\xa0\x80", "a\xed\xbf\xbfb\xe2\x82\xac", "\xff", "\xc0\x80", "\xf4\x90\x80\x80", "\xf0\x9f\x98\x80", "\xef\xbb\xbf",
  "\xed", "\xed\xa0", "\xed\x9f\xbf", "\xe2\x82", "\xed\xa0\x80\xff", "\xff\xed\xa0\x80", "\0", "\x80", "\xe0\x80\x80",
]; // prettier-ignore

const MEMO = [
  "1",
  "01",
  "0x1",
  " 1 ",
  "1_0",
  "00",
  "1\0a",
  "",
  "+1",
  "1L",
  "-",
  "9".repeat(20),
  "9".repeat(4301),
];
const NAMES = ["abc", "", "l\xc3\xa9", "l\xe9", "a\0", " a", "a\r", "\xed\xa0\x80"];
const LONGS = [
  "",
  "\0",
  "\xff",
  "\xff\0",
  "\0\x80",
  "\x01\x02\x03",
  "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19",
];

const SAMPLES: readonly (readonly [OpcodeName, readonly string[]])[] = [
  ["INT", INTEGERS],
  ["LONG", INTEGERS],
  ["FLOAT", FLOATS],
  ["STRING", STRINGS],
  ["UNICODE", RAW],
  ["BINUNICODE", UTF8],
  ["SHORT_BINUNICODE", UTF8],
  ["GET", MEMO],
  ["GLOBAL", NAMES],
  ["INST", NAMES],
  ["PERSID", NAMES],
  ["LONG1", LONGS],
];

// Runs both of CPython's readers over literals alone; nothing is ever looked up or called.
const ORACLE = `
import io, json, pickle, struct, sys, warnings
warnings.simplefilter("ignore")
def show(value):
    if value is True or value is False: return "bool:" + str(value).lower()
    if type(value) is int: return "int:" + (str(value) if abs(value) < 10 ** 4300 else "undefined")
    if type(value) is float: return "float:" + ("nan" if value != value else struct.pack(">d", value).hex())
    if type(value) is bytes: return "bytes:" + value.hex()
    return "str:" + value
class Name(Exception): pass
def reader(base):
    class Reader(base):
        def find_class(self, module, name): raise Name(name)
        def persistent_load(self, pid): return pid
    return Reader
readers = [reader(pickle.Unpickler), reader(pickle._Unpickler)]
def run(name, hexadecimal):
    text = bytes.fromhex(hexadecimal)
    op = getattr(pickle, name)
    if name == "GLOBAL": data = op + b"module\\n" + text + b"\\n."
    elif name == "INST": data = b"(" + op + b"module\\n" + text + b"\\n."
    elif name in ("BINUNICODE",): data = op + struct.pack("<I", len(text)) + text + b"."
    elif name in ("SHORT_BINUNICODE", "LONG1"): data = op + bytes([len(text)]) + text + b"."
    elif name == "GET":
        # Every key that can be meant is in the memo.
        data = op + text + b"\\n."
    else: data = op + text + b"\\n."
    out = []
    for index, cls in enumerate(readers):
        unpickler = cls(io.BytesIO(data), encoding="bytes")
        try:
            if name == "GET":
                try: out.append(show(unpickler.load()))
                except pickle.UnpicklingError as error:
                    word = str(error)
                    out.append("int:" + word.rsplit(" ", 1)[-1] if word.startswith("Memo value not found") else "error")
                continue
            out.append(show(unpickler.load()))
        except Name as error: out.append("str:" + error.args[0])
        except Exception: out.append("error")
    return out
print(json.dumps([run(*row) for row in json.load(sys.stdin)]))
`;

const python = spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]);

describe("literals", () => {
  it("reads integers as the two readers do", () => {
    expect(read("INT", "01")).toEqual(["bool:true", "bool:true"]);
    expect(read("INT", "+1")).toEqual(["bool:true", "int:1"]);
    expect(read("INT", "010")).toEqual(["int:8", "error"]);
    expect(read("INT", "1\0x")).toEqual(["int:1", "error"]);
    expect(read("INT", "0x1F")).toEqual(["int:31", "int:31"]);
    expect(read("LONG", "010L")).toEqual(["error", "error"]);
    expect(read("LONG", "0x1L")).toEqual(["int:1", "int:1"]);
    expect(read("GET", "1_0")).toEqual(["int:10", "int:10"]);
  });

  it("reads floats as the two readers do", () => {
    expect(read("FLOAT", " 1.5")).toEqual(["error", "float:3ff8000000000000"]);
    expect(read("FLOAT", "1e999")).toEqual(["error", "float:7ff0000000000000"]);
    expect(read("FLOAT", "1.5\0x")).toEqual(["float:3ff8000000000000", "error"]);
    expect(show(decodeLiteral(bytes("1_0"), OP.FLOAT))).toBe("float:4024000000000000");
  });

  it("reads text", () => {
    expect(read("STRING", String.raw`'\x41\n\q'`)[0]).toBe("bytes:410a5c71");
    expect(read("UNICODE", String.raw`\\u0041\u0041`)[0]).toBe(
      `str:${JSON.stringify("\\\\u0041A")}`,
    );
    expect(decodeLiteral(bytes("\xed\xa0\x80x"), OP.BINUNICODE)).toEqual({
      kind: "str",
      value: "\ud800x",
    });
    expect(decodeLiteral(bytes("\xed\xa0\x80"), OP.GLOBAL).kind).toBe("invalid");
  });

  it("does no more than linear work on huge numbers", () => {
    const digits = "1".repeat(8_000_000);
    expect(decodeLiteral(bytes(digits), OP.INT).kind).toBe("invalid");
    expect(decodeLiteral(bytes(`0x${digits}`), OP.INT)).toEqual({ kind: "int", value: undefined });
    expect(decodeLiteral(new Uint8Array(8_000_000), OP.LONG4)).toEqual({
      kind: "int",
      value: undefined,
    });
    expect(decodeLiteral(bytes(digits), OP.FLOAT)).toEqual({ kind: "float", value: Infinity });
    expect(decodeLiteral(bytes(`'${"\\".repeat(8_000_000)}'`), OP.STRING).kind).toBe("str8");
  });

  it("never throws, whatever opcode and bytes", () => {
    const samples = [...INTEGERS, ...FLOATS, ...STRINGS, ...RAW, ...UTF8, ...NAMES, ...LONGS];
    for (const opcode of OPCODES) {
      for (const sample of samples) {
        const literal = decodeLiteral(bytes(sample), opcode?.code ?? 0);
        expect(literal.kind === "invalid" ? literal.detail : "fine").not.toBe("");
      }
    }
  });

  it.skipIf(python.status !== 0)("agrees with both of CPython's readers", () => {
    const rows = SAMPLES.flatMap(([name, texts]) => texts.map((text) => [name, text] as const));
    const input = rows.map(([name, text]) => [name, Buffer.from(text, "latin1").toString("hex")]);
    const { stdout } = spawnSync("python3", ["-c", ORACLE], {
      input: JSON.stringify(input),
      encoding: "utf8",
    });
    const expected = (JSON.parse(stdout) as [string, string][]).map((pair) =>
      pair.map((word) => (word.startsWith("str:") ? `str:${JSON.stringify(word.slice(4))}` : word)),
    );
    const actual = rows.map(([name, text]) => read(name, text));
    const named = (words: readonly (readonly string[])[]): string[] =>
      words.map((word, index) => `${JSON.stringify(rows[index])} ${word.join(" | ")}`);
    const wanted = named(expected);
    expect(named(actual).filter((line, index) => line !== wanted[index])).toEqual([]);
    expect(wanted.length).toBeGreaterThan(250);
  });
});
