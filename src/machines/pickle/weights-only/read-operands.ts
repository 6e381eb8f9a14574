/** Operands of the restricted unpickler's opcodes as values: names, texts, long integers. */

import { isAscii, isUtf8 } from "node:buffer";

import { readRange } from "../../../bytes/read.ts";
import type { Instruction } from "../../../codecs/pickle/disassemble.ts";
import { decodeLiteral } from "../../../codecs/pickle/literals.ts";
import { OP } from "../../../codecs/pickle/opcodes.ts";
import { quote } from "../../../kernel/text.ts";
import type { RandomSource } from "../../../kernel/source.ts";
import { fromBigInt } from "./numbers.ts";
import { refuse } from "./refusal.ts";
import type { RestrictedStack } from "./restricted-stack.ts";
import { lookUp, torchFacts } from "./torch-facts.ts";
import type { GlobalObject, Value } from "./values.ts";

// No allowed name comes near this.
const MAX_NAME = 512;

function lineText(source: RandomSource, start: number, end: number): string {
  const bytes = readRange(source, start, Math.min(end, start + MAX_NAME));
  const cut = end > start + MAX_NAME;
  const literal = decodeLiteral(bytes, OP.GLOBAL);
  if (literal.kind === "str") {
    return cut ? `${literal.value}…` : literal.value;
  }
  return cut ? "…" : refuse("the name of a global is not UTF-8");
}

/** Pushes by GLOBAL: renamed as Python 2 needs it, then looked up in the list of safe globals. */
export function readGlobal(source: RandomSource, instruction: Instruction): GlobalObject {
  const { operand } = instruction;
  if (operand.kind !== "ranges") {
    refuse("GLOBAL has no name");
  }
  const facts = torchFacts();
  const spelledModule = lineText(source, operand.start, operand.end);
  const spelledName = lineText(source, operand.start2, operand.end2);
  const spelled = `${spelledModule}.${spelledName}`;
  const renamed = lookUp(facts.renamedNames, spelled);
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

/** LONG1. */
export function readLong(source: RandomSource, instruction: Instruction): Value {
  const { operand } = instruction;
  if (operand.kind !== "range") {
    return 0;
  }
  const literal = decodeLiteral(readRange(source, operand.start, operand.end), OP.LONG1);
  return literal.kind === "int" ? fromBigInt(literal.value ?? 0n) : 0;
}

/**
 * BINUNICODE, and SHORT_BINSTRING, which torch.load decodes as UTF-8. Short texts are kept, of long
 * ones only what an encoder could stumble over.
 */
export function readText(
  source: RandomSource,
  instruction: Instruction,
  stack: RestrictedStack,
): Value {
  const { operand, code } = instruction;
  if (operand.kind !== "range") {
    return "";
  }
  const { start, end } = operand;
  if (stack.keepsText(end - start)) {
    const literal = decodeLiteral(readRange(source, start, end), OP.BINUNICODE);
    const strict = code === OP.SHORT_BINSTRING;
    if (literal.kind !== "str" || (strict && !literal.value.isWellFormed())) {
      return refuse("a text is not UTF-8");
    }
    return literal.value;
  }
  stack.charge(1);
  return { kind: "text", start, length: end - start, bits: textBits(source, start, end) };
}

const WINDOW = 1024 * 1024;

/** How many bits the largest character needs; refuses what is not UTF-8. */
function textBits(source: RandomSource, start: number, end: number): 7 | 8 | 21 {
  let bits: 7 | 8 | 21 = 7;
  let at = start;
  while (at < end) {
    const bytes = wholeCharacters(readRange(source, at, Math.min(end, at + WINDOW)), end - at);
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

/** Cuts a character that continues beyond the window. */
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
