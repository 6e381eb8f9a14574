/**
 * The front part of a GGUF file, versions 1 to 3: header, metadata, tensor infos, and where the data begins.
 * Specification: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; limits as in gguf.cpp. Values of
 * arrays are not kept, and tensors are not read.
 */

import type { Governor } from "../../bytes/governor.ts";
import { readRange } from "../../bytes/read.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { GgufCursor } from "./cursor.ts";
import { NEWEST_GGUF, readGgufVersion } from "./byte-order.ts";
import type { GgufVersion } from "./byte-order.ts";
import { GgufProblems } from "./problems.ts";
import type { GgufOverflow, GgufProblem } from "./problems.ts";
import { readMetadata } from "./read-metadata.ts";
import type { GgufEntry, OnLongString } from "./read-metadata.ts";
import { readTensors } from "./read-tensors.ts";
import type { GgufTensor } from "./read-tensors.ts";
import { UINT32 } from "./value-types.ts";

const ALIGNMENT = "general.alignment";
const DEFAULT_ALIGNMENT = 32;
/** What readers take in memory for a key-value pair and for a tensor, at least and roughly. */
const PAIR_BYTES = 64;
const INFO_BYTES = 256;

export interface GgufFront {
  readonly version: GgufVersion;
  /** As claimed. */
  readonly tensorCount: number;
  readonly entryCount: number;
  readonly entries: readonly GgufEntry[];
  readonly tensors: readonly GgufTensor[];
  readonly alignment: number;
  /** The first byte that was not read, or the end of the infos. */
  readonly end: number;
  /** Whether header, metadata and infos are all there and were all understood. */
  readonly whole: boolean;
  readonly problems: readonly GgufProblem[];
  readonly overflows: readonly GgufOverflow[];
}

/** Reads everything in front of the tensors' data. Undefined where the source does not begin as GGUF does. */
export function readGguf(
  source: RandomSource,
  governor: Governor,
  onLong: OnLongString = () => undefined,
): GgufFront | undefined {
  const version = readGgufVersion(readRange(source, 0, 8));
  if (version === undefined) {
    return undefined;
  }
  const problems = new GgufProblems();
  const { littleEndian } = version;
  const lengthSize = version.version === 1 ? 4 : 8;
  const cursor = new GgufCursor(source, { littleEndian, lengthSize }, problems, () =>
    governor.checkAborted(),
  );
  cursor.position = 8;
  if (version.version > NEWEST_GGUF) {
    cursor.fail("unsupported", `GGUF version ${version.version} is not known`, 4);
  }
  const tensorCount = readCount(cursor, TENSORS);
  const entryCount = readCount(cursor, PAIRS);
  const entries = readMetadata(cursor, entryCount, governor, onLong);
  const alignment = alignmentOf(cursor, entries);
  const tensors = readTensors(cursor, tensorCount, governor);
  return {
    version,
    tensorCount,
    entryCount,
    entries,
    tensors,
    alignment,
    end: cursor.position,
    whole: !cursor.failed,
    problems: problems.list(),
    overflows: problems.overflows,
  };
}

const TENSORS = { what: "tensor count", each: INFO_BYTES, advisory: "CVE-2024-21836" };
const PAIRS = { what: "metadata count", each: PAIR_BYTES, advisory: "CVE-2024-23605" };

/** A count of the header; readers multiply it by what each one takes. */
function readCount(cursor: GgufCursor, { what, each, advisory }: typeof TENSORS): number {
  const offset = cursor.position;
  const count = cursor.length();
  if (count >= 2 ** 63 / each) {
    const message = `the ${what} is ${count}, for which no reader can count the memory`;
    cursor.problems.overflow({ what, advisory, message, offset });
    cursor.fail("damaged", `the ${what} is ${count}`, offset);
  }
  return count;
}

/** Readers that refuse duplicate keys never get here with two; of others most take the first. */
function alignmentOf(cursor: GgufCursor, entries: readonly GgufEntry[]): number {
  const entry = entries.find(({ key }) => key === ALIGNMENT);
  if (entry === undefined) {
    return DEFAULT_ALIGNMENT;
  }
  const { value, offset } = entry;
  // A power of two has one bit; a bit pattern of 32 bits is what the reference tests, too.
  const isPower = typeof value === "number" && value > 0 && Number.isInteger(Math.log2(value));
  if (entry.type !== UINT32 || !isPower) {
    cursor.fail("damaged", `${ALIGNMENT} is not a power of two of type u32`, offset);
    return DEFAULT_ALIGNMENT;
  }
  if (value % 8 !== 0) {
    cursor.problems.add("deviation", `${ALIGNMENT} is ${value}, no multiple of 8`, offset);
  }
  return value;
}
