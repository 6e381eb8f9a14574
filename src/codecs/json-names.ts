/**
 * Which key of an object is which, without making strings of names: equal names have equal bytes, as long as none
 * is written with escapes. Where one is, and where somebody chose names whose hashes collide, the names go into
 * a `Map`, whose hashes nobody can choose.
 */

import type { JsonScanner } from "./json-scanner.ts";

export interface NameRange {
  readonly start: number;
  readonly end: number;
  readonly plain: boolean;
}

const FIRST_SLOTS = 256;
/** Slots that are tried for one name. */
const LONGEST_PROBE = 32;

export class JsonNames {
  readonly #json: JsonScanner;
  readonly #names: NameRange[] = [];
  readonly #hashes: number[] = [];
  /** Index of a name, and 1; 0 where there is none. Its length is a power of two. */
  #slots = new Int32Array(FIRST_SLOTS);
  #exact: Map<string, number> | undefined;

  constructor(json: JsonScanner) {
    this.#json = json;
  }

  get size(): number {
    return this.#names.length;
  }

  /** The index of a name: of its first occurrence, or the next one if it is new. */
  add(name: NameRange, isEscaped: boolean): number {
    if (this.#exact !== undefined || isEscaped) {
      return this.#addExactly(name);
    }
    const hash = this.#hash(name);
    const slot = this.#slot(hash, name);
    if (slot < 0) {
      return this.#addExactly(name);
    }
    const found = this.#slots[slot] ?? 0;
    if (found > 0) {
      return found - 1;
    }
    const index = this.#names.push(name) - 1;
    this.#hashes.push(hash);
    this.#slots[slot] = index + 1;
    if (this.size * 2 > this.#slots.length) {
      this.#grow();
    }
    return index;
  }

  /** FNV-1a. */
  #hash({ start, end }: NameRange): number {
    const { bytes } = this.#json;
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at += 1) {
      hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    }
    return hash ^ (hash >>> 15);
  }

  /** The slot that a name has or may have; -1 where too many others are in the way. */
  #slot(hash: number, name: NameRange): number {
    const mask = this.#slots.length - 1;
    for (let probe = 0; probe < LONGEST_PROBE; probe += 1) {
      const slot = (hash + probe) & mask;
      const found = this.#slots[slot] ?? 0;
      if (found === 0 || (this.#hashes[found - 1] === hash && this.#isSame(found - 1, name))) {
        return slot;
      }
    }
    return -1;
  }

  #isSame(index: number, { start, end }: NameRange): boolean {
    const other = this.#names[index];
    const { bytes } = this.#json;
    return (
      other !== undefined &&
      other.end - other.start === end - start &&
      bytes.compare(bytes, other.start, other.end, start, end) === 0
    );
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 4);
    const mask = this.#slots.length - 1;
    let steps = 0;
    for (const [index, hash] of this.#hashes.entries()) {
      let slot = hash & mask;
      while (this.#slots[slot] !== 0) {
        slot = (slot + 1) & mask;
        steps += 1;
      }
      this.#slots[slot] = index + 1;
      if (steps > LONGEST_PROBE * this.size) {
        this.#makeExact();
        return;
      }
    }
  }

  #makeExact(): Map<string, number> {
    this.#exact ??= new Map(this.#names.map((known, index) => [this.#text(known), index]));
    return this.#exact;
  }

  #addExactly(name: NameRange): number {
    const exact = this.#makeExact();
    const text = this.#text(name);
    const index = exact.get(text) ?? this.#names.length;
    if (index === this.#names.length) {
      this.#names.push(name);
      exact.set(text, index);
    }
    return index;
  }

  #text({ start, end, plain }: NameRange): string {
    return this.#json.value(start, end, plain);
  }
}
