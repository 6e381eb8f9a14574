/** xxHash, 32 bits, seed 0 (xxHash fast digest algorithm, 2.1 to 2.2), which LZ4 frames are checked with. */

const PRIME1 = 0x9e3779b1;
const PRIME2 = 0x85ebca77;
const PRIME3 = 0xc2b2ae3d;
const PRIME4 = 0x27d4eb2f;
const PRIME5 = 0x165667b1;
const STRIPE = 16;

export class Xxh32 {
  #one = (PRIME1 + PRIME2) | 0;
  #two = PRIME2 | 0;
  #three = 0;
  #four = -PRIME1 | 0;
  #length = 0;
  readonly #rest = new Uint8Array(STRIPE);
  #resting = 0;

  update(bytes: Uint8Array): void {
    let at = 0;
    this.#length += bytes.length;
    if (this.#resting > 0) {
      at = Math.min(STRIPE - this.#resting, bytes.length);
      this.#rest.set(bytes.subarray(0, at), this.#resting);
      this.#resting += at;
      if (this.#resting < STRIPE) {
        return;
      }
      this.#stripes(this.#rest, 0, STRIPE);
      this.#resting = 0;
    }
    const end = bytes.length - ((bytes.length - at) % STRIPE);
    this.#stripes(bytes, at, end);
    this.#rest.set(bytes.subarray(end));
    this.#resting = bytes.length - end;
  }

  #stripes(bytes: Uint8Array, start: number, end: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let one = this.#one;
    let two = this.#two;
    let three = this.#three;
    let four = this.#four;
    for (let at = start; at < end; at += STRIPE) {
      one = round(one, view.getInt32(at, true));
      two = round(two, view.getInt32(at + 4, true));
      three = round(three, view.getInt32(at + 8, true));
      four = round(four, view.getInt32(at + 12, true));
    }
    this.#one = one;
    this.#two = two;
    this.#three = three;
    this.#four = four;
  }

  /** The hash of all that was given so far, unsigned. */
  digest(): number {
    let hash =
      this.#length < STRIPE
        ? PRIME5
        : rotate(this.#one, 1) +
          rotate(this.#two, 7) +
          rotate(this.#three, 12) +
          rotate(this.#four, 18);
    hash = (hash + this.#length) | 0;
    const view = new DataView(this.#rest.buffer, 0, this.#resting);
    let at = 0;
    for (; at + 4 <= this.#resting; at += 4) {
      hash = Math.imul(rotate(hash + Math.imul(view.getInt32(at, true), PRIME3), 17), PRIME4);
    }
    for (; at < this.#resting; at += 1) {
      hash = Math.imul(rotate(hash + Math.imul(view.getUint8(at), PRIME5), 11), PRIME1);
    }
    hash = Math.imul(hash ^ (hash >>> 15), PRIME2);
    hash = Math.imul(hash ^ (hash >>> 13), PRIME3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}

/** The hash of some bytes. */
export function xxh32(bytes: Uint8Array): number {
  const hash = new Xxh32();
  hash.update(bytes);
  return hash.digest();
}

function round(lane: number, input: number): number {
  return Math.imul(rotate((lane + Math.imul(input, PRIME2)) | 0, 13), PRIME1);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
