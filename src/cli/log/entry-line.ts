/** One entry of a log on one line, for people. */

import { escapeText } from "../../kernel/text.ts";
import type { LogEntry } from "../../provenance/log/entry.ts";

export function entryLine(index: number, entry: LogEntry): string {
  const { time, type, subject, actor, result, evidence } = entry;
  const said = Object.entries(result ?? {}).map(([name, value]) => `${name}=${value}`);
  const parts = [
    String(index),
    time,
    type,
    subject.name,
    ...(actor === undefined ? [] : [`by ${actor.kind} ${actor.id}`]),
    ...said,
    ...(evidence ?? []).map(({ sha256 }) => `evidence ${sha256.slice(0, 12)}`),
  ];
  return escapeText(parts.join("  "));
}

/** `1 entry`, `2 entries`. */
export function countOf(entries: number): string {
  return entries === 1 ? "1 entry" : `${entries} entries`;
}
