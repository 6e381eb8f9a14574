/**
 * From directory entries to members: reads every local header that a directory points to, finds where
 * the data lies and compares what the two say.
 */

import type { HeaderWindow } from "../../bytes/header-window.ts";
import type { CentralEntry } from "./central-directory.ts";
import type { LoadedDirectory } from "./choose-directories.ts";
import { disagreements, ownDisagreements } from "./disagreements.ts";
import { leavesSizesOpen, readDescriptor, readLocalHeader } from "./local-header.ts";
import type { LocalHeader } from "./local-header.ts";
import { FLAG, SIGNATURE, SIZE } from "./records.ts";
import { unreadPlace } from "./unread-member.ts";
import type { Place, Trusts } from "./unread-member.ts";
import type { ZipEntry, ZipProblem } from "./zip-archive.ts";

/**
 * Members of all directories, each once, by position.
 *
 * @param trusts of which members the directory's word is enough, so that their headers are not read.
 */
export function locateMembers(
  window: HeaderWindow,
  directories: readonly LoadedDirectory[],
  problems: ZipProblem[],
  trusts?: Trusts,
): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let last: CentralEntry | undefined;
  const primary = directories.length > 1 ? new Set(directories[0]?.entries) : undefined;
  const inOrder = inFileOrder(directories);
  const end = Math.min(window.size, ...directories.map(({ claim }) => claim.start));
  for (const [index, central] of inOrder.entries()) {
    if (last !== undefined && central.offset === last.offset) {
      if (central.position !== last.position && central.name !== last.name) {
        const { name: first } = last;
        problems.push({ kind: "alias", offset: central.position, name: central.name, first });
      }
      if (central.method === last.method && central.compressedSize === last.compressedSize) {
        continue;
      }
    }
    last = central;
    const isPrimary = primary === undefined || primary.has(central);
    const origin = isPrimary ? "directory" : "other";
    const place =
      trusts?.(central) === true
        ? unreadPlace(central, inOrder[index + 1]?.offset ?? end)
        : undefined;
    entries.push(
      place !== undefined
        ? { ...entryOf(central, origin, place), isUnread: true }
        : (plainMember(window, central, origin) ?? member(window, central, origin)),
    );
  }
  return entries;
}

function inFileOrder(directories: readonly LoadedDirectory[]): readonly CentralEntry[] {
  const [only] = directories;
  const entries =
    only !== undefined && directories.length === 1
      ? only.entries
      : directories.flatMap((directory) => directory.entries);
  let before = -1;
  for (const { offset } of entries) {
    if (offset < before) {
      // The sort is stable, so the first directory's entries stay before others at the same offset.
      return entries.toSorted((a, b) => a.offset - b.offset);
    }
    before = offset;
  }
  return entries;
}

/** The id of the field with which PyTorch pads headers, `FB`. */
const PADDING = 0x4246;

/**
 * The usual case, fast: a local header that says the same and has no extra field to look into.
 * PyTorch's padding and its descriptors are part of the usual case.
 */
function plainMember(
  window: HeaderWindow,
  central: CentralEntry,
  origin: "directory" | "other",
): ZipEntry | undefined {
  const { name, offset } = central;
  if (
    central.rawName !== undefined ||
    central.oddity !== undefined ||
    central.unicodeName !== undefined ||
    (central.flags & FLAG.masked) !== 0
  ) {
    return undefined;
  }
  const at = window.load(offset, SIZE.local + name.length);
  if (at === -1) {
    return undefined;
  }
  const { bytes } = window;
  const isSame =
    bytes.readUInt32LE(at) === SIGNATURE.local &&
    bytes.readUInt16LE(at + 6) === central.flags &&
    bytes.readUInt16LE(at + 8) === central.method &&
    bytes.readUInt16LE(at + 26) === name.length &&
    isText(bytes, at + SIZE.local, name);
  const isStreamed = (central.flags & FLAG.streamed) !== 0;
  if (!isSame || !hasNumbers(bytes, at + 14, isStreamed ? NO_NUMBERS : central)) {
    return undefined;
  }
  const extraLength = bytes.readUInt16LE(at + 28);
  if (extraLength !== 0 && !isPadding(window, offset + SIZE.local + name.length, extraLength)) {
    return undefined;
  }
  return wholeMember(window, central, origin, offset + SIZE.local + name.length + extraLength);
}

/** A member whose local header is settled; nothing where its descriptor is not the usual one. */
function wholeMember(
  window: HeaderWindow,
  central: CentralEntry,
  origin: "directory" | "other",
  dataStart: number,
): ZipEntry | undefined {
  const dataEnd = dataStart + central.compressedSize;
  let end = dataEnd;
  if ((central.flags & FLAG.streamed) !== 0) {
    const at = window.load(dataEnd, SHORT_DESCRIPTOR);
    const { bytes } = window;
    const isUsual =
      at !== -1 &&
      bytes.readUInt32LE(at) === SIGNATURE.descriptor &&
      hasNumbers(bytes, at + 4, central);
    if (!isUsual) {
      return undefined;
    }
    end += SHORT_DESCRIPTOR;
  }
  if (end > window.size) {
    return undefined;
  }
  const differs = ownDisagreements(central);
  return entryOf(central, origin, { dataStart, dataEnd, end, state: "whole", differs });
}

/** With signature and 32-bit sizes. */
const SHORT_DESCRIPTOR = 16;
const NO_NUMBERS = { crc: 0, compressedSize: 0, size: 0 };

function hasNumbers(
  bytes: Buffer,
  at: number,
  { crc, compressedSize, size }: { crc: number; compressedSize: number; size: number },
): boolean {
  return (
    bytes.readUInt32LE(at) === crc &&
    bytes.readUInt32LE(at + 4) === compressedSize &&
    bytes.readUInt32LE(at + 8) === size
  );
}

/** Whether the extra field is PyTorch's padding and nothing else. */
function isPadding(window: HeaderWindow, position: number, length: number): boolean {
  const at = length < 4 ? -1 : window.load(position, 4);
  return (
    at !== -1 &&
    window.bytes.readUInt16LE(at) === PADDING &&
    window.bytes.readUInt16LE(at + 2) === length - 4
  );
}

function isText(bytes: Buffer, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[at + index] !== text.charCodeAt(index)) {
      return false;
    }
  }
  return true;
}

function member(
  window: HeaderWindow,
  central: CentralEntry,
  origin: "directory" | "other",
): ZipEntry {
  const local = readLocalHeader(window, central.offset);
  if (local === undefined) {
    return brokenMember(window, central, origin);
  }
  const stated = local.dataStart + central.compressedSize;
  const dataEnd = Math.min(window.size, stated);
  const descriptor =
    (local.flags & FLAG.streamed) === 0 ? undefined : readDescriptor(window, dataEnd, central);
  const differs = disagreements(central, local, descriptor);
  const end = dataEnd + (descriptor?.length ?? 0);
  const state = stated > dataEnd ? "cut" : "whole";
  const place = { dataStart: local.dataStart, dataEnd, end, state, differs } as const;
  return entryOf(central, origin, place, differs === 0 ? undefined : local);
}

function brokenMember(
  window: HeaderWindow,
  central: CentralEntry,
  origin: "directory" | "other",
): ZipEntry {
  const at = Math.max(0, Math.min(central.offset, window.size));
  const differs = ownDisagreements(central);
  return entryOf(central, origin, {
    dataStart: at,
    dataEnd: at,
    end: at,
    state: "broken",
    differs,
  });
}

function entryOf(
  central: CentralEntry,
  origin: "directory" | "other",
  place: Place,
  local?: LocalHeader,
): ZipEntry {
  return {
    name: central.name,
    origin,
    flags: central.flags,
    method: central.method,
    crc: central.crc,
    compressedSize: central.compressedSize,
    size: central.size,
    offset: central.offset,
    dataStart: place.dataStart,
    dataEnd: place.dataEnd,
    end: place.end,
    state: place.state,
    differs: place.differs,
    central,
    local,
  };
}

/** A member that only its local header tells of. */
export function hiddenMember(
  local: LocalHeader,
  place: { readonly dataEnd: number; readonly end: number; readonly state: ZipEntry["state"] },
): ZipEntry {
  const { name, flags, method, crc, offset, dataStart } = local;
  const isOpen = (flags & FLAG.streamed) !== 0 && leavesSizesOpen(local);
  return {
    name,
    origin: "hidden",
    flags,
    method,
    crc,
    compressedSize: isOpen ? place.dataEnd - dataStart : local.compressedSize,
    size: isOpen ? undefined : local.size,
    offset,
    dataStart,
    dataEnd: place.dataEnd,
    end: place.end,
    state: place.state,
    differs: 0,
    central: undefined,
    local,
  };
}
