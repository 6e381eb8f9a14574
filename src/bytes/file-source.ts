/**
 * Local files. The one place below the adapters that touches `node:fs`: files to scan, scratch files
 * for decompressed content too large for memory, and the data files that ship with the program.
 */

import { closeSync, fstatSync, openSync, readFileSync, readSync, rmSync, writeSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { AppError, errorMessage } from "../kernel/errors.ts";
import type { RandomSource, SourceRef } from "../kernel/source.ts";

export class FileSource implements RandomSource {
  readonly access = "random";
  readonly name: string;
  readonly size: number;
  readonly ref: SourceRef;
  readonly #fd: number;
  readonly #opened: { readonly mtime: bigint; readonly ctime: bigint; readonly size: bigint };

  constructor(fd: number, path: string, name: string) {
    const stat = fstatSync(fd, { bigint: true });
    this.#fd = fd;
    this.#opened = { mtime: stat.mtimeNs, ctime: stat.ctimeNs, size: stat.size };
    this.size = Number(stat.size);
    this.name = name;
    this.ref = { kind: "file", path };
  }

  readIntoSync(buffer: Uint8Array, position: number): number {
    let done = 0;
    while (done < buffer.length) {
      const count = readSync(this.#fd, buffer, done, buffer.length - done, position + done);
      if (count === 0) {
        break;
      }
      done += count;
    }
    return done;
  }

  readInto(buffer: Uint8Array, position: number): Promise<number> {
    return Promise.resolve(this.readIntoSync(buffer, position));
  }

  /** Whether somebody wrote to the file since it was opened: what was read may be neither version. */
  changed(): boolean {
    const stat = fstatSync(this.#fd, { bigint: true });
    return (
      stat.mtimeNs !== this.#opened.mtime ||
      stat.ctimeNs !== this.#opened.ctime ||
      stat.size !== this.#opened.size
    );
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/**
 * Opens a local file for reading. Throws `AppError` with a sentence for the user.
 *
 * @param path as the operating system takes it; bytes where the name is not UTF-8.
 * @param name what messages and locators call it.
 */
export function openFile(path: string | Uint8Array, name: string): FileSource {
  let fd: number;
  try {
    // Buffer paths reach names that are not UTF-8.
    fd = openSync(typeof path === "string" ? path : Buffer.from(path), "r");
  } catch (error) {
    throw openError(error, name);
  }
  return new FileSource(fd, typeof path === "string" ? path : name, name);
}

function openError(error: unknown, name: string): AppError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return new AppError("SOURCE_NOT_FOUND", `${name}: no such file or folder`, { cause: error });
    case "EACCES":
    case "EPERM":
      return new AppError("SOURCE_FORBIDDEN", `${name}: no permission to read it`, {
        hint: "run as a user who may read it, or change its mode",
        cause: error,
      });
    case "ELOOP":
      return new AppError("SOURCE_LOOP", `${name}: its links lead in a circle`, { cause: error });
    default:
      return new AppError("SOURCE_UNREADABLE", `${name}: ${errorMessage(error)}`, { cause: error });
  }
}

/** A file that only this process sees and that is gone when it is closed. */
export interface ScratchFile extends RandomSource {
  append(chunk: Uint8Array): void;
  close(): void;
}

class UnlinkedFile implements ScratchFile {
  readonly access = "random";
  readonly name: string;
  readonly ref: SourceRef;
  readonly #fd: number;
  #size = 0;

  constructor(name: string) {
    const path = join(tmpdir(), `weighbridge-${randomUUID()}`);
    this.#fd = openSync(path, "wx+", 0o600);
    this.name = name;
    this.ref = { kind: "memory", name };
    try {
      // Unlinked at once: whatever ends this process, nothing stays behind.
      rmSync(path);
    } catch {
      // Windows refuses; the system's temporary folder is cleaned by its owner there.
    }
  }

  get size(): number {
    return this.#size;
  }

  append(chunk: Uint8Array): void {
    let done = 0;
    while (done < chunk.length) {
      try {
        done += writeSync(this.#fd, chunk, done, chunk.length - done, this.#size + done);
      } catch (error) {
        throw new AppError("SCRATCH_FULL", `cannot write to ${tmpdir()}: ${errorMessage(error)}`, {
          hint: "free some space there, or point TMPDIR to a larger disk",
          cause: error,
        });
      }
    }
    this.#size += chunk.length;
  }

  readIntoSync(buffer: Uint8Array, position: number): number {
    let done = 0;
    while (done < buffer.length) {
      const count = readSync(this.#fd, buffer, done, buffer.length - done, position + done);
      if (count === 0) {
        break;
      }
      done += count;
    }
    return done;
  }

  readInto(buffer: Uint8Array, position: number): Promise<number> {
    return Promise.resolve(this.readIntoSync(buffer, position));
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Creates an empty scratch file in the system's temporary folder. */
export function createScratchFile(name: string): ScratchFile {
  return new UnlinkedFile(name);
}

// `src/bytes`, `dist/bytes` and the bundle's `dist/cli` all lie two folders below the package.
const ASSETS = new URL("../../assets/", import.meta.url);

const assets = new Map<string, unknown>();

/** One of the JSON files in `assets/`, which ship with the program and are trusted; read once a process. */
export function readAsset(path: string): unknown {
  let asset = assets.get(path);
  if (asset === undefined) {
    asset = JSON.parse(readFileSync(new URL(path, ASSETS), "utf8"));
    assets.set(path, asset);
  }
  return asset;
}

/** A file of a package that we depend on, such as `package/dist/code.wasm`. */
export function readPackageFile(specifier: string): Buffer {
  return readFileSync(createRequire(import.meta.url).resolve(specifier));
}
