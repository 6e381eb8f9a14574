/**
 * The first pass over a pickle stream: proves that it is nothing but data. It follows stack depth,
 * marks and memo exactly, keeps one byte a value, and gives up at the first opcode that looks up a
 * name, calls, or that any reader could take differently; the machine then starts over with values.
 *
 * Ten million opcodes go through this loop in a few dozen milliseconds, so it is one switch over
 * typed arrays with its state in locals, ordered by how often opcodes occur.
 */

/* oxlint-disable complexity, max-depth, max-lines-per-function -- one switch over the opcodes is the point */

import { ByteWindow } from "../../bytes/window.ts";
import { OP } from "../../codecs/pickle/opcodes.ts";
import type { RandomSource } from "../../kernel/source.ts";
import type { Candidate, PlainStream } from "./plain-stream.ts";
import { maybeNested, SHORTEST_NESTED } from "./nested-candidate.ts";

const UNSET = 0;
const LITERAL = 1;
const LIST = 2;
const DICT = 3;
const SET = 4;
const TUPLE = 5;

/** References to containers through the memo before expansion has to be measured by the machine. */
const SHARED_CONTAINERS = 48;
const MEMO_PAGE = 1 << 16;
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
  const memo: (Uint8Array | undefined)[] = [];
  let memoCount = 0;
  let shared = 0;
  let protocol = 0;
  let opcodes = 0;
  const candidates: Candidate[] = [];

  for (;;) {
    if (index >= limit) {
      const position = window.base + index;
      if (position === frameEnd) {
        frameEnd = Number.POSITIVE_INFINITY;
      }
      if (position > frameEnd || position >= size) {
        return undefined;
      }
      if (window.base + window.length < size && window.length - index < 16) {
        window.moveTo(position);
        bytes = window.bytes;
        index = 0;
      }
      // Near the end of the source the padding stands in for missing operands; STOP is checked below.
      const reach =
        window.base + window.length < size
          ? window.length - 16
          : Math.max(index + 1, window.length - 16);
      limit = Math.min(reach, frameEnd - window.base);
    }
    if (depth + 4 >= kinds.length) {
      const grown = new Uint8Array(kinds.length * 2);
      grown.set(kinds);
      kinds = grown;
    }
    opcodes += 1;
    const code = bytes[index++]!;
    // Where the operand of a string or bytes opcode starts and how long it is.
    let operand = -1;
    let length = 0;
    switch (code) {
      case OP.BININT1:
        index += 1;
        kinds[depth++] = LITERAL;
        break;
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
        if (depth <= fence || slot < 0 || slot > memoCount + MEMO_PAGE) {
          return undefined;
        }
        const pageIndex = slot >>> 16;
        let page = memo[pageIndex];
        if (page === undefined) {
          page = new Uint8Array(MEMO_PAGE);
          memo[pageIndex] = page;
        }
        if (page[slot & 0xffff] === UNSET) {
          memoCount += 1;
        } else {
          return undefined;
        }
        page[slot & 0xffff] = kinds[depth - 1]!;
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
        const kind = memo[slot >>> 16]?.[slot & 0xffff] ?? UNSET;
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
      case OP.NONE:
      case OP.NEWTRUE:
      case OP.NEWFALSE:
        kinds[depth++] = LITERAL;
        break;
      case OP.BININT2:
        index += 2;
        kinds[depth++] = LITERAL;
        break;
      case OP.BININT:
        index += 4;
        kinds[depth++] = LITERAL;
        break;
      case OP.BINFLOAT:
        index += 8;
        kinds[depth++] = LITERAL;
        break;
      case OP.EMPTY_TUPLE:
        kinds[depth++] = TUPLE;
        break;
      case OP.TUPLE1:
        if (depth - 1 < fence) {
          return undefined;
        }
        kinds[depth - 1] = TUPLE;
        break;
      case OP.TUPLE2:
        depth -= 1;
        if (depth - 1 < fence) {
          return undefined;
        }
        kinds[depth - 1] = TUPLE;
        break;
      case OP.TUPLE3:
        depth -= 2;
        if (depth - 1 < fence) {
          return undefined;
        }
        kinds[depth - 1] = TUPLE;
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
      case OP.EMPTY_DICT:
        kinds[depth++] = DICT;
        break;
      case OP.EMPTY_LIST:
        kinds[depth++] = LIST;
        break;
      case OP.EMPTY_SET:
        kinds[depth++] = SET;
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
          let wanted = SET;
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
        limit = Math.min(limit, frameEnd - window.base);
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
