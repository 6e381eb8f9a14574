/**
 * SHA-256 that shares the read with the parsers: a source that hashes what passes by in order, and
 * at the end reads only what nobody asked for.
 */

import { createHash, hash } from "node:crypto";
import type { Hash } from "node:crypto";

import type { RandomSource, SourceRef } from "../kernel/source.ts";
import type { Governor } from "./governor.ts";
import { MemorySource } from "./memory-source.ts";

const WINDOW = 1024 * 1024;

/** Hexadecimal SHA-256 of bytes in memory. */
export function sha256(bytes: Uint8Array | string): string {
  return hash("sha256", bytes, "hex");
}

/** Hexadecimal SHA-1 under which git knows a file with this content (gitformat-pack: `blob`). */
export function gitBlobSha1(bytes: Uint8Array): string {
  return gitBlobHash(bytes.length).update(bytes).digest("hex");
}

function gitBlobHash(size: number): Hash {
  return createHash("sha1").update(`blob ${size}\0`);
}

/** Hashes the bytes of `inner` as they are first read in order; any other read passes through. */
export class HashingSource implements RandomSource {
  readonly access = "random";
  readonly name: string;
  readonly size: number;
  readonly ref: SourceRef;
  readonly #inner: RandomSource;
  readonly #hash: Hash = createHash("sha256");
  readonly #gitHash: Hash | undefined;
  #hashed = 0;

  /** @param asGitBlob whether the name that git has for the content is worked out as well. */
  constructor(inner: RandomSource, asGitBlob = false) {
    this.#inner = inner;
    this.#gitHash = asGitBlob ? gitBlobHash(inner.size) : undefined;
    this.name = inner.name;
    this.size = inner.size;
    this.ref = inner.ref;
  }

  readIntoSync(buffer: Uint8Array, position: number): number {
    const count = this.#inner.readIntoSync(buffer, position);
    const fresh = position + count - this.#hashed;
    if (fresh > 0 && position <= this.#hashed) {
      this.#update(buffer.subarray(count - fresh, count));
    }
    return count;
  }

  readInto(buffer: Uint8Array, position: number): Promise<number> {
    return Promise.resolve(this.readIntoSync(buffer, position));
  }

  /** Reads and hashes the rest. `onProgress` hears how many bytes are hashed so far. */
  async digest(governor: Governor, onProgress?: (bytes: number) => void): Promise<string> {
    const window = Buffer.allocUnsafe(Math.min(WINDOW, Math.max(1, this.size - this.#hashed)));
    const rest = this.#inner.passing ?? this.#inner;
    let windows = 0;
    while (this.#hashed < this.size) {
      const count = rest.readIntoSync(window, this.#hashed);
      if (count === 0) {
        break;
      }
      this.#update(window.subarray(0, count));
      windows += 1;
      if (windows % 32 === 0) {
        onProgress?.(this.#hashed);
        // Lets signals and timers in; the loop itself never waits.
        await new Promise(setImmediate);
        governor.checkAborted();
      }
    }
    return this.#hash.digest("hex");
  }

  /** As `gitBlobSha1`, once `digest` has ended; nothing where it was not asked for. */
  gitBlob(): string | undefined {
    return this.#gitHash?.copy().digest("hex");
  }

  #update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#gitHash?.update(bytes);
    this.#hashed += bytes.length;
  }
}

/** Hexadecimal SHA-256 of a whole source. */
export async function digestOf(source: RandomSource, governor: Governor): Promise<string> {
  return source instanceof MemorySource
    ? sha256(source.bytes)
    : await new HashingSource(source).digest(governor);
}
