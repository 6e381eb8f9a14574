/**
 * Reads a tar file header by header: ustar, pax, GNU and V7, and any mixture. Contents stay ranges. What
 * follows the end mark, and what follows damage, is searched for more members, because some readers
 * stop there and others go on.
 *
 * Specification: IEEE 1003.1 (pax, ustar) and the GNU tar manual. Sparse members are reported and not
 * put together; multi-volume members are taken as files.
 */

import type { Governor } from "../../bytes/governor.ts";
import { HeaderWindow } from "../../bytes/header-window.ts";
import type { Ledger } from "../../bytes/ledger.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { BLOCK, magicOf, readTarHeader, tarString } from "./header.ts";
import type { TarHeader } from "./header.ts";
import { TarMetadata } from "./metadata.ts";
import { readPax } from "./pax.ts";
import { TAR_DIFFERS } from "./tar-archive.ts";
import type { TarArchive, TarEntry, TarGap, TarProblem } from "./tar-archive.ts";

/** Extended headers beyond this are skipped and reported; real ones have some hundred bytes. */
const LARGEST_METADATA = 1024 * 1024;
const ZEROS = Buffer.alloc(64 * 1024);
/** Links, devices, folders and FIFOs, which have no data whatever size they state. */
const HEADER_ONLY = new Set(["1", "2", "3", "4", "5", "6"]);

/**
 * Reads the structure of a tar file. Never fails because of content.
 *
 * @param ledger learns of every byte that is structure; members' data stays for whoever reads it.
 */
export function readTar(source: RandomSource, governor: Governor, ledger: Ledger): TarArchive {
  return new TarReading(source, governor, ledger).read();
}

class TarReading {
  readonly #size: number;
  readonly #governor: Governor;
  readonly #ledger: Ledger;
  readonly #window: HeaderWindow;
  readonly #metadata = new TarMetadata();
  readonly #entries: TarEntry[] = [];
  readonly #gaps: TarGap[] = [];
  readonly #problems: TarProblem[] = [];
  #ended = false;
  #ustar = false;
  #cut = false;

  constructor(source: RandomSource, governor: Governor, ledger: Ledger) {
    this.#size = source.size;
    this.#governor = governor;
    this.#ledger = ledger;
    this.#window = new HeaderWindow(source);
  }

  read(): TarArchive {
    let at = 0;
    while (at < this.#size) {
      const index = this.#window.load(at, BLOCK);
      const header = index === -1 ? undefined : readTarHeader(this.#window.bytes, index);
      if (header === undefined) {
        at = this.#skip(at);
        continue;
      }
      if (!this.#governor.take("entries", 1)) {
        this.#problems.push({ kind: "limit", offset: at });
        this.#addGap(at, this.#size);
        break;
      }
      if (this.#entries.length % 4096 === 0) {
        this.#governor.checkAborted();
      }
      this.#ustar ||= header.magic !== "none";
      at = this.#header(header, at);
    }
    if (this.#metadata.start !== undefined) {
      const { start } = this.#metadata;
      this.#odd(start, "deviation", "no member follows it");
    }
    if (!this.#ended) {
      this.#problems.push({ kind: "no-end", offset: this.#size });
    }
    this.#ledger.read(this.#window.bytesRead);
    return {
      entries: this.#entries,
      gaps: this.#gaps,
      problems: this.#problems,
      truncated: this.#cut,
      ustar: this.#ustar,
    };
  }

  /** Takes one header with its data; gives the position of the next. */
  #header(header: TarHeader, at: number): number {
    switch (header.type) {
      case "x":
      case "X":
      case "g":
      case "L":
      case "K":
        return this.#extended(header, at);
      default:
        return this.#member(header, at);
    }
  }

  #extended(header: TarHeader, at: number): number {
    const dataStart = at + BLOCK;
    const size = Math.max(0, header.size ?? 0);
    const dataEnd = Math.min(this.#size, dataStart + size);
    this.#cut ||= dataStart + size > this.#size;
    this.#metadata.start ??= at;
    const isWhole = dataStart + size <= this.#size;
    const index = size <= LARGEST_METADATA && isWhole ? this.#window.load(dataStart, size) : -1;
    if (index === -1) {
      if (isWhole) {
        this.#odd(at, "limit", "it has more than a MiB");
      } else {
        this.#odd(at, "truncated", "the file ends inside of it");
      }
      this.#ledger.understood(at, dataStart);
      this.#addGap(dataStart, dataEnd);
      return this.#padding(dataEnd, dataStart);
    }
    this.#applyExtended(header.type, this.#window.bytes, { at, index, size });
    this.#ledger.understood(at, dataEnd);
    return this.#padding(dataEnd, dataStart);
  }

  #applyExtended(
    type: string,
    bytes: Buffer,
    { at, index, size }: { readonly at: number; readonly index: number; readonly size: number },
  ): void {
    if (type === "L") {
      this.#metadata.addGnuName(tarString(bytes, index, index + size));
      return;
    }
    if (type === "K") {
      this.#metadata.addGnuLink(tarString(bytes, index, index + size));
      return;
    }
    const { records, sound, repeats } = readPax(bytes, index, index + size);
    if (!sound) {
      this.#odd(at, "damaged", "it does not consist of records");
    } else if (repeats) {
      this.#odd(at, "deviation", "it has one key twice");
    }
    if (type === "g") {
      this.#metadata.addGlobal(records);
    } else {
      this.#metadata.addPax(records);
    }
  }

  #odd(offset: number, harm: (TarProblem & { kind: "metadata" })["harm"], detail: string): void {
    this.#problems.push({ kind: "metadata", offset, harm, detail });
  }

  #member(header: TarHeader, at: number): number {
    const offset = this.#metadata.start ?? at;
    const { name, linkName, size: stated, sparse, differs } = this.#metadata.apply(header);
    const dataStart = header.type === "S" ? this.#skipSparseMap(at) : at + BLOCK;
    const size = Math.max(0, stated ?? 0);
    if (stated === undefined || stated < 0) {
      this.#problems.push({ kind: "damaged", offset: at });
    }
    const isFolder = header.type === "0" && name.endsWith("/");
    const headerOnly = (HEADER_ONLY.has(header.type) || isFolder) && size > 0;
    const length = headerOnly && !this.#holdsData(dataStart, size) ? 0 : size;
    const dataEnd = Math.min(this.#size, dataStart + length);
    this.#cut ||= dataStart + length > this.#size;
    this.#entries.push({
      name,
      linkName: header.type === "1" || header.type === "2" ? linkName : "",
      type: isFolder ? "5" : header.type,
      mode: header.mode,
      size,
      offset,
      dataStart,
      dataEnd,
      sparse,
      cut: dataStart + length > this.#size,
      afterEnd: this.#ended,
      differs: headerOnly ? differs | TAR_DIFFERS.data : differs,
    });
    this.#ledger.understood(at, dataStart);
    return this.#padding(dataEnd, dataStart);
  }

  /** Old GNU sparse members: the list of pieces goes on in further blocks while a flag says so. */
  #skipSparseMap(at: number): number {
    let flag = at + 482;
    let next = at + BLOCK;
    for (;;) {
      const index = this.#window.load(flag, 1);
      if (index === -1 || this.#window.bytes[index] === 0 || next + BLOCK > this.#size) {
        return next;
      }
      flag = next + 504;
      next += BLOCK;
    }
  }

  /** Whether a member that should have no data has it: what follows is no header, and behind the data is one. */
  #holdsData(dataStart: number, size: number): boolean {
    return !this.#isBoundary(dataStart) && this.#isBoundary(padded(dataStart + size, dataStart));
  }

  #isBoundary(at: number): boolean {
    const index = this.#window.load(at, BLOCK);
    return (
      index !== -1 &&
      (isZeroBlock(this.#window.bytes, index) ||
        readTarHeader(this.#window.bytes, index) !== undefined)
    );
  }

  /** Checks the bytes up to the next full block, which mean nothing and should be zeros. */
  #padding(dataEnd: number, dataStart: number): number {
    const next = padded(dataEnd, dataStart);
    const end = Math.min(next, this.#size);
    this.#cut ||= next > this.#size;
    if (end > dataEnd) {
      const index = this.#window.load(dataEnd, end - dataEnd);
      if (index !== -1 && isZeroRange(this.#window.bytes, index, end - dataEnd)) {
        this.#ledger.understood(dataEnd, end);
      } else {
        this.#gaps.push({ kind: "padding", start: dataEnd, end });
      }
    }
    return next;
  }

  /** What is no header: an end mark, padding behind it, or damage. Gives where to read on. */
  #skip(at: number): number {
    const zerosEnd = this.#zerosFrom(at);
    if (zerosEnd - at >= BLOCK || (zerosEnd > at && zerosEnd === this.#size)) {
      // What follows zeros starts on a block, if it is a member.
      const end =
        zerosEnd === this.#size ? zerosEnd : at + Math.floor((zerosEnd - at) / BLOCK) * BLOCK;
      this.#ledger.understood(at, end);
      this.#ended = true;
      return end;
    }
    if (!this.#ended) {
      this.#problems.push({ kind: "damaged", offset: at });
    }
    const next = this.#nextHeader(at + BLOCK);
    this.#addGap(at, next);
    this.#ended = true;
    return next;
  }

  #addGap(start: number, end: number): void {
    if (end > start) {
      this.#gaps.push({ kind: end === this.#size ? "trailing" : "gap", start, end });
    }
  }

  /** Where the zeros that begin at `at` end. */
  #zerosFrom(at: number): number {
    let position = at;
    while (position < this.#size) {
      const { index, length } = this.#window.loadSome(position, ZEROS.length);
      const { bytes } = this.#window;
      if (length === 0 || !isZeroRange(bytes, index, length)) {
        const found = bytes.subarray(index, index + length).findIndex((byte) => byte !== 0);
        return position + Math.max(0, found);
      }
      position += length;
    }
    return this.#size;
  }

  /** The next block, from here on, that says `ustar` and has a sound checksum; else the end. */
  #nextHeader(from: number): number {
    for (let at = from; at + BLOCK <= this.#size; at += BLOCK) {
      const index = this.#window.load(at, BLOCK);
      if (index === -1) {
        break;
      }
      const { bytes } = this.#window;
      if (magicOf(bytes, index) !== "none" && readTarHeader(bytes, index) !== undefined) {
        return at;
      }
    }
    return this.#size;
  }
}

/** The end of the block that `end` lies in, counted from `start`. */
function padded(end: number, start: number): number {
  return start + Math.ceil((end - start) / BLOCK) * BLOCK;
}

function isZeroBlock(bytes: Buffer, index: number): boolean {
  return isZeroRange(bytes, index, BLOCK);
}

function isZeroRange(bytes: Buffer, index: number, length: number): boolean {
  return bytes.compare(ZEROS, 0, length, index, index + length) === 0;
}
