/** What an LZMA decoder is made of, and where its probabilities lie (LZMA specification, 9.20). */

export const STATES = 12;
/** From this state on, the last thing decoded was a match. */
export const AFTER_MATCH = 7;
const POSITION_STATES = 16;

// Places of the probabilities in one array.
export const IS_MATCH = 0;
export const IS_REP = IS_MATCH + STATES * POSITION_STATES;
/** Three in a row: not the last distance, not the one before, not the third. */
export const IS_REP0 = IS_REP + STATES;
export const IS_REP0_LONG = IS_REP0 + 3 * STATES;
export const SLOT = IS_REP0_LONG + STATES * POSITION_STATES;
export const SPECIAL = SLOT + 4 * 64;
export const ALIGN = SPECIAL + 128;
export const MATCH_LENGTH = ALIGN + 16;
// Within a length coder, behind its two choices.
export const LOW = 2;
export const MID = LOW + 8 * POSITION_STATES;
export const HIGH = MID + 8 * POSITION_STATES;
export const REP_LENGTH = MATCH_LENGTH + HIGH + 256;
export const LITERAL = REP_LENGTH + HIGH + 256;
export const LITERAL_SIZE = 0x300;

/** Below this the range takes in another byte. */
export const TOP = 2 ** 24;
/** Probabilities have 11 bits and move by a 32nd of what is left. */
export const ONE = 2048;
export const SHIFT = 5;

export const INPUT_SIZE = 64 * 1024;
/** Bytes behind the input that may be looked at; a symbol takes 20 at most. */
export const LOOKAHEAD = 32;

/**
 * Why decoding came back. `full`: as much as was asked for is put out. `input`: more is needed. `end`:
 * the end marker. `overrun`: the input ended inside of a symbol. `reach`: a match begins before the
 * start; `window`: before the window, which is smaller than the one the stream asks for.
 */
export type LzmaStop = "full" | "input" | "end" | "overrun" | "reach" | "window";

/** `range`, `code` and the distances are 32 bits in signed integers, which engines keep unboxed. */
export interface LzmaState {
  /** `[position, end)` is to be read; zeros for `LOOKAHEAD` bytes follow. */
  readonly input: Uint8Array;
  position: number;
  end: number;
  /** Nothing follows what is in `input`. */
  final: boolean;

  window: Uint8Array<ArrayBuffer>;
  /** Next place to write, and whether the window went round already. */
  at: number;
  round: boolean;
  /** What is left of a match that did not fit. */
  pending: number;

  probabilities: Uint16Array;
  literalContext: number;
  literalMask: number;
  positionMask: number;
  state: number;
  rep0: number;
  rep1: number;
  rep2: number;
  rep3: number;
  range: number;
  code: number;
}

export function lzmaState(): LzmaState {
  return {
    input: new Uint8Array(INPUT_SIZE + LOOKAHEAD),
    position: 0,
    end: 0,
    final: false,
    window: new Uint8Array(0),
    at: 0,
    round: false,
    pending: 0,
    probabilities: new Uint16Array(0),
    literalContext: 0,
    literalMask: 0,
    positionMask: 0,
    state: 0,
    rep0: 0,
    rep1: 0,
    rep2: 0,
    rep3: 0,
    range: 0,
    code: 0,
  };
}
