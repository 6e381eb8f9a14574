/**
 * From the bytes of a 7z archive to its directory: signature header, directory, and where that is packed, what it
 * is packed in. What is wrong on the way comes back as issues.
 */

import { crc32 } from "node:zlib";

import type { Governor } from "../../bytes/governor.ts";
import type { Ledger, Range } from "../../bytes/ledger.ts";
import { readRange } from "../../bytes/read.ts";
import { spool } from "../../bytes/spool.ts";
import { readDirectory } from "../../codecs/sevenzip/read-directory.ts";
import type { SevenZipFile, SevenZipFolder } from "../../codecs/sevenzip/sevenzip-archive.ts";
import { readSignatureHeader, SIGNATURE_HEADER } from "../../codecs/sevenzip/signature-header.ts";
import type { RandomSource } from "../../kernel/source.ts";
import type { ParseIssue } from "../format.ts";
import { decodeFolder } from "./decode-folder.ts";
import { planFolder } from "./methods.ts";

/** A directory of 100,000 members takes some 10 MiB. */
const MAX_DIRECTORY = 64 * 1024 * 1024;
/** Writers pack it once. */
const MAX_LAYERS = 4;

export interface ReadSevenZip {
  /** Of the signature. */
  readonly start: number;
  /** Where packed bytes are counted from. */
  readonly base: number;
  /** Behind the last byte that is the archive's. */
  readonly end: number;
  readonly folders: readonly SevenZipFolder[];
  readonly files: readonly SevenZipFile[];
  /** Whether the names of the members are encrypted, too. */
  readonly encrypted: boolean;
  readonly issues: readonly ParseIssue[];
}

/** Reads the archive whose signature is at `start`. */
export async function readSevenZip(
  source: RandomSource,
  start: number,
  governor: Governor,
  ledger: Ledger,
): Promise<ReadSevenZip> {
  const base = start + SIGNATURE_HEADER;
  const header = readSignatureHeader(readRange(source, start, base));
  const nothing = { start, base, end: source.size, folders: [], files: [], encrypted: false };
  if (header === undefined) {
    return { ...nothing, issues: [issue("truncated", "the file ends inside of the first header")] };
  }
  ledger.understood(start, base);
  const issues: ParseIssue[] = [];
  if (!header.sound) {
    issues.push(issue("damaged", "the checksum of the first header does not hold"));
  }
  if (header.major !== 0) {
    issues.push(issue("unsupported", `the archive has version ${header.major}, which is unknown`));
  }
  const directory = {
    start: base + header.nextOffset,
    end: base + header.nextOffset + header.nextSize,
  };
  if (directory.end > source.size) {
    issues.push(issue("truncated", cutMessage(directory.end - source.size)));
    return { ...nothing, issues };
  }
  if (header.nextSize === 0) {
    return { ...nothing, end: directory.end, issues };
  }
  ledger.understood(directory.start, directory.end);
  const reader = new DirectoryReader(source, base, governor, ledger, issues);
  const read = await reader.read(directory, header.nextCrc);
  return { ...nothing, end: directory.end, ...read, issues };
}

function cutMessage(missing: number): string {
  return `the directory ends ${missing} bytes past the end of the file: this is the first volume of an archive in several, or the file is cut off`;
}

function issue(kind: ParseIssue["kind"], message: string, offset?: number): ParseIssue {
  return offset === undefined ? { kind, message } : { kind, message, offset };
}

type Directory = Pick<ReadSevenZip, "folders" | "files"> & { readonly encrypted?: boolean };

const EMPTY: Directory = { folders: [], files: [] };

class DirectoryReader {
  readonly #source: RandomSource;
  readonly #base: number;
  readonly #governor: Governor;
  readonly #ledger: Ledger;
  readonly #issues: ParseIssue[];

  constructor(
    source: RandomSource,
    base: number,
    governor: Governor,
    ledger: Ledger,
    issues: ParseIssue[],
  ) {
    this.#source = source;
    this.#base = base;
    this.#governor = governor;
    this.#ledger = ledger;
    this.#issues = issues;
  }

  async read(place: Range, crc: number): Promise<Directory> {
    if (place.end - place.start > MAX_DIRECTORY) {
      return this.#fail("limit", "the directory is larger than the limit allows");
    }
    let bytes: Uint8Array | undefined = readRange(this.#source, place.start, place.end);
    this.#check(bytes, crc, place.start);
    for (let layer = 0; layer < MAX_LAYERS && bytes !== undefined; layer += 1) {
      const directory = readDirectory(bytes, this.#governor.left("entries"));
      switch (directory.kind) {
        case "damaged":
          return this.#fail(
            "damaged",
            `the directory is damaged: ${directory.detail}`,
            place.start,
          );
        case "limit":
          return this.#fail("limit", "there are more members than the limit allows", place.start);
        case "plain":
          if (!directory.whole) {
            this.#fail("damaged", "bytes follow the directory that nobody reads", place.start);
          }
          return directory;
        default: {
          const unpacked = await this.#unpack(directory.folders, place.start);
          if (unpacked === "encrypted") {
            return { ...EMPTY, encrypted: true };
          }
          bytes = unpacked;
        }
      }
    }
    return bytes === undefined
      ? EMPTY
      : this.#fail("limit", `the directory is packed more than ${MAX_LAYERS} times`);
  }

  async #unpack(
    folders: readonly SevenZipFolder[],
    offset: number,
  ): Promise<Uint8Array | "encrypted" | undefined> {
    const [folder] = folders;
    const [packed] = folder?.packed ?? [];
    const [stream] = folder?.streams ?? [];
    if (
      folder === undefined ||
      packed === undefined ||
      stream === undefined ||
      folders.length > 1
    ) {
      this.#fail("damaged", "the packed directory has no content", offset);
      return undefined;
    }
    const plan = planFolder(folder);
    if (plan.kind === "encrypted") {
      this.#fail("encrypted", "the directory is encrypted: not even names can be read", offset);
      return "encrypted";
    }
    if (plan.kind !== "chain") {
      const methods = plan.kind === "unsupported" ? plan.methods : "a method of members";
      this.#fail("unsupported", `the directory is packed by ${methods}, which is not supported`);
      return undefined;
    }
    const range = { start: this.#base + packed.start, end: this.#base + packed.end };
    const content = await this.#decode(range, plan.steps, Math.min(stream.end, MAX_DIRECTORY));
    if (content !== undefined && content.length < stream.end) {
      this.#fail("damaged", "less of the directory comes out than is stated", offset);
    }
    this.#check(content, stream.crc, offset);
    return content;
  }

  async #decode(
    range: Range,
    steps: Parameters<typeof decodeFolder>[2],
    size: number,
  ): Promise<Uint8Array | undefined> {
    const { memory } = this.#governor.limits;
    const stream = await decodeFolder(this.#source, range, steps, memory);
    const { source, end } = await spool(stream, this.#source.name, this.#governor, size);
    try {
      if (end.status !== "complete") {
        const kind = end.status;
        this.#fail(kind, `the packed directory: ${end.detail ?? kind}`, range.start);
        return undefined;
      }
      this.#ledger.understood(range.start, range.start + end.consumed);
      return Uint8Array.from(readRange(source, 0, source.size));
    } finally {
      source.close?.();
    }
  }

  #check(bytes: Uint8Array | undefined, crc: number | undefined, offset: number): void {
    if (bytes !== undefined && crc !== undefined && crc32(bytes) !== crc) {
      this.#fail("damaged", "the checksum of the directory does not hold", offset);
    }
  }

  #fail(kind: ParseIssue["kind"], message: string, offset?: number): Directory {
    this.#issues.push(issue(kind, message, offset));
    return EMPTY;
  }
}
