/**
 * Carving: pickles, and archives of them, inside bytes that nobody understands. A payload may stand behind a header of one's
 * own, behind an image, in a gap: some program seeks to it and loads it. What is found is judged as a
 * pickle; what only looks like one says nothing about the file.
 */

import type { Governor } from "../bytes/governor.ts";
import { latin1, readRange } from "../bytes/read.ts";
import { sliceSource } from "../bytes/slice-source.ts";
import {
  readSignatureHeader,
  SEVENZIP_SIGNATURE,
  SIGNATURE_HEADER,
} from "../codecs/sevenzip/signature-header.ts";
import type { RandomSource } from "../kernel/source.ts";
import { probePickle } from "../machines/pickle/probe.ts";
import type { Child } from "./format.ts";

const WINDOW = 1024 * 1024;
/** A pickle's head must fit into what two windows share. */
const OVERLAP = 4096;
const PROBED = 16 * 1024;
const MAX_FOUND = 16;
const MAX_ARCHIVES = 4;

/** Opcode GLOBAL or INST with two lines that could be a module and a name. */
const TEXT_START = /[ci][A-Za-z_][\w.]{1,80}\n[A-Za-z_][\w.]{0,80}\n/g;

/** Bytes at either end of an unknown artifact that are searched; a search of all of it would cost more than its hash. */
const SEARCHED = 8 * 1024 * 1024;

/**
 * Pickles and 7z archives in an artifact that nobody understands: in all of it, or in both ends of a large one. A
 * self-extracting program has its archive behind a stub that is larger than what detection sees.
 */
export function carveUnknown(source: RandomSource, governor: Governor): Child[] {
  const { size } = source;
  const ends =
    size <= 2 * SEARCHED
      ? [{ start: 0, end: size }]
      : [
          { start: 0, end: SEARCHED },
          { start: size - SEARCHED, end: size },
        ];
  return ends.flatMap(({ start, end }) => [
    ...carvePickles(source, start, end, governor),
    ...carveArchives(source, start, end, governor),
  ]);
}

/** 7z archives whose first header is sound. */
function carveArchives(
  source: RandomSource,
  start: number,
  end: number,
  governor: Governor,
): Child[] {
  const found: number[] = [];
  for (let position = start; position < end; position += WINDOW) {
    if (!governor.take("work", WINDOW)) {
      break;
    }
    governor.checkAborted();
    const bytes = readRange(source, position, Math.min(end, position + WINDOW + SIGNATURE_HEADER));
    const window = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let at = window.indexOf(SEVENZIP_SIGNATURE, 0, "latin1");
    while (at !== -1 && at < WINDOW && found.length < MAX_ARCHIVES) {
      if (readSignatureHeader(window, at)?.sound === true) {
        found.push(position + at);
      }
      at = window.indexOf(SEVENZIP_SIGNATURE, at + 1, "latin1");
    }
  }
  return found.map((offset) => embeddedChild(source, offset, source.size));
}

/** Pickles in `[start, end)` that look up a name and do something with it, as children. */
export function carvePickles(
  source: RandomSource,
  start: number,
  end: number,
  governor: Governor,
): Child[] {
  const found: number[] = [];
  const window = Buffer.allocUnsafe(Math.min(WINDOW + OVERLAP, Math.max(0, end - start)));
  for (let position = start; position < end && found.length < MAX_FOUND; position += WINDOW) {
    if (!governor.take("work", WINDOW)) {
      break;
    }
    governor.checkAborted();
    const count = source.readIntoSync(
      window.subarray(0, Math.min(window.length, end - position)),
      position,
    );
    for (const offset of candidates(window.subarray(0, count))) {
      if (
        offset < WINDOW &&
        found.length < MAX_FOUND &&
        holdsPickle(source, position + offset, end)
      ) {
        found.push(position + offset);
      }
    }
  }
  return found.map((offset) => embeddedChild(source, offset, end));
}

/** Offsets at which a pickle could start: PROTO with a protocol that has one, or GLOBAL in text. */
function* candidates(bytes: Buffer): Generator<number> {
  for (let at = bytes.indexOf(0x80); at !== -1; at = bytes.indexOf(0x80, at + 1)) {
    const protocol = bytes[at + 1] ?? 0xff;
    if (protocol >= 2 && protocol <= 5) {
      yield at;
    }
  }
  for (const match of latin1(bytes).matchAll(TEXT_START)) {
    yield match.index;
  }
}

function holdsPickle(source: RandomSource, offset: number, end: number): boolean {
  const head = Buffer.allocUnsafe(Math.min(PROBED, end - offset));
  const count = source.readIntoSync(head, offset);
  const probe = probePickle(head.subarray(0, count), offset + count >= end);
  return probe.looksUp && (probe.calls || probe.namesModule);
}

function embeddedChild(source: RandomSource, offset: number, end: number): Child {
  const name = `embedded@0x${offset.toString(16)}`;
  return {
    role: "embedded",
    name,
    size: end - offset,
    open: () => Promise.resolve({ source: sliceSource(source, offset, end, name) }),
  };
}
