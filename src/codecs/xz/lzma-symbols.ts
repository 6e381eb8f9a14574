/**
 * The loop of the LZMA decoder: literals and matches, bit by bit (LZMA specification, 9.20).
 *
 * A range decoder has nothing that could run side by side, so what counts is that its state stays in
 * registers. That is why the same six lines are written out for every kind of bit: calls for them cost
 * a third of the speed.
 */

/* oxlint-disable max-lines-per-function, complexity, max-depth -- see above */
/* oxlint-disable typescript/no-non-null-assertion -- indices come from bounded bit counts */

import {
  AFTER_MATCH,
  ALIGN,
  HIGH,
  IS_MATCH,
  IS_REP,
  IS_REP0,
  IS_REP0_LONG,
  LITERAL,
  LITERAL_SIZE,
  LOOKAHEAD,
  LOW,
  MATCH_LENGTH,
  MID,
  ONE,
  REP_LENGTH,
  SHIFT,
  SLOT,
  SPECIAL,
  STATES,
  TOP,
} from "./lzma-state.ts";
import type { LzmaState, LzmaStop } from "./lzma-state.ts";

const AFTER_LITERAL = Uint8Array.of(0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 4, 5);
/** The end marker's distance, 0xffffffff, as a signed integer. */
const END_MARKER = -1;
/** Places of the trees of a length coder, by its choice. */
const LENGTH_TREES = Uint16Array.of(LOW, MID, HIGH);
/** From here on a call that moves memory is faster than a loop. */
const LONG = 48;

/** Decodes symbols until the window is written up to `limit`. */
export function decodeSymbols(lzma: LzmaState, limit: number): LzmaStop {
  const { input, end, window, round, probabilities } = lzma;
  const { literalContext, literalMask, positionMask } = lzma;
  const literalShift = 8 - literalContext;
  const lastStart = lzma.final ? end : end - LOOKAHEAD;
  let { position, at, state, rep0, rep1, rep2, rep3 } = lzma;
  let range = lzma.range >>> 0;
  let code = lzma.code >>> 0;
  let previous = at > 0 || round ? window[(at > 0 ? at : window.length) - 1]! : 0;
  let pending = 0;
  let stop: LzmaStop = "full";
  while (at < limit) {
    if (position > lastStart) {
      stop = "input";
      break;
    }
    const positionState = at & positionMask;
    let index = IS_MATCH + (state << 4) + positionState;
    let probability = probabilities[index]!;
    if (range < TOP) {
      range = (range << 8) >>> 0;
      code = ((code << 8) | input[position++]!) >>> 0;
    }
    let bound = Math.imul(range >>> 11, probability) >>> 0;
    if (code < bound) {
      range = bound;
      probabilities[index] = probability + ((ONE - probability) >>> SHIFT);
      const context = ((at & literalMask) << literalContext) + (previous >>> literalShift);
      const base = LITERAL + LITERAL_SIZE * context;
      let symbol = 1;
      if (state >= AFTER_MATCH) {
        // The byte that would have continued the match says something about this one.
        const place = at - rep0 - 1;
        let matched = window[place < 0 ? place + window.length : place]!;
        let offset = 0x100;
        do {
          matched <<= 1;
          const hint = matched & offset;
          index = base + offset + hint + symbol;
          probability = probabilities[index]!;
          if (range < TOP) {
            range = (range << 8) >>> 0;
            code = ((code << 8) | input[position++]!) >>> 0;
          }
          bound = Math.imul(range >>> 11, probability) >>> 0;
          if (code < bound) {
            range = bound;
            probabilities[index] = probability + ((ONE - probability) >>> SHIFT);
            symbol <<= 1;
            offset &= ~hint;
          } else {
            range = (range - bound) >>> 0;
            code = (code - bound) >>> 0;
            probabilities[index] = probability - (probability >>> SHIFT);
            symbol = (symbol << 1) | 1;
            offset &= hint;
          }
        } while (symbol < 0x100);
      } else {
        do {
          index = base + symbol;
          probability = probabilities[index]!;
          if (range < TOP) {
            range = (range << 8) >>> 0;
            code = ((code << 8) | input[position++]!) >>> 0;
          }
          bound = Math.imul(range >>> 11, probability) >>> 0;
          if (code < bound) {
            range = bound;
            probabilities[index] = probability + ((ONE - probability) >>> SHIFT);
            symbol <<= 1;
          } else {
            range = (range - bound) >>> 0;
            code = (code - bound) >>> 0;
            probabilities[index] = probability - (probability >>> SHIFT);
            symbol = (symbol << 1) | 1;
          }
        } while (symbol < 0x100);
      }
      if (position > end) {
        stop = "overrun";
        break;
      }
      previous = symbol & 0xff;
      window[at++] = previous;
      state = AFTER_LITERAL[state]!;
      continue;
    }
    range = (range - bound) >>> 0;
    code = (code - bound) >>> 0;
    probabilities[index] = probability - (probability >>> SHIFT);

    // A match: at a new distance, or at one of the last four.
    let length = 0;
    let lengthBase = MATCH_LENGTH;
    index = IS_REP + state;
    probability = probabilities[index]!;
    if (range < TOP) {
      range = (range << 8) >>> 0;
      code = ((code << 8) | input[position++]!) >>> 0;
    }
    bound = Math.imul(range >>> 11, probability) >>> 0;
    if (code < bound) {
      range = bound;
      probabilities[index] = probability + ((ONE - probability) >>> SHIFT);
      rep3 = rep2;
      rep2 = rep1;
      rep1 = rep0;
      state = state < AFTER_MATCH ? 7 : 10;
    } else {
      range = (range - bound) >>> 0;
      code = (code - bound) >>> 0;
      probabilities[index] = probability - (probability >>> SHIFT);
      lengthBase = REP_LENGTH;
      let which = 0;
      for (; which < 3; which += 1) {
        index = IS_REP0 + which * STATES + state;
        probability = probabilities[index]!;
        if (range < TOP) {
          range = (range << 8) >>> 0;
          code = ((code << 8) | input[position++]!) >>> 0;
        }
        bound = Math.imul(range >>> 11, probability) >>> 0;
        if (code < bound) {
          range = bound;
          probabilities[index] = probability + ((ONE - probability) >>> SHIFT);
          break;
        }
        range = (range - bound) >>> 0;
        code = (code - bound) >>> 0;
        probabilities[index] = probability - (probability >>> SHIFT);
      }
      if (which === 0) {
        index = IS_REP0_LONG + (state << 4) + positionState;
        probability = probabilities[index]!;
        if (range < TOP) {
          range = (range << 8) >>> 0;
          code = ((code << 8) | input[position++]!) >>> 0;
        }
        bound = Math.imul(range >>> 11, probability) >>> 0;
        if (code < bound) {
          range = bound;
          probabilities[index] = probability + ((ONE - probability) >>> SHIFT);
          length = 1;
        } else {
          range = (range - bound) >>> 0;
          code = (code - bound) >>> 0;
          probabilities[index] = probability - (probability >>> SHIFT);
        }
      } else {
        let distance = rep1;
        if (which > 1) {
          distance = which === 2 ? rep2 : rep3;
          rep3 = which === 2 ? rep3 : rep2;
          rep2 = rep1;
        }
        rep1 = rep0;
        rep0 = distance;
      }
      state = state < AFTER_MATCH ? 8 + length : 11;
    }

    if (length === 0) {
      let choice = 0;
      for (; choice < 2; choice += 1) {
        index = lengthBase + choice;
        probability = probabilities[index]!;
        if (range < TOP) {
          range = (range << 8) >>> 0;
          code = ((code << 8) | input[position++]!) >>> 0;
        }
        bound = Math.imul(range >>> 11, probability) >>> 0;
        if (code < bound) {
          range = bound;
          probabilities[index] = probability + ((ONE - probability) >>> SHIFT);
          break;
        }
        range = (range - bound) >>> 0;
        code = (code - bound) >>> 0;
        probabilities[index] = probability - (probability >>> SHIFT);
      }
      const top = choice === 2 ? 256 : 8;
      let base = lengthBase + LENGTH_TREES[choice]! + (choice === 2 ? 0 : positionState << 3);
      let symbol = 1;
      do {
        index = base + symbol;
        probability = probabilities[index]!;
        if (range < TOP) {
          range = (range << 8) >>> 0;
          code = ((code << 8) | input[position++]!) >>> 0;
        }
        bound = Math.imul(range >>> 11, probability) >>> 0;
        if (code < bound) {
          range = bound;
          probabilities[index] = probability + ((ONE - probability) >>> SHIFT);
          symbol <<= 1;
        } else {
          range = (range - bound) >>> 0;
          code = (code - bound) >>> 0;
          probabilities[index] = probability - (probability >>> SHIFT);
          symbol = (symbol << 1) | 1;
        }
      } while (symbol < top);
      length = symbol - top + 2 + 8 * choice;

      if (lengthBase === MATCH_LENGTH) {
        base = SLOT + ((length < 6 ? length - 2 : 3) << 6);
        symbol = 1;
        do {
          index = base + symbol;
          probability = probabilities[index]!;
          if (range < TOP) {
            range = (range << 8) >>> 0;
            code = ((code << 8) | input[position++]!) >>> 0;
          }
          bound = Math.imul(range >>> 11, probability) >>> 0;
          if (code < bound) {
            range = bound;
            probabilities[index] = probability + ((ONE - probability) >>> SHIFT);
            symbol <<= 1;
          } else {
            range = (range - bound) >>> 0;
            code = (code - bound) >>> 0;
            probabilities[index] = probability - (probability >>> SHIFT);
            symbol = (symbol << 1) | 1;
          }
        } while (symbol < 64);
        const slot = symbol - 64;
        rep0 = slot;
        if (slot >= 4) {
          let low = (slot >>> 1) - 1;
          rep0 = 2 | (slot & 1);
          base = ALIGN;
          if (slot >= 14) {
            // The bits in the middle have no probabilities.
            for (; low > 4; low -= 1) {
              if (range < TOP) {
                range = (range << 8) >>> 0;
                code = ((code << 8) | input[position++]!) >>> 0;
              }
              range >>>= 1;
              rep0 <<= 1;
              if (code >= range) {
                code = (code - range) >>> 0;
                rep0 |= 1;
              }
            }
            rep0 <<= low;
          } else {
            rep0 <<= low;
            base = SPECIAL + rep0 - slot;
          }
          symbol = 1;
          for (let place = 0; place < low; place += 1) {
            index = base + symbol;
            probability = probabilities[index]!;
            if (range < TOP) {
              range = (range << 8) >>> 0;
              code = ((code << 8) | input[position++]!) >>> 0;
            }
            bound = Math.imul(range >>> 11, probability) >>> 0;
            if (code < bound) {
              range = bound;
              probabilities[index] = probability + ((ONE - probability) >>> SHIFT);
              symbol <<= 1;
            } else {
              range = (range - bound) >>> 0;
              code = (code - bound) >>> 0;
              probabilities[index] = probability - (probability >>> SHIFT);
              symbol = (symbol << 1) | 1;
              rep0 += 1 << place;
            }
          }
        }
      }
    }
    if (position > end) {
      stop = "overrun";
      break;
    }
    if (rep0 === END_MARKER) {
      stop = "end";
      break;
    }
    if (rep0 < 0 || rep0 >= (round ? window.length : at)) {
      stop = "reach";
      break;
    }
    const count = length < limit - at ? length : limit - at;
    pending = length - count;
    at = copyMatch(window, at, rep0 + 1, count);
    previous = window[at - 1]!;
  }
  lzma.position = position;
  lzma.at = at;
  lzma.pending = pending;
  lzma.state = state;
  lzma.rep0 = rep0;
  lzma.rep1 = rep1;
  lzma.rep2 = rep2;
  lzma.rep3 = rep3;
  lzma.range = range | 0;
  lzma.code = code | 0;
  return stop;
}

/** Copies within the window, whose source may go round its end. Gives where the copy ends. */
export function copyMatch(window: Uint8Array, at: number, distance: number, count: number): number {
  const end = at + count;
  let to = at;
  let from = at - distance;
  if (from < 0) {
    from += window.length;
    while (from < window.length && to < end) {
      window[to++] = window[from++]!;
    }
  }
  if (end - to >= LONG && distance >= end - to) {
    window.copyWithin(to, to - distance, end - distance);
    return end;
  }
  for (; to < end; to += 1) {
    window[to] = window[to - distance]!;
  }
  return end;
}
