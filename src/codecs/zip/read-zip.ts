/**
 * Reads a zip file in two views: as its directories describe it, and as its bytes lie there. Members,
 * hidden members, bytes that belong to nothing and all disagreements come out; contents do not, they
 * stay ranges. A directory of 20,000 entries takes a few milliseconds, a checkpoint of any size a few
 * small reads.
 *
 * Specification: PKWARE APPNOTE 6.3.10. Split archives and encrypted directories are reported and not
 * read.
 */

import type { Governor } from "../../bytes/governor.ts";
import { HeaderWindow } from "../../bytes/header-window.ts";
import type { Ledger, Range } from "../../bytes/ledger.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { chooseDirectories } from "./choose-directories.ts";
import type { LoadedDirectory } from "./choose-directories.ts";
import { findEndRecords } from "./end-record.ts";
import type { EndRecord } from "./end-record.ts";
import { walkGap } from "./gap-walk.ts";
import type { Segment } from "./gap-walk.ts";
import { locateMembers } from "./locate-members.ts";
import { SIZE } from "./records.ts";
import { sortGap } from "./sort-gap.ts";
import type { Trusts } from "./unread-member.ts";
import type { ZipArchive, ZipEntry, ZipGap, ZipProblem } from "./zip-archive.ts";

/** CPython looks for the end record in the last 65,557 bytes; others in a little more. */
const TAIL = 66 * 1024;

/**
 * Reads the structure of a zip file. Never fails because of content: what is not a zip file at all has
 * no directories and no entries.
 *
 * @param ledger learns of every byte that is structure; members' data stays for whoever reads it.
 * @param trusts where reads are dear: of which members the directory's word is enough.
 */
export function readZip(
  source: RandomSource,
  governor: Governor,
  ledger: Ledger,
  trusts?: Trusts,
): ZipArchive {
  const reading = new ZipReading(source, governor, ledger);
  return reading.read(trusts);
}

class ZipReading {
  readonly #source: RandomSource;
  readonly #governor: Governor;
  readonly #ledger: Ledger;
  readonly #window: HeaderWindow;
  readonly #problems: ZipProblem[] = [];
  readonly #gaps: ZipGap[] = [];
  readonly #hidden: ZipEntry[] = [];
  #truncated = false;

  constructor(source: RandomSource, governor: Governor, ledger: Ledger) {
    this.#source = source;
    this.#governor = governor;
    this.#ledger = ledger;
    this.#window = new HeaderWindow(source);
  }

  read(trusts: Trusts | undefined): ZipArchive {
    const size = this.#source.size;
    let records = findEndRecords(this.#window, Math.max(0, size - TAIL), size);
    let walked: Segment[] | undefined;
    if (records.length === 0) {
      walked = [...this.#walk(0, size)];
      records = walked.flatMap((segment) => (segment.kind === "end" ? [segment.record] : []));
    }
    const { directories, problems } = this.#choose(records);
    this.#problems.push(...problems);
    const members = locateMembers(this.#window, directories, this.#problems, trusts);
    for (const directory of directories) {
      this.#ledger.understood(directory.claim.start, directory.end);
    }
    if (directories.length === 0) {
      this.#take(0, walked ?? this.#walk(0, size), size);
      this.#truncated ||= this.#endsInside();
    } else {
      this.#explore(members, directories);
    }
    this.#ledger.read(this.#window.bytesRead);
    const entries = this.#merge(members);
    return {
      directories,
      entries,
      gaps: this.#gaps,
      problems: this.#problems,
      truncated: this.#truncated || entries.some(({ state }) => state === "cut"),
      comment: this.#comment(directories[0]),
    };
  }

  #choose(records: readonly EndRecord[]): ReturnType<typeof chooseDirectories> {
    return chooseDirectories(this.#source, this.#window, records, (entries) => {
      const left = this.#governor.left("entries");
      return this.#governor.take("entries", entries) || this.#governor.take("entries", left)
        ? Math.min(entries, left)
        : 0;
    });
  }

  /** Marks what is known, finds what is not, and looks at that. */
  #explore(members: readonly ZipEntry[], directories: readonly LoadedDirectory[]): void {
    const occupied: Range[] = [];
    let before: ZipEntry | undefined;
    for (const member of members) {
      if (member.state !== "broken") {
        this.#ledger.understood(member.offset, member.dataStart);
        this.#ledger.understood(member.dataEnd, member.end);
        occupied.push({ start: member.offset, end: member.end });
        if (before !== undefined && member.offset < before.end) {
          this.#overlap(member, before.name);
        }
        before = before === undefined || member.end > before.end ? member : before;
      }
    }
    for (const { claim, end } of directories) {
      if (end > claim.start) {
        occupied.push({ start: claim.start, end });
      }
      this.#overlapsDirectory(members, claim.start, end);
      this.#occupyEnd(claim.record, occupied);
    }
    if (directories.some(({ cut }) => cut)) {
      // What the directory lists beyond would be taken for hidden.
      return;
    }
    const primary = directories[0]?.claim.record;
    occupied.sort((a, b) => a.start - b.start);
    let at = 0;
    for (const { start, end } of [
      ...occupied,
      { start: this.#source.size, end: this.#source.size },
    ]) {
      if (start > at) {
        this.#take(at, this.#walk(at, start), start, primary);
      }
      at = Math.max(at, end);
    }
  }

  #overlapsDirectory(members: readonly ZipEntry[], start: number, end: number): void {
    const found = members.find(
      (member) => member.state !== "broken" && member.offset < end && member.end > start,
    );
    if (found !== undefined && end > start) {
      this.#overlap(found, "the directory");
    }
  }

  #overlap({ offset, name }: ZipEntry, first: string): void {
    this.#problems.push({ kind: "overlap", offset, name, first });
  }

  #occupyEnd(record: EndRecord, occupied: Range[]): void {
    const ranges = record.zip64.map(({ offset }) => ({ start: offset, end: offset + SIZE.end64 }));
    const start =
      record.offset - (record.zip64.length > 0 || record.danglingLocator ? SIZE.locator64 : 0);
    // A comment that is text is a comment; anything else is looked at.
    const commentStart = record.offset + SIZE.end;
    const end = this.#isText(commentStart, record.end) ? record.end : commentStart;
    ranges.push({ start, end });
    for (const range of ranges) {
      this.#ledger.understood(range.start, range.end);
      occupied.push(range);
    }
  }

  *#walk(start: number, end: number): Generator<Segment, void, void> {
    this.#governor.checkAborted();
    for (const segment of walkGap(this.#window, start, end)) {
      if (!this.#governor.take("entries", 1)) {
        this.#problems.push({ kind: "limit", offset: segment.start });
        return;
      }
      yield segment;
    }
  }

  #take(start: number, segments: Iterable<Segment>, end: number, primary?: EndRecord): void {
    const kindOf = (from: number, to: number): ZipGap["kind"] => this.#kindOf(from, to, primary);
    const sorted = sortGap(this.#window, segments, { start, end }, kindOf, this.#ledger);
    for (const gap of sorted.gaps) {
      this.#gaps.push(gap);
    }
    for (const entry of sorted.hidden) {
      this.#hidden.push(entry);
    }
  }

  #kindOf(start: number, end: number, primary: EndRecord | undefined): ZipGap["kind"] {
    if (primary === undefined || end <= primary.offset) {
      return start === 0 ? "prefix" : "gap";
    }
    return end <= primary.announcedEnd ? "comment" : "trailing";
  }

  /** Without a directory: whether the last thing in the file is the first half of something. */
  #endsInside(): boolean {
    const last = this.#gaps.at(-1);
    if (last === undefined || last.end !== this.#source.size) {
      return false;
    }
    const start = this.#bytes(last.start, Math.min(last.end, last.start + 2));
    return start[0] === 0x50 && (start.length === 1 || start[1] === 0x4b);
  }

  #merge(members: readonly ZipEntry[]): ZipEntry[] {
    return this.#hidden.length === 0
      ? [...members]
      : [...members, ...this.#hidden].sort((a, b) => a.offset - b.offset);
  }

  #isText(start: number, end: number): boolean {
    const text = this.#bytes(start, end).toString("utf8");
    return !/[\u0000-\u0008\u000b\u000e-\u001f\u007f\ufffd]/.test(text);
  }

  #comment(directory: LoadedDirectory | undefined): string {
    if (directory === undefined) {
      return "";
    }
    const { offset, end } = directory.claim.record;
    return this.#bytes(offset + SIZE.end, end).toString("utf8");
  }

  #bytes(start: number, end: number): Buffer {
    const index = this.#window.load(start, end - start);
    return this.#window.bytes.subarray(Math.max(0, index), Math.max(0, index + end - start));
  }
}
