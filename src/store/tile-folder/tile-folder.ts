/**
 * A log in a folder, as any web server can serve it. Files are written beside their place, flushed, and renamed into
 * it; folders are flushed too, without which a crash forgets names. What is private lies in `.state`, for the owner
 * alone; nobody writes without the lock in it.
 */

import { chmodSync, mkdirSync, statSync } from "node:fs";
import { open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";

import { AppError, errorMessage } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import type { TileStorage } from "../../kernel/tile-storage.ts";
import { withFileLock } from "./file-lock.ts";
import type { LockOptions } from "./file-lock.ts";

const STATE = ".state";
/** Folders of a log are nested by three digits of a number. */
const DEEPEST = 10;

const PUBLIC = { file: 0o644, folder: 0o755 } as const;
const PRIVATE = { file: 0o600, folder: 0o700 } as const;

type Modes = typeof PUBLIC | typeof PRIVATE;

/** Opens a folder as a log's storage. `create` makes it where it is not there. Throws `AppError` otherwise. */
export function tileFolder(
  folder: string,
  { create = false, lock = {} }: { create?: boolean; lock?: LockOptions } = {},
): TileStorage {
  if (create) {
    mkdirSync(folder, { recursive: true, mode: PUBLIC.folder });
  }
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new AppError("SOURCE_NOT_FOUND", `there is no folder ${quote(folder)}`);
  }
  const state = join(folder, STATE);
  const { put, sync, discard } = durably(folder);
  return {
    name: folder,
    read: async (path) => await readOr(folder, path),
    write: async (path, bytes) => await put(path, bytes, PUBLIC),
    sync,
    async replace(path, bytes) {
      await put(path, bytes, PUBLIC);
      await sync();
    },
    discard,
    list: () => listBelow(folder, "", 0),
    secrets: {
      read: async (name) => await readOr(folder, `${STATE}/${name}`),
      async replace(name, bytes) {
        await put(`${STATE}/${name}`, bytes, PRIVATE);
        await sync();
      },
    },
    async exclusively(work) {
      makePrivateFolder(state, folder);
      return await withFileLock(join(state, "lock"), work, lock);
    },
  };
}

interface Durably {
  put(this: void, path: string, bytes: Uint8Array, modes: Modes): Promise<void>;
  sync(this: void): Promise<void>;
  discard(this: void, path: string): Promise<void>;
}

/** Writes below a folder, and knows which folders have to be flushed for it. */
function durably(folder: string): Durably {
  const touched = new Set<string>();
  return {
    async put(path, bytes, modes) {
      try {
        await writeBeside(join(folder, path), bytes, modes);
      } catch (error) {
        throw asAppError(`write ${path} in`, folder, error);
      }
      for (let at = dirname(path); at !== "."; at = dirname(at)) {
        touched.add(at);
      }
      touched.add(".");
    },
    async sync() {
      for (const path of touched) {
        await flushFolder(join(folder, path));
      }
      touched.clear();
    },
    async discard(path) {
      await removeFolder(folder, path);
      for (const each of touched) {
        if (each === path || each.startsWith(`${path}/`)) {
          touched.delete(each);
        }
      }
    },
  };
}

async function writeBeside(path: string, bytes: Uint8Array, modes: Modes): Promise<void> {
  const parent = dirname(path);
  // One writer at a time: the name need not be new, and what a crash left is written over.
  const temporary = join(parent, ".new");
  mkdirSync(parent, { recursive: true, mode: modes.folder });
  const handle = await open(temporary, "w", modes.file);
  try {
    await handle.chmod(modes.file);
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
}

async function removeFolder(folder: string, path: string): Promise<void> {
  try {
    await rm(join(folder, path), { recursive: true, force: true });
  } catch (error) {
    throw asAppError(`remove ${path} in`, folder, error);
  }
}

function makePrivateFolder(state: string, folder: string): void {
  try {
    mkdirSync(state, { recursive: true, mode: PRIVATE.folder });
    chmodSync(state, PRIVATE.folder);
  } catch (error) {
    throw asAppError("write to", folder, error);
  }
}

async function flushFolder(path: string): Promise<void> {
  // Windows keeps names by itself, and opens no folders.
  if (process.platform === "win32") {
    return;
  }
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readOr(folder: string, path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(join(folder, path));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") {
      return undefined;
    }
    throw asAppError(`read ${path} in`, folder, error);
  }
}

/** Names that begin with a dot are ours or half-written. */
async function* listBelow(
  folder: string,
  path: string,
  depth: number,
): AsyncGenerator<string, void, void> {
  for (const entry of await readdir(join(folder, path), { withFileTypes: true })) {
    const below = path === "" ? entry.name : `${path}/${entry.name}`;
    if (entry.name.startsWith(".")) {
      continue;
    }
    if (entry.isDirectory() && depth < DEEPEST) {
      yield* listBelow(folder, below, depth + 1);
    } else {
      yield below;
    }
  }
}

function asAppError(what: string, folder: string, error: unknown): AppError {
  const why =
    error instanceof Error && "code" in error && error.code === "ENOSPC"
      ? "the disk is full"
      : errorMessage(error);
  return new AppError("OUTPUT_FAILED", `cannot ${what} ${quote(folder)}: ${why}`, { cause: error });
}
