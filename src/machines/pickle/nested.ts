/**
 * What is nested in strings and bytes: pickles and carriers, raw or encoded. A literal that nobody
 * loads is data, so only what really is such a thing comes out.
 */

/* oxlint-disable complexity -- one switch over first bytes */

import { readRange } from "../../bytes/read.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { sliceSource } from "../../bytes/slice-source.ts";
import type { Governor } from "../../bytes/governor.ts";
import { OP } from "../../codecs/pickle/opcodes.ts";
import type { RandomSource } from "../../kernel/source.ts";
import type { Candidate } from "./plain-stream.ts";
import { probePickle } from "./probe.ts";

export interface Nested {
  /** Step in the locator: `literal@0x1f`, with the encoding where there is one. */
  readonly name: string;
  readonly source: RandomSource;
}

/** Longest encoded text that is decoded whole. */
const LONGEST_ENCODED = 16 * 1024 * 1024;

const TEXT_CODES: ReadonlySet<number> = new Set<number>([
  OP.BINUNICODE,
  OP.SHORT_BINUNICODE,
  OP.BINUNICODE8,
  OP.UNICODE,
  OP.STRING,
  OP.SHORT_BINSTRING,
  OP.BINSTRING,
]);

/** Makes sure of a candidate; undefined where it only looked like one. */
export function openNested(
  source: RandomSource,
  candidate: Candidate,
  governor: Governor,
): Nested | undefined {
  const { start, end } = candidate;
  const head = readRange(source, start, Math.min(end, start + 65_536));
  const at = `literal@0x${start.toString(16)}`;
  if (isPickle(head, end - start <= head.length) || isCarrier(head)) {
    return { name: at, source: sliceSource(source, start, end, at) };
  }
  if (end - start > LONGEST_ENCODED || !governor.take("work", end - start)) {
    return undefined;
  }
  const decoded = decode(candidate, source, head);
  if (decoded === undefined) {
    return undefined;
  }
  const { bytes, encoding } = decoded;
  if (!isPickle(bytes.subarray(0, 65_536), bytes.length <= 65_536) && !isCarrier(bytes)) {
    return undefined;
  }
  const name = `${at}|${encoding}`;
  return { name, source: new MemorySource(bytes, name) };
}

function decode(
  { opcode, start, end }: Candidate,
  source: RandomSource,
  head: Uint8Array,
): { bytes: Uint8Array; encoding: string } | undefined {
  const whole = (): Buffer => Buffer.from(readRange(source, start, end));
  if (head[0] === 0xc2 && TEXT_CODES.has(opcode)) {
    return { bytes: Buffer.from(whole().toString("utf8"), "latin1"), encoding: "latin-1" };
  }
  const text = Buffer.from(head).toString("latin1");
  if (/^[\da-f\s]{16,}$/i.test(text)) {
    return {
      bytes: Buffer.from(whole().toString("latin1").replaceAll(/\s/g, ""), "hex"),
      encoding: "hex",
    };
  }
  if (/^[\w+/=\s-]{12,}$/.test(text)) {
    return { bytes: Buffer.from(whole().toString("latin1"), "base64"), encoding: "base64" };
  }
  return undefined;
}

function isPickle(head: Uint8Array, whole: boolean): boolean {
  const probe = probePickle(head, whole);
  if (head[0] === 0x80) {
    return probe.looksUp || (probe.stop !== undefined && probe.opcodes >= 4);
  }
  // Without a protocol byte only something that runs counts: prose may start with any opcode.
  return probe.looksUp && (probe.calls || probe.stop !== undefined);
}

function isCarrier(bytes: Uint8Array): boolean {
  const [first, second, third, fourth] = bytes;
  switch (first) {
    case 0x1f:
      return second === 0x8b && third === 8 && (fourth ?? 0xff) < 0x20;
    case 0x78:
      return second !== undefined && (0x7800 + second) % 31 === 0 && ((third ?? 7) & 6) !== 6;
    case 0x42:
      return second === 0x5a && third === 0x68 && bytes[4] === 0x31 && bytes[5] === 0x41;
    case 0xfd:
      return second === 0x37 && third === 0x7a && fourth === 0x58;
    case 0x50:
      return second === 0x4b && third === 3 && fourth === 4;
    case 0x93:
      return second === 0x4e && third === 0x55 && fourth === 0x4d;
    default:
      return false;
  }
}
