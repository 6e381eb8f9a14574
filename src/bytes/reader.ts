/**
 * A bounded cursor over bytes in memory. Reading past the end gives zeros and sets `overrun`, so
 * that a parser can read a fixed structure and check once.
 */

export class Reader {
  readonly bytes: Uint8Array;
  readonly end: number;
  position: number;
  overrun = false;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, position = 0, end = bytes.length) {
    this.bytes = bytes;
    this.position = position;
    this.end = Math.min(end, bytes.length);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.end - this.position;
  }

  u8(): number {
    return this.#has(1) ? this.#view.getUint8(this.#advance(1)) : 0;
  }

  u16(littleEndian = true): number {
    return this.#has(2) ? this.#view.getUint16(this.#advance(2), littleEndian) : 0;
  }

  u32(littleEndian = true): number {
    return this.#has(4) ? this.#view.getUint32(this.#advance(4), littleEndian) : 0;
  }

  i32(littleEndian = true): number {
    return this.#has(4) ? this.#view.getInt32(this.#advance(4), littleEndian) : 0;
  }

  /** Unsigned 64-bit as a number: exact up to 2^53, and never below 2^53 for larger values. */
  u64(littleEndian = true): number {
    return this.#has(8) ? Number(this.#view.getBigUint64(this.#advance(8), littleEndian)) : 0;
  }

  take(length: number): Uint8Array {
    if (!this.#has(length)) {
      return this.bytes.subarray(0, 0);
    }
    const start = this.#advance(length);
    return this.bytes.subarray(start, start + length);
  }

  skip(length: number): void {
    if (this.#has(length)) {
      this.position += length;
    }
  }

  #has(length: number): boolean {
    if (length < 0 || this.position + length > this.end) {
      this.overrun = true;
      this.position = this.end;
      return false;
    }
    return true;
  }

  #advance(length: number): number {
    const at = this.position;
    this.position += length;
    return at;
  }
}
