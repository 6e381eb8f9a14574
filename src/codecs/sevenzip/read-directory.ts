/**
 * The directory of a 7z archive (7zFormat.txt, "Header" and "Files Info"). It comes plain or packed; a packed one
 * is described here and unpacked by the caller, who then asks again.
 */

import { Reader } from "../../bytes/reader.ts";
import { PROPERTY, readBits, readDefined, readNumber } from "./fields.ts";
import { readStreams } from "./read-streams.ts";
import type { SevenZipDirectory, SevenZipFile, SevenZipFolder } from "./sevenzip-archive.ts";

/**
 * Reads a directory that is in memory.
 *
 * @param maxFiles members and contents that may be listed at most.
 */
export function readDirectory(bytes: Uint8Array, maxFiles: number): SevenZipDirectory {
  const reader = new Reader(bytes);
  const id = readNumber(reader);
  if (id === PROPERTY.encodedHeader) {
    const folders = readStreams(reader, 1);
    return typeof folders === "string" ? problem(folders) : { kind: "encoded", folders };
  }
  if (id !== PROPERTY.header) {
    return problem("it does not begin as one");
  }
  let folders: readonly SevenZipFolder[] = [];
  let files: readonly SevenZipFile[] = [];
  let last = 0;
  for (let part = readNumber(reader); part !== PROPERTY.end; part = readNumber(reader)) {
    // Each comes once: a list of a million empty parts would be read a million times.
    if (part <= last) {
      return problem(reader.overrun ? "it ends early" : "its parts are out of order");
    }
    last = part;
    const read = readPart(reader, part, maxFiles);
    if (typeof read === "string") {
      return problem(read);
    }
    folders = read.folders ?? folders;
    files = read.files ?? files;
  }
  return reader.overrun
    ? problem("it ends early")
    : { kind: "plain", folders, files, whole: reader.left === 0 };
}

function problem(detail: string): SevenZipDirectory {
  return detail === "limit" ? { kind: "limit" } : { kind: "damaged", detail };
}

interface Part {
  readonly folders?: readonly SevenZipFolder[];
  readonly files?: readonly SevenZipFile[];
}

function readPart(reader: Reader, id: number, maxFiles: number): Part | string {
  switch (id) {
    case PROPERTY.archiveProperties:
      skipProperties(reader);
      return {};
    case PROPERTY.additionalStreams: {
      // Meant for lists that are kept elsewhere; whatever lies there stays unaccounted for.
      const streams = readStreams(reader, maxFiles);
      return typeof streams === "string" ? streams : {};
    }
    case PROPERTY.mainStreams: {
      const folders = readStreams(reader, maxFiles);
      return typeof folders === "string" ? folders : { folders };
    }
    case PROPERTY.files: {
      const files = readFiles(reader, maxFiles);
      return typeof files === "string" ? files : { files };
    }
    default:
      return reader.overrun ? "it ends early" : `it has a part 0x${id.toString(16)}`;
  }
}

function skipProperties(reader: Reader): void {
  while (readNumber(reader) !== PROPERTY.end && !reader.overrun) {
    reader.skip(readNumber(reader));
  }
}

interface FileLists {
  emptyStream: boolean[];
  emptyFile: boolean[];
  anti: boolean[];
  names: string[];
  attributes: number[];
}

function readFiles(reader: Reader, maxFiles: number): SevenZipFile[] | string {
  const count = readNumber(reader);
  if (count > maxFiles) {
    return "limit";
  }
  const seen = new Set<number>();
  const lists: FileLists = { emptyStream: [], emptyFile: [], anti: [], names: [], attributes: [] };
  for (let id = readNumber(reader); id !== PROPERTY.end; id = readNumber(reader)) {
    const size = readNumber(reader);
    const property = new Reader(reader.take(size));
    if (reader.overrun) {
      return "the list of files ends early";
    }
    if (seen.has(id) && id !== PROPERTY.padding) {
      return "a list of names or attributes comes twice";
    }
    seen.add(id);
    if (!readProperty(property, id, count, lists)) {
      return "a list of names or attributes is impossible";
    }
  }
  return reader.overrun ? "the list of files ends early" : filesOf(count, lists);
}

/** False where it cannot be read. What says nothing of names and contents, such as times, is passed over. */
function readProperty(property: Reader, id: number, count: number, lists: FileLists): boolean {
  switch (id) {
    case PROPERTY.emptyStream:
      lists.emptyStream = readBits(property, count);
      break;
    case PROPERTY.emptyFile:
      lists.emptyFile = readEmptyBits(property, lists);
      break;
    case PROPERTY.anti:
      lists.anti = readEmptyBits(property, lists);
      break;
    case PROPERTY.names:
      return readNames(property, count, lists);
    case PROPERTY.attributes: {
      const defined = readDefined(property, count);
      const isInside = property.u8() === 0;
      lists.attributes = defined.map((is) => (is ? property.u32() : 0));
      return isInside && !property.overrun;
    }
    default:
      return true;
  }
  return !property.overrun;
}

/** One bit for each file without a stream. */
function readEmptyBits(property: Reader, { emptyStream }: FileLists): boolean[] {
  return readBits(property, emptyStream.filter(Boolean).length);
}

/** UTF-16, each ended by a zero. */
function readNames(property: Reader, count: number, lists: FileLists): boolean {
  if (property.u8() !== 0) {
    return false;
  }
  const bytes = property.take(property.left);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString("utf16le")
    .toWellFormed();
  lists.names = text.split("\0");
  // What follows the last zero is no name.
  return lists.names.pop() === "" && lists.names.length === count;
}

function filesOf(count: number, lists: FileLists): SevenZipFile[] {
  let empty = 0;
  return Array.from({ length: count }, (_, index) => {
    const hasStream = lists.emptyStream[index] !== true;
    const file: SevenZipFile = {
      name: lists.names[index] ?? "",
      hasStream,
      isEmptyFile: !hasStream && lists.emptyFile[empty] === true,
      isAnti: !hasStream && lists.anti[empty] === true,
      attributes: lists.attributes[index] ?? 0,
    };
    empty += hasStream ? 0 : 1;
    return file;
  });
}
