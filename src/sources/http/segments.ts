/**
 * The parts of a remote file that were fetched, so that none is fetched twice and what was judged is what is
 * hashed: in memory up to 16 MiB, beyond in a scratch file.
 */

import { createScratchFile } from "../../bytes/file-source.ts";
import type { ScratchFile } from "../../bytes/file-source.ts";

const IN_MEMORY = 16 * 1024 * 1024;

interface Segment {
  readonly start: number;
  readonly end: number;
  readonly bytes?: Uint8Array;
  /** Where it begins in the scratch file. */
  readonly at: number;
}

export class Segments {
  readonly #name: string;
  /** Sorted, without overlap. */
  readonly #list: Segment[] = [];
  #held = 0;
  #scratch: ScratchFile | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /** Keeps what of `bytes`, which lie at `start`, is not kept yet. */
  add(start: number, bytes: Uint8Array): void {
    let at = start;
    const end = start + bytes.length;
    while (at < end) {
      const index = this.#indexAt(at);
      const covering = this.#list[index];
      if (covering !== undefined && covering.start <= at) {
        at = covering.end;
        continue;
      }
      const stop = Math.min(end, covering?.start ?? end);
      this.#list.splice(index, 0, this.#keep(at, stop, bytes.subarray(at - start, stop - start)));
      at = stop;
    }
  }

  /** Copies what is kept from `position` on without a gap, and gives how much that is. */
  copy(buffer: Uint8Array, position: number): number {
    let done = 0;
    for (let index = this.#indexAt(position); done < buffer.length; index += 1) {
      const segment = this.#list[index];
      const at = position + done;
      if (segment === undefined || segment.start > at) {
        break;
      }
      const count = Math.min(segment.end - at, buffer.length - done);
      const from = at - segment.start;
      if (segment.bytes !== undefined) {
        buffer.set(segment.bytes.subarray(from, from + count), done);
      } else {
        this.#scratch?.readIntoSync(buffer.subarray(done, done + count), segment.at + from);
      }
      done += count;
    }
    return done;
  }

  /** Where the next kept part at or after `position` starts; nothing where there is none. */
  next(position: number): number | undefined {
    const segment = this.#list[this.#indexAt(position)];
    return segment === undefined ? undefined : Math.max(position, segment.start);
  }

  close(): void {
    this.#scratch?.close();
    this.#scratch = undefined;
    this.#list.length = 0;
  }

  #keep(start: number, end: number, bytes: Uint8Array): Segment {
    if (this.#held + bytes.length <= IN_MEMORY) {
      this.#held += bytes.length;
      return { start, end, bytes: Uint8Array.from(bytes), at: 0 };
    }
    this.#scratch ??= createScratchFile(this.#name);
    const at = this.#scratch.size;
    this.#scratch.append(bytes);
    return { start, end, at };
  }

  /** Index of the first segment that ends after `position`. */
  #indexAt(position: number): number {
    let low = 0;
    let high = this.#list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#list[middle]?.end ?? 0) > position) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
