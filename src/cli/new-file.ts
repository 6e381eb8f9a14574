/** Files that must not be there yet, such as keys: what is overwritten cannot be got back. */

import { closeSync, existsSync, fsyncSync, openSync, writeSync } from "node:fs";

import { AppError, errorMessage } from "../kernel/errors.ts";

/** For the owner alone, and for everybody. */
export const PRIVATE = 0o600;
export const PUBLIC = 0o644;

/** Throws `AppError` USAGE where one of them exists: asked before anything is made. */
export function refuseExisting(paths: readonly string[], hint: string): void {
  const taken = paths.find((path) => existsSync(path));
  if (taken !== undefined) {
    throw new AppError("USAGE", `${taken} is there already, and is not overwritten`, { hint });
  }
}

/** Writes a file that is not there yet, and does not return before the disk has it. Throws `AppError`. */
export function writeNewFile(path: string, text: string, mode: number): void {
  try {
    const fd = openSync(path, "wx", mode);
    try {
      writeSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw new AppError("OUTPUT_FAILED", `cannot write ${path}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}
