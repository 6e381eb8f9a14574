/**
 * The filters that may follow LZMA2 in .xz files (.xz file format 1.2.1, 5.3): delta, and the one for
 * x86 machine code. Those for other processors are not decoded; models have no use for them.
 */

/* oxlint-disable typescript/no-non-null-assertion -- the loops stay inside of the arrays */

/** Undoes a filter on a stream of bytes. */
export interface Filter {
  /** Gives what is ready, in an array of its own or that it was given. Valid until the next call. */
  update(bytes: Uint8Array): Uint8Array;
  /** Gives what was held back. */
  finish(): Uint8Array;
}

const DELTA = 0x03;
const X86 = 0x04;

/** Undefined for filters that are not decoded, or properties that do not fit. */
export function createFilter(id: number, properties: Uint8Array): Filter | undefined {
  if (id === DELTA && properties.length === 1) {
    return createDelta((properties[0] ?? 0) + 1);
  }
  if (id === X86 && (properties.length === 0 || properties.length === 4)) {
    const view = new DataView(properties.buffer, properties.byteOffset);
    return new X86Filter(properties.length === 4 ? view.getUint32(0, true) : 0);
  }
  return undefined;
}

function createDelta(distance: number): Filter {
  const history = new Uint8Array(distance);
  let place = 0;
  return {
    update(bytes) {
      const out = new Uint8Array(bytes.length);
      for (let at = 0; at < bytes.length; at += 1) {
        const value = bytes[at]! + history[place]!;
        out[at] = value;
        history[place] = value;
        place = place + 1 === distance ? 0 : place + 1;
      }
      return out;
    },
    finish: () => new Uint8Array(0),
  };
}

/** How many of the marks in a mask count, and which masks forbid a conversion. */
const MARKS = Uint8Array.of(0, 1, 2, 2, 3, 3, 3, 3);
const ALLOWED = [true, true, true, false, true, false, false, false];
/** Two are enough; the reference has no bound. */
const MAX_ROUNDS = 8;
/** An opcode and its operand. */
const INSTRUCTION = 5;

/**
 * Calls and jumps (`E8`, `E9`) have absolute targets in filtered code. `#mask` marks which of the last
 * three bytes looked like an opcode, since the operand of one may contain another.
 */
class X86Filter implements Filter {
  #held = new Uint8Array(0);
  /** Address of the first byte that is held. */
  #address: number;
  /** Bytes since the last opcode. */
  #since = INSTRUCTION;
  #mask = 0;

  constructor(address: number) {
    this.#address = address;
  }

  update(bytes: Uint8Array): Uint8Array {
    const data = new Uint8Array(this.#held.length + bytes.length);
    data.set(this.#held);
    data.set(bytes, this.#held.length);
    const done = this.#convert(data);
    this.#held = data.slice(done);
    this.#address += done;
    return data.subarray(0, done);
  }

  finish(): Uint8Array {
    return this.#held;
  }

  /** Converts in place. Gives how many bytes are final. */
  #convert(data: Uint8Array): number {
    const view = new DataView(data.buffer);
    let at = 0;
    let last = -this.#since;
    while (at + INSTRUCTION <= data.length) {
      if ((data[at]! & 0xfe) !== 0xe8) {
        at += 1;
        continue;
      }
      const distance = at - last;
      this.#mask = distance > 3 ? 0 : (this.#mask << (distance - 1)) & 7;
      last = at;
      if (this.#mask !== 0) {
        const byte = data[at + 4 - MARKS[this.#mask]!]!;
        if (!ALLOWED[this.#mask]! || isFill(byte)) {
          this.#mask = (this.#mask << 1) | 1;
          at += 1;
          continue;
        }
      }
      if (isFill(data[at + 4]!)) {
        const target = this.#relative(view.getUint32(at + 1, true), at);
        view.setUint32(at + 1, target, true);
        at += INSTRUCTION;
      } else {
        this.#mask = (this.#mask << 1) | 1;
        at += 1;
      }
    }
    this.#since = at - last;
    return at;
  }

  /** The relative target, whose upper eight bits repeat the one below them. */
  #relative(absolute: number, at: number): number {
    const next = this.#address + at + INSTRUCTION;
    const bits = MARKS[this.#mask]! * 8;
    let target = (absolute - next) | 0;
    for (let round = 0; round < MAX_ROUNDS && this.#mask !== 0; round += 1) {
      if (!isFill((target >>> (24 - bits)) & 0xff)) {
        break;
      }
      target = ((target ^ (2 ** (32 - bits) - 1)) - next) | 0;
    }
    return (target << 7) >> 7;
  }
}

function isFill(byte: number): boolean {
  return byte === 0x00 || byte === 0xff;
}
