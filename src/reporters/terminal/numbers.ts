/** Numbers for people. */

import type { Report } from "../../kernel/report.ts";

/** `12,345`. Grouped by hand: loading locale data costs more than a small scan. */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `1 file`, `2,000 files`. */
export function formatFiles(count: number): string {
  return `${formatCount(count)} ${count === 1 ? "file" : "files"}`;
}

/** `1 finding is suppressed by the configuration` */
export function suppressedText(count: number): string {
  const findings = count === 1 ? "finding is" : "findings are";
  return `${formatCount(count)} ${findings} suppressed by the configuration`;
}

/** `1,990 of 2,000 files were not read: …`; nothing where all were. */
export function cachedText({ subjects }: Report): string | undefined {
  const files = subjects.flatMap((subject) => subject.files);
  const cached = files.filter((file) => file.cached !== undefined).length;
  return cached === 0
    ? undefined
    : `${formatCount(cached)} of ${formatFiles(files.length)} taken from the cache by size and time, not read`;
}

/** `40 ms`, `3.4 s`, `2 min 5 s`, `3 h 20 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) {
    return `${Math.round(milliseconds)} ms`;
  }
  const seconds = milliseconds / 1000;
  if (seconds < 59.95) {
    return `${seconds.toFixed(1)} s`;
  }
  const minutes = Math.floor(Math.round(seconds) / 60);
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds) % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
