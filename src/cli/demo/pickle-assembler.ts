/**
 * A small assembler for pickles: every function gives the bytes of an opcode or of a few. It writes
 * what the samples of the demonstration need and no more; nothing here reads or runs a pickle.
 *
 * Specification: the opcodes of `pickletools` in CPython's standard library.
 */

/** Joins opcodes into a stream, between PROTO and STOP. */
export function pickle(protocol: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Buffer.of(0x80, protocol), ...parts, Buffer.from(".")]);
}

/** An opcode without an operand, by its letter. */
export function op(letter: string): Uint8Array {
  return Buffer.from(letter, "latin1");
}

/** GLOBAL: looks a name up. */
export function global(module: string, name: string): Uint8Array {
  return Buffer.from(`c${module}\n${name}\n`);
}

/** STACK_GLOBAL: looks a name up whose parts are strings on the stack. */
export function stackGlobal(module: string, name: string): Uint8Array {
  return Buffer.concat([text(module), text(name), Buffer.of(0x93)]);
}

/** BINUNICODE */
export function text(value: string): Uint8Array {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([Buffer.from("X"), length, bytes]);
}

/** BININT */
export function integer(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return Buffer.concat([Buffer.from("J"), bytes]);
}

/** BINFLOAT */
export function float(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return Buffer.concat([Buffer.from("G"), bytes]);
}

/** MARK … TUPLE */
export function tuple(...items: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([op("("), ...items, op("t")]);
}

/** EMPTY_DICT and SETITEMS */
export function dictionary(entries: Readonly<Record<string, Uint8Array>>): Uint8Array {
  return Buffer.concat([op("}"), setItems(entries)]);
}

/** Stores entries in the mapping on top of the stack. */
export function setItems(entries: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const items = Object.entries(entries).flatMap(([key, value]) => [text(key), value]);
  return Buffer.concat([op("("), ...items, op("u")]);
}

/** REDUCE: calls a function with arguments. */
export function call(callee: Uint8Array, ...items: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([callee, tuple(...items), op("R")]);
}
