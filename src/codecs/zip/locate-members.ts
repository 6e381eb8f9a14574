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
import type { ZipEntry, ZipProblem } from "./zip-archive.ts";

/** Members of all directories, each once, by position. */
export function locateMembers(
  window: HeaderWindow,
  directories: readonly LoadedDirectory[],
  problems: ZipProblem[],
): ZipEntry[] {
  const entries: ZipEntry[] = [];
  let last: CentralEntry | undefined;
  for (const { central, origin } of inFileOrder(directories)) {
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
    entries.push(plainMember(window, central, origin) ?? member(window, central, origin));
  }
  return entries;
}

interface Named {
  readonly central: CentralEntry;
  readonly origin: "directory" | "other";
}

function inFileOrder(directories: readonly LoadedDirectory[]): Named[] {
  const named: Named[] = [];
  let sorted = true;
  let before = -1;
  for (const [index, directory] of directories.entries()) {
    const origin = index === 0 ? "directory" : "other";
    for (const central of directory.entries) {
      sorted &&= central.offset >= before;
      before = central.offset;
      named.push({ central, origin });
    }
  }
  // The sort is stable, so the first directory's entries stay before others at the same offset.
  return sorted ? named : named.sort((a, b) => a.central.offset - b.central.offset);
}

/**
 * The usual case, fast: a local header that says the same and has no extra field to look into.
 * PyTorch's padding and its data descriptor are part of the usual case.
 */
function plainMember(
  window: HeaderWindow,
  central: CentralEntry,
  origin: "directory" | "other",
): ZipEntry | undefined {
  const { name, offset } = central;
  const at = window.load(offset, SIZE.local + name.length);
  if (at === -1 || central.rawName !== undefined || central.oddity !== undefined) {
    return undefined;
  }
  const { bytes } = window;
  const extraLength = bytes.readUInt16LE(at + 28);
  const sameNumbers =
    bytes.readUInt32LE(at + 14) === central.crc &&
    bytes.readUInt32LE(at + 18) === central.compressedSize &&
    bytes.readUInt32LE(at + 22) === central.size;
  const isPlain =
    extraLength === 0 &&
    (central.flags & (FLAG.streamed | FLAG.masked)) === 0 &&
    central.unicodeName === undefined &&
    bytes.readUInt32LE(at) === SIGNATURE.local &&
    bytes.readUInt16LE(at + 6) === central.flags &&
    bytes.readUInt16LE(at + 8) === central.method &&
    bytes.readUInt16LE(at + 26) === name.length &&
    sameNumbers &&
    isText(bytes, at + SIZE.local, name);
  if (!isPlain) {
    return undefined;
  }
  const dataStart = offset + SIZE.local + name.length;
  const stated = dataStart + central.compressedSize;
  const dataEnd = Math.min(window.size, stated);
  return {
    ...shared(central, origin),
    dataStart,
    dataEnd,
    end: dataEnd,
    state: stated > dataEnd ? "cut" : "whole",
    differs: ownDisagreements(central),
    local: undefined,
  };
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
  return {
    ...shared(central, origin),
    dataStart: local.dataStart,
    dataEnd,
    end: dataEnd + (descriptor?.length ?? 0),
    state: stated > dataEnd ? "cut" : "whole",
    differs,
    local: differs === 0 ? undefined : local,
  };
}

function brokenMember(
  window: HeaderWindow,
  central: CentralEntry,
  origin: "directory" | "other",
): ZipEntry {
  const at = Math.max(0, Math.min(central.offset, window.size));
  return {
    ...shared(central, origin),
    dataStart: at,
    dataEnd: at,
    end: at,
    state: "broken",
    differs: ownDisagreements(central),
    local: undefined,
  };
}

function shared(central: CentralEntry, origin: "directory" | "other"): SharedFields {
  const { name, flags, method, crc, compressedSize, size, offset } = central;
  return { name, origin, flags, method, crc, compressedSize, size, offset, central };
}

type SharedFields = Pick<
  ZipEntry,
  "name" | "origin" | "flags" | "method" | "crc" | "compressedSize" | "size" | "offset" | "central"
>;

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
