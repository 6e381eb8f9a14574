/**
 * The results of one folder in one file, because opening thousands of files costs more than scanning small ones. Text
 * in lines: a head with the SHA-256 of all that follows, the name and scope that it is for, then a line for each file:
 * path as JSON, state, day of last use, digest, result as JSON, with tabs between them, which JSON never holds.
 *
 * A result is decoded when somebody asks for it.
 */

import { createHash } from "node:crypto";

import type { FileReport } from "../../kernel/report.ts";
import type { CachedEntry, CachedResult } from "../../kernel/result-cache.ts";
import { VERDICTS } from "../../kernel/verdict.ts";

const HEAD = "weighbridge.results/v1 ";
/** Reports larger than this are made again instead of kept. */
const MAX_RESULT = 1024 * 1024;

export interface SegmentEntry extends CachedEntry {
  /** Days since 1970 when it was last of use. */
  readonly day: number;
  /** The result as JSON. */
  readonly text: string;
}

export type SegmentEntries = Map<string, SegmentEntry>;

/** An entry, or nothing for a result too large to keep. */
export function makeEntry(
  fields: Pick<SegmentEntry, "state" | "digest" | "day">,
  result: CachedResult,
): SegmentEntry | undefined {
  const text = JSON.stringify(result);
  return text.length > MAX_RESULT ? undefined : { ...fields, text, result: () => result };
}

/** @param subject name and scope that the segment is for. */
export function writeSegment(subject: string, entries: SegmentEntries): string {
  const lines = [JSON.stringify(subject)];
  for (const [path, { state = "", day, digest = "", text }] of entries) {
    lines.push(`${JSON.stringify(path)}\t${state}\t${day}\t${digest}\t${text}`);
  }
  const body = lines.join("\n");
  return `${HEAD}${checksum(body)}\n${body}`;
}

/** Nothing for a file that is damaged, or for something else. */
export function readSegment(subject: string, file: Buffer): SegmentEntries | undefined {
  const end = file.indexOf("\n");
  const head = file.toString("latin1", 0, Math.max(end, 0));
  if (!head.startsWith(HEAD) || head.slice(HEAD.length) !== checksum(file.subarray(end + 1))) {
    return undefined;
  }
  const [first, ...lines] = file.toString("utf8", end + 1).split("\n");
  if (first !== JSON.stringify(subject)) {
    return undefined;
  }
  const entries: SegmentEntries = new Map();
  for (const line of lines) {
    const [path, state, day, digest] = fields(line);
    if (path === undefined || state === undefined || day === undefined || digest === undefined) {
      return undefined;
    }
    const name = JSON.parse(path) as string;
    const text = line.slice(path.length + state.length + day.length + digest.length + 4);
    entries.set(name, {
      state: state === "" ? undefined : state,
      digest: digest === "" ? undefined : digest,
      day: Number(day),
      text,
      result: () => decode(text, name, digest),
    });
  }
  return entries;
}

/** What stands before the first tabs, of which there are four. */
function fields(line: string): string[] {
  const found: string[] = [];
  let start = 0;
  for (let count = 0; count < 4; count += 1) {
    const end = line.indexOf("\t", start);
    if (end === -1) {
      return [];
    }
    found.push(line.slice(start, end));
    start = end + 1;
  }
  return found;
}

function decode(text: string, path: string, digest: string): CachedResult | undefined {
  try {
    const result = JSON.parse(text) as CachedResult;
    const { report } = result;
    const isSame = report.path === path && (report.digests["sha256"] ?? "") === digest;
    return isSame && isReport(report) ? result : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it has the shape that everybody who reads reports relies on. */
function isReport(report: FileReport): boolean {
  return (
    VERDICTS.includes(report.verdict) &&
    Number.isSafeInteger(report.size) &&
    typeof report.format === "string" &&
    typeof report.facts === "object" &&
    Number.isSafeInteger(report.coverage.unaccounted) &&
    [report.readings, report.findings, report.issues, report.children].every(Array.isArray) &&
    report.children.every(isReport)
  );
}

function checksum(text: string | Uint8Array): string {
  return createHash("sha256").update(text).digest("hex");
}
