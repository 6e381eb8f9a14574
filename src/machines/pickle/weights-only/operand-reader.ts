/**
 * Operands of the restricted unpickler's opcodes as values: names, texts, long integers. Reads through
 * one window, since a view of its own for every text costs more than the text.
 */

import { isAscii, isUtf8 } from "node:buffer";

import { MemorySource } from "../../../bytes/memory-source.ts";
import { readRange } from "../../../bytes/read.ts";
import type { Operand } from "../../../codecs/pickle/disassemble.ts";
import { decodeLiteral } from "../../../codecs/pickle/literals.ts";
import { OP } from "../../../codecs/pickle/opcodes.ts";
import { quote } from "../../../kernel/text.ts";
import type { RandomSource } from "../../../kernel/source.ts";
import { fromBigInt } from "./numbers.ts";
import { refuse } from "./refusal.ts";
import { lookUp, torchFacts } from "./torch-facts.ts";
import type { GlobalObject, LongText, Value } from "./values.ts";

// No allowed name comes near this.
const MAX_NAME = 512;
// Names that occur again are looked up once; there are not more allowed ones.
const MAX_CACHED = 4096;
const WINDOW = 64 * 1024;
const CHUNK = 1024 * 1024;

// Latin-1 text without a byte above 0x7f is UTF-8 as it stands.
// oxlint-disable-next-line no-control-regex
const ASCII = /^[\0-\x7f]*$/;

export class OperandReader {
  readonly #source: RandomSource;
  readonly #globals = new Map<string, GlobalObject>();
  #window: Buffer;
  #start = 0;

  constructor(source: RandomSource) {
    this.#source = source;
    this.#window =
      source instanceof MemorySource
        ? Buffer.from(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength)
        : Buffer.alloc(0);
  }

  /** Pushes by GLOBAL: renamed as Python 2 needs it, then looked up in the list of safe globals. */
  global(operand: Operand): GlobalObject {
    if (operand.kind !== "ranges") {
      return refuse("GLOBAL has no name");
    }
    const module = this.#name(operand.start, operand.end);
    const name = this.#name(operand.start2, operand.end2);
    const spelled = `${module}\n${name}`;
    const known = this.#globals.get(spelled);
    if (known !== undefined) {
      return known;
    }
    const found = findGlobal(module, name);
    if (this.#globals.size < MAX_CACHED) {
      this.#globals.set(spelled, found);
    }
    return found;
  }

  /** LONG1. */
  long(operand: Operand): Value {
    if (operand.kind !== "range") {
      return 0;
    }
    const literal = decodeLiteral(readRange(this.#source, operand.start, operand.end), OP.LONG1);
    return literal.kind === "int" ? fromBigInt(literal.value ?? 0n) : 0;
  }

  /** A short text in UTF-8; `strict` refuses lone surrogates. */
  text(start: number, end: number, strict: boolean): string {
    const plain = this.#latin1(start, end);
    if (ASCII.test(plain)) {
      return plain;
    }
    const literal = decodeLiteral(readRange(this.#source, start, end), OP.BINUNICODE);
    return literal.kind === "str" && (!strict || literal.value.isWellFormed())
      ? literal.value
      : refuse("a text is not UTF-8");
  }

  /** A long text, of which only what an encoder could stumble over is kept. */
  longText(start: number, end: number): LongText {
    return { kind: "text", start, length: end - start, bits: textBits(this.#source, start, end) };
  }

  #name(start: number, end: number): string {
    if (end - start > MAX_NAME) {
      return `${this.#latin1(start, start + MAX_NAME)}…`;
    }
    const plain = this.#latin1(start, end);
    if (ASCII.test(plain)) {
      return plain;
    }
    const literal = decodeLiteral(readRange(this.#source, start, end), OP.GLOBAL);
    return literal.kind === "str" ? literal.value : refuse("the name of a global is not UTF-8");
  }

  #latin1(start: number, end: number): string {
    const window = this.#window;
    if (start < this.#start || end > this.#start + window.length) {
      this.#load(start, end);
    }
    return this.#window.toString("latin1", start - this.#start, end - this.#start);
  }

  #load(start: number, end: number): void {
    const bytes = readRange(this.#source, start, Math.max(end, start + WINDOW));
    this.#window = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = start;
  }
}

function findGlobal(spelledModule: string, spelledName: string): GlobalObject {
  const facts = torchFacts();
  const renamed = lookUp(facts.renamedNames, `${spelledModule}.${spelledName}`);
  const module =
    renamed?.slice(0, renamed.lastIndexOf(".")) ??
    lookUp(facts.renamedModules, spelledModule) ??
    spelledModule;
  const name = renamed ?? `${module}.${spelledName}`;
  const blocked = facts.blockedModules.includes(module);
  const entry = blocked ? undefined : lookUp(facts.globals, name);
  if (entry !== undefined) {
    return { kind: "global", name, entry };
  }
  const shown = quote(name).slice(1, -1);
  if (facts.importFirst.includes(name)) {
    refuse(`GLOBAL ${shown} needs torch.distributed.tensor to be imported first`);
  }
  return refuse(
    blocked
      ? `GLOBAL ${shown} is of a module that torch blocks`
      : `GLOBAL ${shown} is not on torch's list of safe globals`,
  );
}

/** How many bits the largest character needs; refuses what is not UTF-8. */
function textBits(source: RandomSource, start: number, end: number): 7 | 8 | 21 {
  let bits: 7 | 8 | 21 = 7;
  let at = start;
  while (at < end) {
    const bytes = wholeCharacters(readRange(source, at, Math.min(end, at + CHUNK)), end - at);
    if (bytes.length === 0) {
      refuse("a text is not UTF-8");
    }
    if (!isAscii(bytes)) {
      bits = Math.max(bits, checkWide(bytes)) as 7 | 8 | 21;
    }
    at += bytes.length;
  }
  return bits;
}

/** Cuts a character that continues beyond the chunk. */
function wholeCharacters(bytes: Uint8Array, left: number): Uint8Array {
  if (bytes.length >= left) {
    return bytes;
  }
  let end = bytes.length;
  while (end > bytes.length - 4 && end > 0 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) {
    end -= 1;
  }
  const lead = bytes[end - 1] ?? 0;
  return lead >= 0xc0 ? bytes.subarray(0, end - 1) : bytes;
}

function checkWide(bytes: Uint8Array): 8 | 21 {
  if (!isUtf8(bytes) && decodeLiteral(bytes, OP.BINUNICODE).kind !== "str") {
    refuse("a text is not UTF-8");
  }
  for (const byte of bytes) {
    // Lead bytes of what Latin-1 has not.
    if (byte > 0xc3) {
      return 21;
    }
  }
  return 8;
}
