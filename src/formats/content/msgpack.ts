/**
 * MessagePack, as Flax writes parameters: a map with names as keys. There is no magic number, so everything within
 * sight has to be well-formed and several names have to be readable.
 */

import { likely } from "./content-kind.ts";
import type { ContentKind } from "./content-kind.ts";
import type { Peek } from "./peek.ts";

/** Readable characters in names that no accident gives. */
const ENOUGH = 12;
const MAX_VALUES = 512;

export function identifyMessagePack(file: Peek): ContentKind | undefined {
  const first = file.u8(0);
  if (!(first > 0x80 && first <= 0x8f) && first !== 0xde && first !== 0xdf) {
    return undefined;
  }
  let at = 0;
  let readable = 0;
  for (let count = 0; count < MAX_VALUES && at < file.head.length; count += 1) {
    const value = measure(file, at);
    if (value === undefined || at + value.length > file.size) {
      return undefined;
    }
    if (value.isText) {
      const text = file.text(at + value.header, at + value.length);
      if (!/^[\x20-\x7e]*$/.test(text)) {
        return undefined;
      }
      readable += text.length;
    } else if (count === 1) {
      // The first key is a name.
      return undefined;
    }
    at += value.length;
  }
  return readable >= ENOUGH
    ? likely("msgpack", "MessagePack, such as parameters of Flax", "model")
    : undefined;
}

interface Measured {
  /** Bytes up to the next value: containers end after their count. */
  readonly length: number;
  readonly header: number;
  readonly isText: boolean;
}

function plain(length: number): Measured {
  return { length, header: length, isText: false };
}

function text(header: number, length: number): Measured {
  return { length: header + length, header, isText: true };
}

function measure(file: Peek, at: number): Measured | undefined {
  const type = file.u8(at);
  if (type < 0xa0 || type >= 0xe0) {
    return plain(1);
  }
  if (type < 0xc0) {
    return text(1, type - 0xa0);
  }
  switch (type) {
    case 0xc1:
      return undefined;
    case 0xc4:
    case 0xc5:
    case 0xc6: {
      const width = 2 ** (type - 0xc4);
      return plain(1 + width + length(file, at + 1, width));
    }
    case 0xc7:
    case 0xc8:
    case 0xc9: {
      const width = 2 ** (type - 0xc7);
      return plain(2 + width + length(file, at + 1, width));
    }
    case 0xd9:
    case 0xda:
    case 0xdb: {
      const width = 2 ** (type - 0xd9);
      return text(1 + width, length(file, at + 1, width));
    }
    default:
      return plain(FIXED[type] ?? 1);
  }
}

/** Sizes, type byte included, of numbers, fixed extensions and counts of arrays and maps. */
const FIXED: Readonly<Record<number, number>> = {
  0xca: 5,
  0xcb: 9,
  0xcc: 2,
  0xcd: 3,
  0xce: 5,
  0xcf: 9,
  0xd0: 2,
  0xd1: 3,
  0xd2: 5,
  0xd3: 9,
  0xd4: 3,
  0xd5: 4,
  0xd6: 6,
  0xd7: 10,
  0xd8: 18,
  0xdc: 3,
  0xdd: 5,
  0xde: 3,
  0xdf: 5,
};

function length(file: Peek, at: number, width: number): number {
  if (width === 1) {
    return file.u8(at);
  }
  return width === 2 ? file.u16(at, false) : file.u32(at, false);
}
