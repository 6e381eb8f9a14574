/**
 * Members whose local header is not read, for sources where each read costs a request. A writer lays
 * members one after the other, so the record of a member ends where the next one starts, and its data
 * lies at the end of the record. Whoever opens such a member checks that first (`confirmUnread`).
 */

import { HeaderWindow } from "../../bytes/header-window.ts";
import type { RandomSource } from "../../kernel/source.ts";
import type { CentralEntry } from "./central-directory.ts";
import { ownDisagreements, disagreements } from "./disagreements.ts";
import { readDescriptor, readLocalHeader } from "./local-header.ts";
import { FLAG, SATURATED, SIZE } from "./records.ts";
import type { ZipEntry } from "./zip-archive.ts";

/** Whether a member's local header may be left unread. */
export type Trusts = (central: CentralEntry) => boolean;

export type Place = Pick<ZipEntry, "dataStart" | "dataEnd" | "end" | "state" | "differs">;

/** A name twice as long as any and the padding to 4,096 bytes that some writers ask for. */
const LARGEST_SLACK = 8192;

/**
 * Where a member lies when the next record starts at `next`; nothing where its numbers leave room
 * for more than a header, or for less.
 */
export function unreadPlace(central: CentralEntry, next: number): Place | undefined {
  const { offset, compressedSize, size, flags, name } = central;
  const differs = ownDisagreements(central);
  if (differs !== 0 || (flags & ~(FLAG.streamed | FLAG.utf8)) !== 0) {
    return undefined;
  }
  const descriptor = size >= SATURATED ? 24 : 16;
  const dataEnd = (flags & FLAG.streamed) === 0 ? next : next - descriptor;
  const dataStart = dataEnd - compressedSize;
  const slack = dataStart - offset - SIZE.local - name.length;
  return slack < 0 || slack > LARGEST_SLACK
    ? undefined
    : { dataStart, dataEnd, end: next, state: "whole", differs };
}

/** Reads what was left unread; false where the header is not what the directory says of it. */
export function confirmUnread(source: RandomSource, entry: ZipEntry): boolean {
  const { central, dataStart, dataEnd } = entry;
  const window = new HeaderWindow(source);
  const local = central === undefined ? undefined : readLocalHeader(window, central.offset);
  if (central === undefined || local === undefined || local.dataStart !== dataStart) {
    return false;
  }
  const descriptor =
    (local.flags & FLAG.streamed) === 0 ? undefined : readDescriptor(window, dataEnd, central);
  return disagreements(central, local, descriptor) === 0;
}
