/**
 * What lies in the bytes that no directory names, the way a reader that starts at the first byte would
 * see it: more members, other directories, end records, or junk. Without any directory this is the
 * whole archive. Every byte is looked at a bounded number of times.
 */

import type { HeaderWindow } from "../../bytes/header-window.ts";
import { readEndRecord } from "./end-record.ts";
import type { EndRecord } from "./end-record.ts";
import { u64 } from "./extra.ts";
import { isPlausible, leavesSizesOpen, readDescriptor, readLocalHeader } from "./local-header.ts";
import type { LocalHeader } from "./local-header.ts";
import { FLAG, SIGNATURE, SIZE } from "./records.ts";

export type Segment =
  | {
      readonly kind: "entry";
      readonly header: LocalHeader;
      /** Which may lie behind the gap, in what other readers take for something else. */
      readonly dataEnd: number;
      readonly start: number;
      /** After the descriptor, inside the gap. */
      readonly end: number;
      /** Whether the announced data would reach past the end of the file. */
      readonly cut: boolean;
      /** Whether the end of the data is a guess, because no header tells it. */
      readonly open: boolean;
    }
  | {
      readonly kind: "end";
      readonly record: EndRecord;
      readonly start: number;
      readonly end: number;
    }
  /** Headers of a directory, or ZIP64 records that lead to one. */
  | { readonly kind: "directory"; readonly start: number; readonly end: number }
  /** A record that says nothing of members. */
  | { readonly kind: "record"; readonly start: number; readonly end: number }
  | {
      readonly kind: "junk";
      readonly start: number;
      readonly end: number;
      readonly isZero: boolean;
    };

const CHUNK = 1024 * 1024;
const ZEROS = Buffer.alloc(64 * 1024);
/** Descriptors that are compared before a streamed member counts as one without. */
const LOOK_AHEAD = 64;
const PK = Buffer.from("PK", "latin1");

/** Walks `[start, end)`. */
export function* walkGap(
  window: HeaderWindow,
  start: number,
  end: number,
): Generator<Segment, void, void> {
  const descriptors = new DescriptorScan(window, end);
  let at = start;
  let junk = -1;
  while (at < end) {
    const segment = segmentAt(window, descriptors, { at, end, chained: junk === -1 });
    if (segment === undefined) {
      junk = junk === -1 ? at : junk;
      at = findRecord(window, at + 1, end);
      continue;
    }
    if (junk !== -1) {
      yield junkSegment(window, junk, at);
      junk = -1;
    }
    yield segment;
    at = segment.end;
  }
  if (junk !== -1) {
    yield junkSegment(window, junk, end);
  }
}

function junkSegment(window: HeaderWindow, start: number, end: number): Segment {
  return { kind: "junk", start, end, isZero: isZero(window, start, end) };
}

interface Spot {
  readonly at: number;
  readonly end: number;
  /** Whether a known record ends here, so that any reader would go on here. */
  readonly chained: boolean;
}

function segmentAt(
  window: HeaderWindow,
  descriptors: DescriptorScan,
  { at, end, chained }: Spot,
): Segment | undefined {
  const index = at + 4 <= end ? window.load(at, 4) : -1;
  switch (index === -1 ? 0 : window.bytes.readUInt32LE(index)) {
    case SIGNATURE.local:
      return entryAt(window, descriptors, { at, end, chained });
    case SIGNATURE.central: {
      const after = skipCentralHeaders(window, at, end);
      return after > at ? { kind: "directory", start: at, end: after } : undefined;
    }
    case SIGNATURE.end: {
      const record = at + SIZE.end <= end ? readEndRecord(window, at) : undefined;
      return record === undefined
        ? undefined
        : { kind: "end", record, start: at, end: at + SIZE.end };
    }
    case SIGNATURE.end64:
      return recordSegment("directory", at, SIZE.end64, end);
    case SIGNATURE.locator64:
      return recordSegment("directory", at, SIZE.locator64, end);
    case SIGNATURE.digitalSignature: {
      const size = window.load(at, 6);
      return size === -1
        ? undefined
        : recordSegment("record", at, 6 + window.bytes.readUInt16LE(size + 4), end);
    }
    case SIGNATURE.descriptor:
      return chained ? recordSegment("record", at, 16, end) : undefined;
    case SIGNATURE.notSplit:
      return at === 0 ? recordSegment("record", at, 4, end) : undefined;
    default:
      return undefined;
  }
}

function skipCentralHeaders(window: HeaderWindow, start: number, end: number): number {
  let at = start;
  for (;;) {
    const index = at + SIZE.central <= end ? window.load(at, SIZE.central) : -1;
    const { bytes } = window;
    if (index === -1 || bytes.readUInt32LE(index) !== SIGNATURE.central) {
      return at;
    }
    const after =
      at +
      SIZE.central +
      bytes.readUInt16LE(index + 28) +
      bytes.readUInt16LE(index + 30) +
      bytes.readUInt16LE(index + 32);
    if (after > end) {
      return at;
    }
    at = after;
  }
}

function recordSegment(
  kind: "record" | "directory",
  at: number,
  size: number,
  end: number,
): Segment | undefined {
  return at + size <= end ? { kind, start: at, end: at + size } : undefined;
}

function entryAt(
  window: HeaderWindow,
  descriptors: DescriptorScan,
  { at, end, chained }: Spot,
): Segment | undefined {
  const header = readLocalHeader(window, at);
  if (header === undefined || header.dataStart > end || !(chained || isPlausible(header, end))) {
    return undefined;
  }
  const streamed = (header.flags & FLAG.streamed) !== 0;
  if (!(streamed && leavesSizesOpen(header))) {
    const stated = header.dataStart + header.compressedSize;
    const dataEnd = Math.min(stated, window.size);
    const descriptor = streamed ? readDescriptor(window, dataEnd, header) : undefined;
    const after = Math.min(end, dataEnd + (descriptor?.length ?? 0));
    return entrySegment(header, { dataEnd, end: after, cut: stated > window.size });
  }
  const descriptor = descriptors.find(header.dataStart);
  if (descriptor !== undefined) {
    const { position: dataEnd, length } = descriptor;
    return entrySegment(header, { dataEnd, end: dataEnd + length });
  }
  const dataEnd = findRecord(window, header.dataStart, end);
  return entrySegment(header, { dataEnd, end: dataEnd, cut: dataEnd === window.size, open: true });
}

function entrySegment(
  header: LocalHeader,
  {
    dataEnd,
    end,
    cut = false,
    open = false,
  }: { dataEnd: number; end: number; cut?: boolean; open?: boolean },
): Segment {
  return { kind: "entry", header, start: header.offset, dataEnd, end, cut, open };
}

/** Finds the descriptors in a gap, in order, each byte looked at once. */
class DescriptorScan {
  readonly #window: HeaderWindow;
  readonly #end: number;
  #queue: number[] = [];
  #scanned = 0;

  constructor(window: HeaderWindow, end: number) {
    this.#window = window;
    this.#end = end;
  }

  /** The descriptor whose compressed size is its distance from `dataStart`. */
  find(dataStart: number): { readonly position: number; readonly length: number } | undefined {
    this.#queue = this.#queue.filter((position) => position >= dataStart);
    this.#scanned = Math.max(this.#scanned, dataStart);
    for (let index = 0; index < LOOK_AHEAD; index += 1) {
      const position = this.#queue[index] ?? this.#next();
      if (position === undefined) {
        return undefined;
      }
      const length = this.#lengthAt(position, position - dataStart);
      if (length !== undefined) {
        return { position, length };
      }
    }
    return undefined;
  }

  #next(): number | undefined {
    const found = findSignature(this.#window, this.#scanned, this.#end, isDescriptor);
    this.#scanned = Math.min(this.#end, found + 4);
    if (found >= this.#end) {
      return undefined;
    }
    this.#queue.push(found);
    return found;
  }

  #lengthAt(position: number, size: number): number | undefined {
    const at = position + 16 <= this.#end ? this.#window.load(position, 16) : -1;
    if (at === -1) {
      return undefined;
    }
    const { bytes } = this.#window;
    const isWide = position + 24 <= this.#end && u64(bytes, at + 8) === size;
    if (bytes.readUInt32LE(at + 8) !== size % 2 ** 32) {
      return undefined;
    }
    // A short one is read as wide only where the upper half fits by chance: the next record decides.
    return isWide && !this.#isRecordAt(position + 16) ? 24 : 16;
  }

  #isRecordAt(position: number): boolean {
    const at = this.#window.load(position, 2);
    return at !== -1 && this.#window.bytes.readUInt16LE(at) === 0x4b50;
  }
}

function isDescriptor(signature: number): boolean {
  return signature === SIGNATURE.descriptor;
}

function isRecord(signature: number): boolean {
  return (
    signature === SIGNATURE.local || signature === SIGNATURE.central || signature === SIGNATURE.end
  );
}

/** Position of the next header that can start a segment, or `end`. */
function findRecord(window: HeaderWindow, from: number, end: number): number {
  return findSignature(window, from, end, isRecord);
}

function findSignature(
  window: HeaderWindow,
  from: number,
  end: number,
  accepts: (signature: number) => boolean,
): number {
  let at = from;
  while (at + 4 <= end) {
    const { index, length } = window.loadSome(at, Math.min(CHUNK, end - at));
    if (length < 4) {
      return end;
    }
    const chunk = window.bytes.subarray(index, index + length);
    for (let hit = chunk.indexOf(PK); hit !== -1; hit = chunk.indexOf(PK, hit + 1)) {
      if (hit + 4 <= length && accepts(chunk.readUInt32LE(hit))) {
        return at + hit;
      }
    }
    at += length - 3;
  }
  return end;
}

/** Whether `[start, end)` holds nothing but zeros. */
export function isZero(window: HeaderWindow, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const { index, length } = window.loadSome(at, Math.min(ZEROS.length, end - at));
    if (length === 0 || window.bytes.compare(ZEROS, 0, length, index, index + length) !== 0) {
      return false;
    }
    at += length;
  }
  return true;
}
