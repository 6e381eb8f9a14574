/**
 * The ends of an artifact, read without fear of the end: what is not there is NaN or no match, so that a
 * signature can be checked in one expression.
 */

export class Peek {
  readonly head: Uint8Array;
  /** The last bytes; the same as `head` where that is all, and empty where nobody read them. */
  readonly tail: Uint8Array;
  readonly size: number;
  readonly #view: DataView;
  readonly #buffer: Buffer;

  constructor(head: Uint8Array, tail: Uint8Array, size: number) {
    this.head = head;
    this.tail = tail;
    this.size = size;
    this.#view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    this.#buffer = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  }

  /** Whether the head is the whole artifact. */
  get isWhole(): boolean {
    return this.head.length >= this.size;
  }

  u8(at: number): number {
    return this.head[at] ?? Number.NaN;
  }

  u16(at: number, littleEndian = true): number {
    return this.#has(at, 2) ? this.#view.getUint16(at, littleEndian) : Number.NaN;
  }

  u32(at: number, littleEndian = true): number {
    return this.#has(at, 4) ? this.#view.getUint32(at, littleEndian) : Number.NaN;
  }

  i32(at: number, littleEndian = true): number {
    return this.#has(at, 4) ? this.#view.getInt32(at, littleEndian) : Number.NaN;
  }

  f32(at: number, littleEndian = true): number {
    return this.#has(at, 4) ? this.#view.getFloat32(at, littleEndian) : Number.NaN;
  }

  /** As a number: exact up to 2^53. */
  u64(at: number, littleEndian = true): number {
    return this.#has(at, 8) ? Number(this.#view.getBigUint64(at, littleEndian)) : Number.NaN;
  }

  /** Whether Latin-1 `text` stands at `at`. */
  is(at: number, text: string): boolean {
    return startsAt(this.head, at, text);
  }

  /** Whether Latin-1 `text` stands `distance` bytes before the end; at the end without one. */
  ends(text: string, distance = text.length): boolean {
    return startsAt(this.tail, this.tail.length - distance, text);
  }

  /** Latin-1 text of `[start, end)`, cut to what is there and to 4 KiB. */
  text(start: number, end: number): string {
    return this.#buffer.toString("latin1", start, Math.min(end, start + 4096));
  }

  #has(at: number, length: number): boolean {
    return at >= 0 && at + length <= this.head.length;
  }
}

function startsAt(bytes: Uint8Array, at: number, text: string): boolean {
  if (at < 0 || at + text.length > bytes.length) {
    return false;
  }
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[at + index] !== text.charCodeAt(index)) {
      return false;
    }
  }
  return true;
}

/** Whether a number lies in a range, both ends included; false for NaN. */
export function within(value: number, low: number, high: number): boolean {
  return value >= low && value <= high;
}
