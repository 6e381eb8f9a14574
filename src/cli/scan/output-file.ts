/**
 * The file of `--output`. It is written beside its place and renamed into it at the end: whoever reads
 * it sees the old report or the new one, and a disk that fills up leaves the old one as it was.
 */

import {
  closeSync,
  fstatSync,
  fchmodSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

import { AppError, errorMessage } from "../../kernel/errors.ts";

const BUFFERED = 64 * 1024;

export interface OutputFile {
  write(text: string): void;
  /** Puts the file in its place. */
  finish(): void;
  /** Leaves no trace, unless it is finished. */
  discard(): void;
}

/** Opens it before the scan, so that a place that cannot be written to is told at once. */
export function openOutputFile(path: string): OutputFile {
  const target = attempt(path, () => replaceable(path));
  const temporary = join(dirname(target.path), `.${basename(target.path)}.${process.pid}.tmp`);
  const writesTo = target.replace ? temporary : target.path;
  const fd = attempt(path, () => openSync(writesTo, target.replace ? "wx" : "w"));
  let pending: string[] = [];
  let pendingLength = 0;
  let open = true;

  function flush(): void {
    const bytes = Buffer.from(pending.join(""));
    pending = [];
    pendingLength = 0;
    attempt(path, () => {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(fd, bytes, done);
      }
    });
  }

  function close(): void {
    open = false;
    closeSync(fd);
  }

  return {
    write(text) {
      pending.push(text);
      pendingLength += text.length;
      if (pendingLength >= BUFFERED) {
        flush();
      }
    },
    finish() {
      flush();
      if (target.mode !== undefined && fstatSync(fd).mode !== target.mode) {
        fchmodSync(fd, target.mode);
      }
      close();
      if (target.replace) {
        attempt(path, () => renameSync(temporary, target.path));
      }
    },
    discard() {
      if (open) {
        close();
      }
      if (target.replace) {
        rmSync(temporary, { force: true });
      }
    },
  };
}

interface Target {
  readonly path: string;
  /** A regular file, or nothing yet; devices and pipes are written to as they are. */
  readonly replace: boolean;
  readonly mode?: number;
}

function replaceable(path: string): Target {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    return { path, replace: true };
  }
  if (stat.isDirectory()) {
    throw new Error("it is a folder");
  }
  return stat.isFile()
    ? { path: realpathSync(path), replace: true, mode: stat.mode }
    : { path, replace: false };
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new AppError("OUTPUT_FAILED", `cannot write ${path}: ${reason(error)}`, {
      hint: "the report was not saved; give another --output, or none",
      cause: error,
    });
  }
}

function reason(error: unknown): string {
  switch (error instanceof Error && "code" in error ? error.code : undefined) {
    case "ENOSPC":
    case "EDQUOT":
      return "the disk is full";
    case "ENOENT":
      return "its folder does not exist";
    case "EACCES":
    case "EPERM":
      return "there is no permission to";
    case "EROFS":
      return "the file system is read-only";
    default:
      return errorMessage(error);
  }
}
