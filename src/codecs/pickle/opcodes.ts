/**
 * The 68 opcodes of pickle protocols 0 to 5 (CPython's `pickletools` is their reference, PEP 307,
 * 3154 and 574 their rationale).
 */

/** How an opcode's operand is laid out after its byte. */
export type OperandKind =
  | "none"
  /** Fixed number of bytes, little-endian unless said otherwise. */
  | "u1"
  | "u2"
  | "i4"
  | "u4"
  | "u8"
  /** Eight bytes, big-endian IEEE 754. */
  | "f8"
  /** Text up to a line feed. */
  | "line"
  /** Two such lines. */
  | "lines2"
  /** A length of 1, 4 (unsigned), 4 (signed) or 8 bytes, then that many bytes. */
  | "counted1"
  | "counted4"
  | "countedI4"
  | "counted8";

export interface Opcode {
  readonly code: number;
  readonly name: string;
  /** Protocol that introduced it. */
  readonly protocol: number;
  readonly operand: OperandKind;
}

export const OP = {
  MARK: 0x28,
  EMPTY_TUPLE: 0x29,
  STOP: 0x2e,
  POP: 0x30,
  POP_MARK: 0x31,
  DUP: 0x32,
  BINBYTES: 0x42,
  SHORT_BINBYTES: 0x43,
  FLOAT: 0x46,
  BINFLOAT: 0x47,
  INT: 0x49,
  BININT: 0x4a,
  BININT1: 0x4b,
  LONG: 0x4c,
  BININT2: 0x4d,
  NONE: 0x4e,
  PERSID: 0x50,
  BINPERSID: 0x51,
  REDUCE: 0x52,
  STRING: 0x53,
  BINSTRING: 0x54,
  SHORT_BINSTRING: 0x55,
  UNICODE: 0x56,
  BINUNICODE: 0x58,
  EMPTY_LIST: 0x5d,
  APPEND: 0x61,
  BUILD: 0x62,
  GLOBAL: 0x63,
  DICT: 0x64,
  APPENDS: 0x65,
  GET: 0x67,
  BINGET: 0x68,
  INST: 0x69,
  LONG_BINGET: 0x6a,
  LIST: 0x6c,
  OBJ: 0x6f,
  PUT: 0x70,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  SETITEM: 0x73,
  TUPLE: 0x74,
  SETITEMS: 0x75,
  EMPTY_DICT: 0x7d,
  PROTO: 0x80,
  NEWOBJ: 0x81,
  EXT1: 0x82,
  EXT2: 0x83,
  EXT4: 0x84,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  LONG1: 0x8a,
  LONG4: 0x8b,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE8: 0x8d,
  BINBYTES8: 0x8e,
  EMPTY_SET: 0x8f,
  ADDITEMS: 0x90,
  FROZENSET: 0x91,
  NEWOBJ_EX: 0x92,
  STACK_GLOBAL: 0x93,
  MEMOIZE: 0x94,
  FRAME: 0x95,
  BYTEARRAY8: 0x96,
  NEXT_BUFFER: 0x97,
  READONLY_BUFFER: 0x98,
} as const;

export type OpcodeName = keyof typeof OP;

const OPERANDS: Partial<Record<OpcodeName, OperandKind>> = {
  BINBYTES: "counted4",
  SHORT_BINBYTES: "counted1",
  FLOAT: "line",
  BINFLOAT: "f8",
  INT: "line",
  BININT: "i4",
  BININT1: "u1",
  LONG: "line",
  BININT2: "u2",
  PERSID: "line",
  STRING: "line",
  BINSTRING: "countedI4",
  SHORT_BINSTRING: "counted1",
  UNICODE: "line",
  BINUNICODE: "counted4",
  GLOBAL: "lines2",
  GET: "line",
  BINGET: "u1",
  INST: "lines2",
  LONG_BINGET: "u4",
  PUT: "line",
  BINPUT: "u1",
  LONG_BINPUT: "u4",
  PROTO: "u1",
  EXT1: "u1",
  EXT2: "u2",
  EXT4: "i4",
  LONG1: "counted1",
  LONG4: "countedI4",
  SHORT_BINUNICODE: "counted1",
  BINUNICODE8: "counted8",
  BINBYTES8: "counted8",
  FRAME: "u8",
  BYTEARRAY8: "counted8",
};

const PROTOCOL_1: readonly OpcodeName[] = [
  "EMPTY_TUPLE", "POP_MARK", "BINFLOAT", "BININT", "BININT1", "BININT2", "BINPERSID", "BINSTRING",
  "SHORT_BINSTRING", "BINUNICODE", "EMPTY_LIST", "APPENDS", "BINGET", "LONG_BINGET", "OBJ", "BINPUT",
  "LONG_BINPUT", "SETITEMS", "EMPTY_DICT",
]; // prettier-ignore
const PROTOCOL_2: readonly OpcodeName[] = [
  "PROTO", "NEWOBJ", "EXT1", "EXT2", "EXT4", "TUPLE1", "TUPLE2", "TUPLE3", "NEWTRUE", "NEWFALSE",
  "LONG1", "LONG4",
]; // prettier-ignore
const PROTOCOL_3: readonly OpcodeName[] = ["BINBYTES", "SHORT_BINBYTES"];
const PROTOCOL_5: readonly OpcodeName[] = ["BYTEARRAY8", "NEXT_BUFFER", "READONLY_BUFFER"];

function protocolOf(name: OpcodeName): number {
  if (PROTOCOL_1.includes(name)) return 1;
  if (PROTOCOL_2.includes(name)) return 2;
  if (PROTOCOL_3.includes(name)) return 3;
  if (PROTOCOL_5.includes(name)) return 5;
  return OP[name] >= 0x8c ? 4 : 0;
}

/** All opcodes by their byte; undefined where no protocol has one. */
export const OPCODES: readonly (Opcode | undefined)[] = buildTable();

function buildTable(): (Opcode | undefined)[] {
  const table: (Opcode | undefined)[] = Array.from({ length: 256 });
  for (const name of Object.keys(OP) as OpcodeName[]) {
    const code = OP[name];
    table[code] = { code, name, protocol: protocolOf(name), operand: OPERANDS[name] ?? "none" };
  }
  return table;
}
