/**
 * Adds a line to `claims.jsonl`. It is only ever added to: one writer at a time, behind whatever lies there, lasting when
 * this returns. A line that another writer left half-written is ended first, so that it spoils no other.
 */

import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

import { AppError, errorMessage } from "../../kernel/errors.ts";

/** Of those that no signature of a model covers, so that a lock that is left behind spoils none. */
const LOCK_FOLDER = ".weighbridge";
const ATTEMPTS = 100;
const PAUSE = 50;
/** Nobody takes that long for one line. */
const STALE = 60_000;
const LINE_FEED = 0x0a;

/** Throws `AppError` OUTPUT_FAILED. @param line with its line feed. */
export async function appendClaim(path: string, line: string): Promise<void> {
  const folder = join(dirname(path), LOCK_FOLDER);
  const lock = join(folder, `${basename(path)}.lock`);
  try {
    await takeLock(folder, lock);
    try {
      append(path, line);
    } finally {
      releaseLock(folder, lock);
    }
  } catch (error) {
    if (error instanceof AppError) {
      throw error;
    }
    throw new AppError("OUTPUT_FAILED", `cannot add to ${path}: ${errorMessage(error)}`, {
      hint: "nothing was added; --output writes the claim to a file of its own",
      cause: error,
    });
  }
}

function append(path: string, line: string): void {
  const fd = openSync(path, "a+");
  try {
    const bytes = Buffer.from(endsOpen(fd) ? `\n${line}` : line);
    for (let done = 0; done < bytes.length;) {
      done += writeSync(fd, bytes, done);
    }
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Whether the last line has no line feed. */
function endsOpen(fd: number): boolean {
  const { size } = fstatSync(fd);
  const last = Buffer.alloc(1);
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== LINE_FEED;
}

async function takeLock(folder: string, lock: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      mkdirSync(folder, { recursive: true });
      closeSync(openSync(lock, "wx"));
      return;
    } catch (error) {
      // The folder goes with the lock of another writer, between the two calls.
      if (!isCode(error, "EEXIST") && !isCode(error, "ENOENT")) {
        throw error;
      }
    }
    const held = statSync(lock, { throwIfNoEntry: false });
    if (held !== undefined && Date.now() - held.mtimeMs > STALE) {
      rmSync(lock, { force: true });
    } else {
      await new Promise((resolve) => {
        setTimeout(resolve, PAUSE);
      });
    }
  }
  throw new AppError("OUTPUT_FAILED", `another program is writing claims: ${lock} is there`, {
    hint: "remove it if no program is running that adds claims",
  });
}

function releaseLock(folder: string, lock: string): void {
  rmSync(lock, { force: true });
  try {
    rmdirSync(folder);
  } catch {
    // It has other things in it, or another writer has taken it.
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
