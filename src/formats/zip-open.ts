/**
 * Opens what zip members hold: stored data is a slice, everything else is decoded and its size and
 * checksum are compared with what the headers say. Checksums of stored data are left alone: PyTorch
 * itself writes wrong ones, and storages are large.
 */

import { crc32 } from "node:zlib";

import type { Governor } from "../bytes/governor.ts";
import { HeaderWindow } from "../bytes/header-window.ts";
import { Reader } from "../bytes/reader.ts";
import { readRange } from "../bytes/read.ts";
import { sliceSource } from "../bytes/slice-source.ts";
import { spool } from "../bytes/spool.ts";
import { inflateRaw } from "../codecs/deflate/inflate-raw.ts";
import { isZero } from "../codecs/zip/gap-walk.ts";
import { METHOD, methodName } from "../codecs/zip/records.ts";
import type { DecodeEnd, DecodeStream, RandomSource } from "../kernel/source.ts";
import type { OpenedChild, ParseIssue } from "./format.ts";

/** One way to take the content of a member. */
export interface PackedData {
  readonly method: number;
  readonly start: number;
  readonly end: number;
  /** Unpacked, as stated; undefined where nothing tells. */
  readonly size: number | undefined;
  readonly crc: number | undefined;
  /** Whether the end of the data is a guess. */
  readonly isOpen: boolean;
  /** Whether an LZMA stream ends with a marker, and not at its size. */
  readonly hasEndMarker?: boolean;
}

/** Opens the content. What is wrong with it comes back as issues. */
export async function openPacked(
  source: RandomSource,
  name: string,
  packed: PackedData,
  governor: Governor,
): Promise<OpenedChild> {
  const stream = await decodePacked(source, packed);
  if (stream === undefined) {
    return { source: sliceSource(source, packed.start, packed.end, name) };
  }
  const tally = { size: 0, crc: 0 };
  const spooled = await spool(tallied(stream, tally), name, governor);
  const issues =
    spooled.end.status === "complete" ? endIssues(source, packed, spooled.end, tally) : [];
  return { source: spooled.source, end: spooled.end, issues };
}

/** The decoder for a member's method; nothing where the data is taken as it lies there. */
async function decodePacked(
  source: RandomSource,
  packed: PackedData,
): Promise<DecodeStream | undefined> {
  const { method, start, end } = packed;
  if (method === METHOD.deflate) {
    return inflateRaw(source, start, end);
  }
  const slice = sliceSource(source, start, end, source.name);
  switch (method) {
    case METHOD.bzip2:
      return (await import("../codecs/bzip2/unbzip2.ts")).unbzip2(slice);
    case METHOD.lzma:
      return await unlzma(slice, packed);
    case METHOD.zstd:
      return (await import("../codecs/zstd/unzstd.ts")).unzstd(slice);
    case METHOD.xz:
      return (await import("../codecs/xz/unxz.ts")).unxz(slice);
    default:
      return undefined;
  }
}

const SUPPORTED: readonly number[] = Object.values(METHOD).filter(
  (method) => method !== METHOD.deflate64,
);

/** Whether content packed by this method can be read. */
export function isSupportedMethod(method: number): boolean {
  return SUPPORTED.includes(method);
}

/** Version, size of the parameters, the parameters, then the stream (APPNOTE 5.8.8). */
async function unlzma(
  source: RandomSource,
  { size, hasEndMarker }: PackedData,
): Promise<DecodeStream> {
  const reader = new Reader(readRange(source, 0, 9));
  reader.skip(2);
  const parameters = reader.u16();
  const properties = reader.u8();
  const dictionarySize = reader.u32();
  if (reader.overrun || parameters < 5) {
    return noStream("the member's LZMA header is damaged");
  }
  const header = { properties, dictionarySize, size: hasEndMarker === true ? undefined : size };
  const { lzmaStream } = await import("../codecs/xz/lzma-stream.ts");
  return withOffset(lzmaStream(source, 4 + parameters, header), 4 + parameters);
}

// eslint-disable-next-line require-yield -- a stream that is none
function* noStream(detail: string): Generator<Uint8Array, DecodeEnd, void> {
  return { status: "damaged", consumed: 0, detail };
}

/** The same stream, its header counted as consumed. */
function* withOffset(
  stream: Generator<Uint8Array, DecodeEnd, void>,
  offset: number,
): Generator<Uint8Array, DecodeEnd, void> {
  const end = yield* stream;
  return { ...end, consumed: end.consumed + offset };
}

async function* tallied(
  stream: DecodeStream,
  tally: { size: number; crc: number },
): AsyncGenerator<Uint8Array, DecodeEnd, void> {
  try {
    for (;;) {
      const step = await stream.next();
      if (step.done === true) {
        return step.value;
      }
      tally.size += step.value.length;
      tally.crc = crc32(step.value, tally.crc);
      yield step.value;
    }
  } finally {
    await stream.return({ status: "limit", consumed: 0 });
  }
}

function endIssues(
  source: RandomSource,
  packed: PackedData,
  end: DecodeEnd,
  tally: { readonly size: number; readonly crc: number },
): ParseIssue[] {
  const issues: ParseIssue[] = [];
  const rest = packed.end - packed.start - end.consumed;
  const from = packed.start + end.consumed;
  if (rest > 0 && !packed.isOpen && !isZero(new HeaderWindow(source), from, packed.end)) {
    const message = `${rest} bytes follow the ${methodName(packed.method)} stream of the member and were not read`;
    issues.push({ kind: "damaged", message });
  }
  if (packed.size !== undefined && packed.size !== tally.size) {
    const message = `the content has ${tally.size} bytes, the archive says ${packed.size}`;
    issues.push({ kind: "damaged", message });
  } else if (packed.crc !== undefined && packed.crc !== tally.crc) {
    const message = `the content's CRC-32 is ${hex(tally.crc)}, the archive says ${hex(packed.crc)}`;
    issues.push({ kind: "deviation", message });
  }
  return issues;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}

/** Enough to tell sound data from random bytes. */
const PROBE = 256 * 1024;

/**
 * Whether the data can be decoded: to its end, and then to the stated size, or at least for a while.
 * What it puts out is charged to the governor's `work`.
 */
export async function isDecodable(
  source: RandomSource,
  packed: PackedData,
  governor: Governor,
): Promise<boolean> {
  const stream = await decodePacked(source, packed);
  if (stream === undefined) {
    return packed.size === packed.end - packed.start;
  }
  let put = 0;
  try {
    for (;;) {
      const step = await stream.next();
      if (step.done === true) {
        return step.value.status === "complete" && put > 0 && (packed.size ?? put) === put;
      }
      put += step.value.length;
      if (put > PROBE) {
        return true;
      }
      if (!governor.take("work", step.value.length)) {
        return false;
      }
    }
  } finally {
    await stream.return({ status: "limit", consumed: 0 });
  }
}
