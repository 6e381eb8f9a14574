/**
 * The results of one folder in one file, because opening thousands of files costs more than scanning small ones: a line
 * with the SHA-256 of all that follows, then JSON, which is decoded at once. That is several times faster than
 * entry by entry.
 */

import { createHash } from "node:crypto";

import type { FileReport } from "../../kernel/report.ts";
import type { CachedEntry, CachedResult } from "../../kernel/result-cache.ts";
import { VERDICTS } from "../../kernel/verdict.ts";

const HEAD = "weighbridge.results/v1 ";

/** Path, state, day of last use, digest, result. */
type Row = readonly [string, string | null, number, string | null, CachedResult];

interface Content {
  /** Name and scope that the segment is for. */
  readonly subject: string;
  readonly rows: readonly Row[];
}

export class SegmentEntry implements CachedEntry {
  readonly state: string | undefined;
  readonly digest: string | undefined;
  /** Days since 1970 when it was last of use. */
  readonly day: number;
  readonly #path: string;
  readonly #result: CachedResult;
  #text: string | undefined;

  constructor([path, state, day, digest, result]: Row) {
    this.state = state ?? undefined;
    this.digest = digest ?? undefined;
    this.day = day;
    this.#path = path;
    this.#result = result;
  }

  result(): CachedResult | undefined {
    try {
      return isResult(this.#result, this.#path, this.digest) ? this.#result : undefined;
    } catch {
      return undefined;
    }
  }

  /** The same entry, of use on another day. */
  usedOn(day: number): SegmentEntry {
    return new SegmentEntry(this.#row(day));
  }

  /** As JSON, made once. */
  get text(): string {
    this.#text ??= JSON.stringify(this.#row(this.day));
    return this.#text;
  }

  #row(day: number): Row {
    return [this.#path, this.state ?? null, day, this.digest ?? null, this.#result];
  }
}

export type SegmentEntries = Map<string, SegmentEntry>;

/** @param subject name and scope that the segment is for. */
export function writeSegment(subject: string, entries: SegmentEntries): string {
  const rows = [...entries.values()].map(({ text }) => text);
  const body = `{"subject":${JSON.stringify(subject)},"rows":[${rows.join(",")}]}`;
  return `${HEAD}${checksum(body)}\n${body}`;
}

/** Nothing for a file that is damaged, or for something else. */
export function readSegment(subject: string, file: Buffer): SegmentEntries | undefined {
  const end = file.indexOf("\n");
  const head = file.toString("latin1", 0, Math.max(end, 0));
  if (!head.startsWith(HEAD) || head.slice(HEAD.length) !== checksum(file.subarray(end + 1))) {
    return undefined;
  }
  // Whoever wrote the checksum wrote what it is of.
  const content = JSON.parse(file.toString("utf8", end + 1)) as Content;
  return content.subject === subject
    ? new Map(content.rows.map((row) => [row[0], new SegmentEntry(row)]))
    : undefined;
}

/** Whether it is of that file, and has the shape that everybody who reads reports relies on. */
function isResult({ report }: CachedResult, path: string, digest: string | undefined): boolean {
  return report.path === path && report.digests["sha256"] === digest && isReport(report);
}

function isReport(report: FileReport): boolean {
  const { verdict, size, format, facts, coverage, readings, findings, issues, children } = report;
  return (
    VERDICTS.includes(verdict) &&
    Number.isSafeInteger(size) &&
    typeof format === "string" &&
    typeof facts === "object" &&
    Number.isSafeInteger(coverage.unaccounted) &&
    Array.isArray(readings) &&
    Array.isArray(findings) &&
    Array.isArray(issues) &&
    Array.isArray(children) &&
    children.every(isReport)
  );
}

function checksum(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}
