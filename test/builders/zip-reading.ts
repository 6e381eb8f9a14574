/** Reads zip files in tests the way formats do, and says what is left over. */

import { expect } from "vitest";

import { Governor } from "../../src/bytes/governor.ts";
import { Ledger } from "../../src/bytes/ledger.ts";
import { MemorySource } from "../../src/bytes/memory-source.ts";
import { readZip } from "../../src/codecs/zip/read-zip.ts";
import type { ZipArchive, ZipEntry } from "../../src/codecs/zip/zip-archive.ts";
import { DEFAULT_LIMITS } from "../../src/kernel/limits.ts";
import { countingSource } from "./counting-source.ts";
import { buildZip } from "./zip.ts";
import type { ZipMemberSpec, ZipOptions } from "./zip.ts";

export interface Read extends ZipArchive {
  /** Bytes that are neither structure nor the data of a member. */
  readonly left: number;
}

/** Reads through windows and in memory, which has to come to the same. */
export function read(bytes: Uint8Array, limits = DEFAULT_LIMITS): Read {
  const ledger = new Ledger(bytes.length);
  const zip = readZip(countingSource(bytes), new Governor(limits), ledger);
  // What is in memory already takes another way through the window.
  const again = readZip(
    new MemorySource(bytes, "m"),
    new Governor(limits),
    new Ledger(bytes.length),
  );
  expect(again).toEqual(zip);
  for (const { dataStart, dataEnd } of zip.entries) {
    ledger.understood(dataStart, dataEnd);
  }
  return { ...zip, left: ledger.coverage().unaccounted };
}

export function readBuilt(members: readonly ZipMemberSpec[], options?: ZipOptions): Read {
  return read(buildZip(members, options));
}

/** Names in the order of the file, with their origin where it is not the directory. */
export function names(entries: readonly ZipEntry[]): string[] {
  return entries.map(({ name, origin }) => (origin === "directory" ? name : `${origin} ${name}`));
}

export function kinds({ problems }: ZipArchive): string[] {
  return problems.map(({ kind }) => kind);
}
