/**
 * One line on a terminal's standard error about work that takes a while: how much is done, how fast,
 * how long it will still take. It appears after half a second, changes at most ten times a second, and
 * is gone before anything else is written.
 */

import { escapeText, formatBytes } from "../../kernel/text.ts";
import { formatCount, formatDuration, formatFiles } from "../../reporters/terminal/numbers.ts";
import type { Channel } from "../terminal.ts";
import { fit } from "./fit.ts";
import type { Progress } from "./progress.ts";

const FIRST_AFTER = 500;
const EVERY = 100;
/** A rate measured over less than this says nothing about what is left. */
const FORECAST_AFTER = 1000;

/** Writes to a terminal. `now` gives milliseconds. */
export function progressLine(channel: Channel, now: () => number): Progress {
  const started = now();
  let shownAt = started + FIRST_AFTER - EVERY;
  let visible = false;
  let planned: Amount = { files: 0, bytes: 0 };
  let done: Amount = { files: 0, bytes: 0 };
  /** Files that are being read: how far each is. */
  const open = new Map<string, number>();
  let current = "";
  let last: string | undefined;

  function show(): void {
    const time = now();
    if (time - shownAt < EVERY) {
      return;
    }
    shownAt = time;
    visible = true;
    const soFar = { files: done.files, bytes: done.bytes + sum(open.values()) };
    const line = `${describe(soFar, planned, time - started)}  ${escapeText(current)}`;
    channel.write(`\r${fit(line, channel.columns - 1)}\u001b[K`);
  }

  return {
    plan(files, bytes) {
      planned = { files, bytes };
      show();
    },
    advance(file, bytes) {
      // News of a file may come after its end.
      if (file !== last) {
        current = file;
        open.set(file, bytes);
      }
      show();
    },
    finished(file, bytes) {
      open.delete(file);
      last = file;
      done = { files: done.files + 1, bytes: done.bytes + bytes };
      show();
    },
    clear() {
      if (visible) {
        visible = false;
        channel.write("\r\u001b[K");
      }
    },
  };
}

interface Amount {
  readonly files: number;
  readonly bytes: number;
}

function describe(done: Amount, planned: Amount, milliseconds: number): string {
  const parts: string[] = [];
  if (planned.files > 1) {
    parts.push(`${formatCount(done.files)} of ${formatFiles(planned.files)}`);
  }
  // Sizes may not be known beforehand; then only what is done is.
  const total = planned.bytes >= done.bytes ? planned.bytes : 0;
  parts.push(
    total > 0 ? `${formatBytes(done.bytes)} of ${formatBytes(total)}` : formatBytes(done.bytes),
  );
  const rate = done.bytes / Math.max(1, milliseconds);
  parts.push(`${formatBytes(rate * 1000)}/s`);
  const left = share(done, planned, total);
  if (milliseconds >= FORECAST_AFTER && left !== undefined) {
    parts.push(`${formatDuration(1000 * Math.ceil((milliseconds * left) / 1000))} left`);
  }
  return parts.join(", ");
}

/** What is left to do, as a multiple of what is done: by bytes, or by files where sizes are not known. */
function share(done: Amount, planned: Amount, total: number): number | undefined {
  if (total > 0) {
    return done.bytes > 0 ? (total - done.bytes) / done.bytes : undefined;
  }
  return done.files > 0 && planned.files >= done.files
    ? (planned.files - done.files) / done.files
    : undefined;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) {
    total += value;
  }
  return total;
}
