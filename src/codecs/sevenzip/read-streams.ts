/**
 * Streams of a 7z archive: where packed bytes lie, through which coders they go, and into which contents the
 * outcome is cut (7zFormat.txt, "Streams Info"). Lists that are kept outside of the directory are not read; no
 * program writes them.
 */

import type { Reader } from "../../bytes/reader.ts";
import { PROPERTY, readCount, readDigests, readNumber } from "./fields.ts";
import type { SevenZipCoder, SevenZipFolder, SevenZipStream } from "./sevenzip-archive.ts";

const MAX_CODERS = 32;
const MAX_STREAMS = 32;

type Coders = Pick<SevenZipFolder, "coders" | "bonds" | "packedInputs">;

interface Unpacked {
  readonly coders: Coders;
  readonly sizes: readonly number[];
  readonly crc: number | undefined;
}

interface Packed {
  readonly start: number;
  readonly sizes: readonly number[];
}

/** Reads up to the end mark. Half a sentence where it cannot be read, `limit` where there are too many contents. */
export function readStreams(reader: Reader, maxStreams: number): SevenZipFolder[] | string {
  let packed: Packed = { start: 0, sizes: [] };
  let unpacked: readonly Unpacked[] = [];
  let contents: readonly (readonly SevenZipStream[])[] | undefined;
  let last = 0;
  for (let id = readNumber(reader); id !== PROPERTY.end; id = readNumber(reader)) {
    // Each comes once, and in this order, since one builds on the other.
    if (id <= last) {
      return "the lists of streams are out of order";
    }
    last = id;
    if (id === PROPERTY.packInfo) {
      packed = readPacked(reader);
    } else if (id === PROPERTY.unpackInfo) {
      const folders = readFolders(reader);
      if (typeof folders === "string") {
        return folders;
      }
      unpacked = folders;
    } else if (id === PROPERTY.subStreams) {
      const read = readContents(reader, unpacked, maxStreams);
      if (typeof read === "string") {
        return read;
      }
      contents = read;
    } else {
      return `the list of streams has a property 0x${id.toString(16)}`;
    }
  }
  if (reader.overrun) {
    return "the list of streams ends early";
  }
  contents ??= unpacked.map((folder) => [{ start: 0, end: outSize(folder), crc: folder.crc }]);
  return join(packed, unpacked, contents);
}

function readPacked(reader: Reader): Packed {
  const start = readNumber(reader);
  const count = readCount(reader);
  let sizes: number[] = [];
  for (let id = readNumber(reader); id !== PROPERTY.end; id = readNumber(reader)) {
    if (id === PROPERTY.size) {
      sizes = Array.from({ length: count }, () => readNumber(reader));
    } else if (id === PROPERTY.crc) {
      readDigests(reader, count);
    } else {
      reader.skip(reader.left + 1);
    }
    if (reader.overrun) {
      break;
    }
  }
  return { start, sizes };
}

function readFolders(reader: Reader): Unpacked[] | string {
  const isFolders = readNumber(reader) === PROPERTY.folder;
  const count = readCount(reader);
  const isExternal = reader.u8() !== 0;
  if (!isFolders || isExternal) {
    return "the list of coders is not where it should be";
  }
  const coders: Coders[] = [];
  for (let index = 0; index < count; index += 1) {
    const folder = readCoders(reader);
    if (folder === undefined || reader.overrun) {
      return "a chain of coders is impossible";
    }
    coders.push(folder);
  }
  if (readNumber(reader) !== PROPERTY.unpackSize) {
    return "the sizes of the contents are missing";
  }
  const sizes = coders.map((folder) =>
    Array.from({ length: outputsOf(folder.coders) }, () => readNumber(reader)),
  );
  let digests: (number | undefined)[] = [];
  for (let id = readNumber(reader); id !== PROPERTY.end; id = readNumber(reader)) {
    if (id !== PROPERTY.crc || reader.overrun) {
      return "the list of coders does not end";
    }
    digests = readDigests(reader, count);
  }
  return coders.map((folder, index) => ({
    coders: folder,
    sizes: sizes[index] ?? [],
    crc: digests[index],
  }));
}

function outputsOf(coders: readonly SevenZipCoder[]): number {
  return coders.reduce((sum, { outputs }) => sum + outputs, 0);
}

function readCoders(reader: Reader): Coders | undefined {
  const count = readNumber(reader);
  if (count === 0 || count > MAX_CODERS) {
    return undefined;
  }
  const coders: SevenZipCoder[] = [];
  for (let index = 0; index < count; index += 1) {
    const coder = readCoder(reader);
    if (coder === undefined) {
      return undefined;
    }
    coders.push(coder);
  }
  const inputs = coders.reduce((sum, coder) => sum + coder.inputs, 0);
  const bondCount = outputsOf(coders) - 1;
  if (inputs > MAX_STREAMS || bondCount > MAX_STREAMS || inputs < bondCount || bondCount < 0) {
    return undefined;
  }
  const bonds = Array.from({ length: bondCount }, () => ({
    input: readNumber(reader),
    output: readNumber(reader),
  }));
  const packedCount = inputs - bondCount;
  const bound = new Set(bonds.map(({ input }) => input));
  const packedInputs =
    packedCount === 1
      ? Array.from({ length: inputs }, (_, input) => input).filter((input) => !bound.has(input))
      : Array.from({ length: packedCount }, () => readNumber(reader));
  return { coders, bonds, packedInputs };
}

function readCoder(reader: Reader): SevenZipCoder | undefined {
  const flags = reader.u8();
  const method = Buffer.from(reader.take(flags & 0x0f)).toString("hex");
  const isComplex = (flags & 0x10) !== 0;
  const inputs = isComplex ? readNumber(reader) : 1;
  const outputs = isComplex ? readNumber(reader) : 1;
  const properties = (flags & 0x20) === 0 ? new Uint8Array() : reader.take(readNumber(reader));
  const isPossible = inputs <= MAX_STREAMS && outputs <= MAX_STREAMS && (flags & 0xc0) === 0;
  return isPossible && !reader.overrun ? { method, properties, inputs, outputs } : undefined;
}

/** Size of what comes out of the output that feeds no other coder. */
function outSize({ coders, sizes }: Unpacked): number {
  const used = new Set(coders.bonds.map(({ output }) => output));
  const last = sizes.findIndex((_, output) => !used.has(output));
  return sizes[last] ?? 0;
}

function readContents(
  reader: Reader,
  folders: readonly Unpacked[],
  maxStreams: number,
): SevenZipStream[][] | string {
  let id = readNumber(reader);
  let counts = folders.map(() => 1);
  if (id === PROPERTY.unpackStreams) {
    counts = folders.map(() => readNumber(reader));
    id = readNumber(reader);
  }
  if (counts.reduce((sum, count) => sum + count, 0) > maxStreams) {
    return "limit";
  }
  const hasSizes = id === PROPERTY.size;
  const cuts = folders.map((folder, index) =>
    cutInto(reader, hasSizes ? (counts[index] ?? 0) : Math.min(counts[index] ?? 0, 1), folder),
  );
  if (hasSizes) {
    id = readNumber(reader);
  }
  const contents = cuts.map((ends, index): SevenZipStream[] =>
    ends.slice(1).map((end, at) => ({
      start: ends[at] ?? 0,
      end,
      crc: ends.length === 2 ? folders[index]?.crc : undefined,
    })),
  );
  if (id === PROPERTY.crc) {
    addDigests(reader, contents);
    id = readNumber(reader);
  }
  if (id !== PROPERTY.end) {
    return `the list of contents has a property 0x${id.toString(16)}`;
  }
  const isDescending = cuts.some((ends) => ends.some((end, at) => end < (ends[at - 1] ?? 0)));
  return isDescending || reader.overrun ? "the sizes of the contents are impossible" : contents;
}

/** Where the contents of a folder begin and end: all sizes are written but the last. */
function cutInto(reader: Reader, count: number, folder: Unpacked): number[] {
  const ends = [0];
  for (let index = 1; index < count && !reader.overrun; index += 1) {
    ends.push((ends.at(-1) ?? 0) + readNumber(reader));
  }
  return count === 0 ? [] : [...ends, outSize(folder)];
}

/** Checksums are written for those contents of which none is known from their folder. */
function addDigests(reader: Reader, contents: SevenZipStream[][]): void {
  const open = contents.flatMap((streams) =>
    streams.flatMap((stream, at) => (stream.crc === undefined ? [{ streams, at }] : [])),
  );
  for (const [index, crc] of readDigests(reader, open.length).entries()) {
    const { streams, at } = open[index] ?? { streams: [], at: 0 };
    const stream = streams[at];
    if (stream !== undefined) {
      streams[at] = { ...stream, crc };
    }
  }
}

/** Gives every folder its share of the packed bytes, which lie in the order of the folders. */
function join(
  { start, sizes }: Packed,
  folders: readonly Unpacked[],
  contents: readonly (readonly SevenZipStream[])[],
): SevenZipFolder[] {
  let at = start;
  let next = 0;
  return folders.map(({ coders, sizes: unpackSizes }, index) => {
    const packed = coders.packedInputs.map(() => {
      const range = { start: at, end: at + (sizes[next] ?? 0) };
      at = range.end;
      next += 1;
      return range;
    });
    return { ...coders, unpackSizes, packed, streams: contents[index] ?? [] };
  });
}
