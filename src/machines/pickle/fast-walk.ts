/**
 * The first pass over a pickle stream: proves that it is nothing but data. It follows stack depth,
 * marks and memo exactly, keeps one byte a value, and gives up at the first opcode that looks up a
 * name, calls, or that any reader could take differently; the machine then starts over with values.
 *
 * Ten million opcodes go through this loop in a few dozen milliseconds, so its state is in locals and
 * typed arrays. Most opcodes take the path without branches that `common-opcodes.ts` explains; the
 * others leave it for one switch.
 */

/* oxlint-disable complexity, max-depth, max-lines-per-function -- one switch over the opcodes is the point */

import { ByteWindow } from "../../bytes/window.ts";
import { OP } from "../../codecs/pickle/opcodes.ts";
import type { RandomSource } from "../../kernel/source.ts";
import {
  COMMON,
  COMMON_UNORDERED,
  GROWTH_SHIFT,
  KEEP_SHIFT,
  LENGTH_SHIFT,
  PLAIN,
  RESULT_SHIFT,
} from "./common-opcodes.ts";
import type { Candidate, PlainStream } from "./plain-stream.ts";
import { maybeNested, SHORTEST_NESTED } from "./nested-candidate.ts";

const { UNSET, LITERAL, LIST, DICT, SET, TUPLE } = PLAIN;

/** References to containers through the memo before expansion has to be measured by the machine. */
const SHARED_CONTAINERS = 48;
/** Small pages: most pickles are, and each is made and cleared for them. */
const MEMO_BITS = 12;
const MEMO_PAGE = 1 << MEMO_BITS;
/** A slot further ahead than this is left to the machine. */
const FAR_SLOT = 1 << 16;
const MAX_CANDIDATES = 4096;

/**
 * Walks one stream from `start`. Gives undefined when it is not plain data in every reader's eyes.
 */
export function fastWalk(source: RandomSource, start: number): PlainStream | undefined {
  const size = source.size;
  const window = new ByteWindow(source);
  window.moveTo(start);
  let bytes = window.bytes;
  let index = 0;
  let frameEnd = Number.POSITIVE_INFINITY;
  let limit = window.length - 16;
  let kinds = new Uint8Array(1024);
  let depth = 0;
  let maxDepth = 0;
  let marks = new Int32Array(256);
  let markCount = 0;
  // The innermost mark's depth: nothing below it may be taken from the stack.
  let fence = 0;
  const memo: (Uint8Array<ArrayBuffer> | undefined)[] = [];
  let memoCount = 0;
  // Where MEMOIZE writes next: in order as long as slots are set in order, at first, and nowhere after.
  let common: Int32Array = COMMON;
  let page = new Uint8Array(0);
  let pageMask = MEMO_PAGE - 1;
  let pageEnd = 0;
  let shared = 0;
  let protocol = 0;
  let opcodes = 0;
  const candidates: Candidate[] = [];

  walk: for (;;) {
    if (index >= limit) {
      const position = window.base + index;
      if (position === frameEnd) {
        frameEnd = Number.POSITIVE_INFINITY;
      }
      if (position > frameEnd || position >= size) {
        return undefined;
      }
      if (window.base + window.length < size && window.length - index <= 16) {
        window.moveTo(position);
        bytes = window.bytes;
        index = 0;
      }
      // Near the end of the source the padding stands in for missing operands; STOP is checked below.
      const reach =
        window.base + window.length < size
          ? window.length - 16
          : Math.max(index + 1, window.length - 16);
      // An integer, though the end of a frame may be infinite: comparing it costs less.
      limit = Math.min(reach, frameEnd - window.base) | 0;
    }
    if (depth + 4 >= kinds.length) {
      const grown = new Uint8Array(kinds.length * 2);
      grown.set(kinds);
      kinds = grown;
    }
    if (memoCount >= pageEnd) {
      page = memoPage(memo, memoCount >>> MEMO_BITS);
      pageEnd = ((memoCount >>> MEMO_BITS) + 1) * MEMO_PAGE;
    }
    const room = kinds.length - 4;
    let code: number;
    for (;;) {
      code = bytes[index]!;
      const entry = common[code]!;
      const length = bytes[index + 1]! & (entry >>> LENGTH_SHIFT);
      if (entry === 0 || length >= SHORTEST_NESTED) {
        break;
      }
      opcodes += 1;
      index += (entry & 15) + length;
      depth += ((entry >>> GROWTH_SHIFT) & 3) - 2;
      if (depth <= fence) {
        return undefined;
      }
      const keep = (entry >>> KEEP_SHIFT) & 7;
      const kind = (kinds[depth - 1]! & keep) | ((entry >>> RESULT_SHIFT) & 7);
      kinds[depth - 1] = kind;
      // Where nothing is kept, this leaves the next slot as unset as it is.
      page[memoCount & pageMask] = kind & keep;
      memoCount += keep & 1;
      if (index >= limit || depth >= room || memoCount >= pageEnd) {
        continue walk;
      }
    }
    opcodes += 1;
    index += 1;
    // Where the operand of a string or bytes opcode starts and how long it is.
    let operand = -1;
    let length = 0;
    switch (code) {
      case OP.MEMOIZE:
      case OP.BINPUT:
      case OP.LONG_BINPUT: {
        let slot = memoCount;
        if (code === OP.BINPUT) {
          slot = bytes[index++]!;
        } else if (code === OP.LONG_BINPUT) {
          slot =
            bytes[index]! |
            (bytes[index + 1]! << 8) |
            (bytes[index + 2]! << 16) |
            (bytes[index + 3]! * 0x1000000);
          index += 4;
        }
        if (depth <= fence || slot < 0 || slot > memoCount + FAR_SLOT) {
          return undefined;
        }
        const target = memoPage(memo, slot >>> MEMO_BITS);
        if (target[slot & (MEMO_PAGE - 1)] !== UNSET) {
          return undefined;
        }
        if (slot !== memoCount && common === COMMON) {
          common = COMMON_UNORDERED;
          page = new Uint8Array(1);
          pageMask = 0;
          pageEnd = Number.MAX_SAFE_INTEGER;
        }
        target[slot & (MEMO_PAGE - 1)] = kinds[depth - 1]!;
        memoCount += 1;
        break;
      }
      case OP.BINGET:
      case OP.LONG_BINGET: {
        let slot: number;
        if (code === OP.BINGET) {
          slot = bytes[index++]!;
        } else {
          slot =
            bytes[index]! |
            (bytes[index + 1]! << 8) |
            (bytes[index + 2]! << 16) |
            (bytes[index + 3]! * 0x1000000);
          index += 4;
        }
        const kind = memo[slot >>> MEMO_BITS]?.[slot & (MEMO_PAGE - 1)] ?? UNSET;
        if (kind === UNSET) {
          return undefined;
        }
        if (kind !== LITERAL && ++shared > SHARED_CONTAINERS) {
          return undefined;
        }
        kinds[depth++] = kind;
        break;
      }
      case OP.SHORT_BINUNICODE:
      case OP.SHORT_BINSTRING:
      case OP.SHORT_BINBYTES:
        length = bytes[index]!;
        operand = index + 1;
        break;
      case OP.BINUNICODE:
      case OP.BINBYTES:
      case OP.BINSTRING:
        length =
          bytes[index]! |
          (bytes[index + 1]! << 8) |
          (bytes[index + 2]! << 16) |
          (bytes[index + 3]! << 24);
        if (length < 0) {
          if (code === OP.BINSTRING) {
            return undefined;
          }
          length += 0x100000000;
        }
        operand = index + 4;
        break;
      case OP.MARK:
        if (markCount === marks.length) {
          const grown = new Int32Array(marks.length * 2);
          grown.set(marks);
          marks = grown;
        }
        marks[markCount++] = depth;
        fence = depth;
        break;
      case OP.SETITEM:
        depth -= 2;
        if (depth - 1 < fence || kinds[depth - 1] !== DICT) {
          return undefined;
        }
        break;
      case OP.APPEND:
        depth -= 1;
        if (depth - 1 < fence || kinds[depth - 1] !== LIST) {
          return undefined;
        }
        break;
      case OP.SETITEMS:
      case OP.APPENDS:
      case OP.ADDITEMS:
      case OP.TUPLE:
      case OP.LIST:
      case OP.DICT:
      case OP.FROZENSET: {
        if (markCount === 0) {
          return undefined;
        }
        if (depth > maxDepth) {
          maxDepth = depth;
        }
        const pairs = depth - fence;
        depth = fence;
        markCount -= 1;
        fence = markCount > 0 ? marks[markCount - 1]! : 0;
        if (code === OP.TUPLE || code === OP.FROZENSET) {
          kinds[depth++] = TUPLE;
        } else if (code === OP.LIST) {
          kinds[depth++] = LIST;
        } else if (code === OP.DICT) {
          if (pairs % 2 !== 0) {
            return undefined;
          }
          kinds[depth++] = DICT;
        } else {
          let wanted: number = SET;
          if (code !== OP.ADDITEMS) {
            wanted = code === OP.SETITEMS ? DICT : LIST;
          }
          if (depth - 1 < fence || kinds[depth - 1] !== wanted) {
            return undefined;
          }
          if (wanted === DICT && pairs % 2 !== 0) {
            return undefined;
          }
        }
        break;
      }
      case OP.LONG1:
        length = bytes[index]!;
        index += 1 + length;
        kinds[depth++] = LITERAL;
        if (index >= limit) {
          const position = window.base + index;
          if (position > size) {
            return undefined;
          }
        }
        break;
      case OP.BINUNICODE8:
      case OP.BINBYTES8: {
        const high =
          bytes[index + 4]! | (bytes[index + 5]! << 8) | bytes[index + 6]! | bytes[index + 7]!;
        if (high > 0xffff || bytes[index + 6] !== 0 || bytes[index + 7] !== 0) {
          return undefined;
        }
        length =
          bytes[index]! +
          bytes[index + 1]! * 0x100 +
          bytes[index + 2]! * 0x10000 +
          bytes[index + 3]! * 0x1000000 +
          high * 0x100000000;
        operand = index + 8;
        break;
      }
      case OP.POP:
        if (depth <= fence) {
          return undefined;
        }
        depth -= 1;
        break;
      case OP.DUP:
        if (depth <= fence) {
          return undefined;
        }
        kinds[depth] = kinds[depth - 1]!;
        if (kinds[depth] !== LITERAL && ++shared > SHARED_CONTAINERS) {
          return undefined;
        }
        depth += 1;
        break;
      case OP.POP_MARK:
        if (markCount === 0) {
          return undefined;
        }
        depth = fence;
        markCount -= 1;
        fence = markCount > 0 ? marks[markCount - 1]! : 0;
        break;
      case OP.FRAME: {
        if (frameEnd !== Number.POSITIVE_INFINITY && window.base + index - 1 < frameEnd) {
          return undefined;
        }
        const low =
          bytes[index]! +
          bytes[index + 1]! * 0x100 +
          bytes[index + 2]! * 0x10000 +
          bytes[index + 3]! * 0x1000000;
        if ((bytes[index + 4]! | bytes[index + 5]! | bytes[index + 6]! | bytes[index + 7]!) !== 0) {
          return undefined;
        }
        index += 8;
        frameEnd = window.base + index + low;
        if (frameEnd > size) {
          return undefined;
        }
        limit = Math.min(limit, frameEnd - window.base) | 0;
        break;
      }
      case OP.PROTO:
        if (opcodes !== 1 || bytes[index]! > 5) {
          return undefined;
        }
        protocol = bytes[index++]!;
        break;
      case OP.STOP: {
        const end = window.base + index;
        if (
          depth !== 1 ||
          markCount !== 0 ||
          end > size ||
          (frameEnd < Infinity && end !== frameEnd)
        ) {
          return undefined;
        }
        return { end, opcodes, protocol, maxDepth, candidates };
      }
      default:
        // Names, calls, text opcodes with several readings, and everything that is not an opcode.
        return undefined;
    }
    if (operand !== -1) {
      kinds[depth++] = LITERAL;
      const end = operand + length;
      if (length >= SHORTEST_NESTED && operand + 4 <= window.length) {
        if (maybeNested(bytes, operand, Math.min(end, window.length))) {
          if (candidates.length >= MAX_CANDIDATES) {
            return undefined;
          }
          candidates.push({
            opcode: code,
            start: window.base + operand,
            end: window.base + end,
          });
        }
      }
      if (end <= window.length) {
        index = end;
      } else {
        const position = window.base + end;
        if (position >= size || position > frameEnd) {
          return undefined;
        }
        window.moveTo(position);
        bytes = window.bytes;
        index = 0;
        limit = 0;
      }
    }
  }
}

/** A page of the memo, made where there is none yet. */
function memoPage(
  memo: (Uint8Array<ArrayBuffer> | undefined)[],
  index: number,
): Uint8Array<ArrayBuffer> {
  return (memo[index] ??= new Uint8Array(MEMO_PAGE));
}
