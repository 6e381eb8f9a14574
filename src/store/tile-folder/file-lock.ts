/**
 * A lock between processes: SQLite's own, on a database that stays empty. The system lets go of it when its owner ends,
 * however it ends, so that no lock is ever stale and none has to be broken by guessing whether a process lives.
 *
 * File systems without locks of their own (some network mounts) are no place for a log, as they are none for SQLite.
 */

import { chmodSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

import { AppError, errorMessage } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import { sqlite } from "./sqlite.ts";

export interface LockOptions {
  /** Milliseconds after which waiting is given up. */
  readonly patience?: number;
}

const PATIENCE = 60_000;
/** Milliseconds between two attempts, at first and at last. */
const SHORTEST = 5;
const LONGEST = 50;
const BUSY = 5;

/** Writers of one process stand in line here; SQLite would have them fail. */
const queues = new Map<string, Promise<void>>();

/** Runs `work` while no other call for the same file runs, in any process. Throws `AppError` where it waits too long. */
export async function withFileLock<T>(
  path: string,
  work: () => Promise<T>,
  { patience = PATIENCE }: LockOptions = {},
): Promise<T> {
  const before = queues.get(path) ?? Promise.resolve();
  const turn = before.then(() => locked(path, work, patience));
  const settled = turn.then(
    () => undefined,
    () => undefined,
  );
  queues.set(path, settled);
  try {
    return await turn;
  } finally {
    if (queues.get(path) === settled) {
      queues.delete(path);
    }
  }
}

async function locked<T>(path: string, work: () => Promise<T>, patience: number): Promise<T> {
  const release = await acquire(path, patience);
  try {
    return await work();
  } finally {
    release();
  }
}

async function acquire(path: string, patience: number): Promise<() => void> {
  const { DatabaseSync } = sqlite();
  let delay = SHORTEST;
  for (let waited = 0; ; waited += delay, delay = Math.min(LONGEST, delay * 2)) {
    const database = openDatabase(DatabaseSync, path);
    try {
      database.exec("BEGIN EXCLUSIVE");
      return () => database.close();
    } catch (error) {
      database.close();
      if (!isBusy(error)) {
        throw new AppError("OUTPUT_FAILED", `cannot lock ${quote(path)}: ${errorMessage(error)}`, {
          hint: "the file system may have no locks; keep a log on a local disk",
          cause: error,
        });
      }
    }
    if (waited >= patience) {
      throw new AppError(
        "OUTPUT_FAILED",
        `another process has been writing to the log for ${Math.round(patience / 1000)} s`,
        { hint: "wait for it, or end it; nothing was written" },
      );
    }
    await sleep(delay);
  }
}

function openDatabase(
  Database: ReturnType<typeof sqlite>["DatabaseSync"],
  path: string,
): InstanceType<ReturnType<typeof sqlite>["DatabaseSync"]> {
  try {
    const database = new Database(path);
    chmodSync(path, 0o600);
    return database;
  } catch (error) {
    throw new AppError("OUTPUT_FAILED", `cannot open ${quote(path)}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === BUSY;
}
