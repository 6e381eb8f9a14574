/**
 * Adds what happened to a model: fills in what the log itself knows, keeps evidence beside it, and links each entry to
 * the one before it about the same subject, which is what a model's history is walked along.
 */

import { sha256 as sha256Of } from "../../bytes/hash.ts";
import { quote } from "../../kernel/text.ts";
import { encodeEntry } from "./entry.ts";
import type { EvidenceRef, LogEntry } from "./entry.ts";
import { findLatest } from "./history.ts";
import type { OpenLog } from "./open-log.ts";
import { invalid } from "./refuse.ts";

/** An entry before the log has it. */
export type LogEvent = Omit<LogEntry, "v" | "time" | "prev"> & {
  /** The time of adding it unless something else is said. */
  readonly time?: string;
};

export interface Evidence {
  readonly bytes: Uint8Array;
  readonly mediaType?: string;
  readonly predicateType?: string;
}

export interface Appended {
  readonly index: number;
  readonly entry: LogEntry;
}

/** Where evidence with a SHA-256 in hexadecimal lies. */
export function evidencePath(sha256: string): string {
  return `evidence/sha256/${sha256.slice(0, 2)}/${sha256}`;
}

/** Keeps evidence beside the log, lasting before an entry can name it, and gives how an entry names it. */
export async function keepEvidence(
  log: OpenLog,
  { bytes, mediaType, predicateType }: Evidence,
): Promise<EvidenceRef> {
  const sha256 = sha256Of(bytes);
  await log.storage.replace(evidencePath(sha256), bytes);
  return {
    sha256,
    size: bytes.length,
    ...(mediaType === undefined ? {} : { mediaType }),
    ...(predicateType === undefined ? {} : { predicateType }),
  };
}

/**
 * Appends events under one checkpoint. When it resolves they are acknowledged. Throws `AppError` LOG_INVALID for what
 * is no event, before anything is written.
 *
 * @param now as `Date.toISOString` writes it.
 */
export async function appendEvents(
  log: OpenLog,
  events: readonly LogEvent[],
  now: string,
): Promise<Appended[]> {
  const { size } = log.checkpoint;
  const names = new Set(events.map((event) => subjectName(event)));
  const latest = await findLatest(log.tree, names);
  const appended: Appended[] = [];
  for (const [at, event] of events.entries()) {
    const index = size + at;
    const name = subjectName(event);
    const prev = latest.get(name);
    const time = event.time ?? now;
    appended.push({
      index,
      entry: { v: 1, ...event, time, ...(prev === undefined ? {} : { prev }) },
    });
    latest.set(name, index);
  }
  const leaves = appended.map(({ entry }) => encodeEntry(entry));
  await log.append(leaves);
  return appended;
}

function subjectName({ subject }: LogEvent): string {
  const name: unknown = (subject as { name?: unknown } | undefined)?.name;
  if (typeof name !== "string") {
    throw invalid(`the entry cannot be logged: it has no ${quote("subject.name")}`);
  }
  return name;
}
