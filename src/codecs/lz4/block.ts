/** LZ4 blocks (LZ4 block format): sequences of literals and of matches up to 64 KiB back. */

/* oxlint-disable typescript/no-non-null-assertion -- positions are checked against both ends */

const SHORT = 48;

/** Where a block goes: `[start, limit)` of `out`; matches may reach back to `lowest`. */
export interface BlockTarget {
  readonly out: Uint8Array;
  readonly start: number;
  readonly limit: number;
  readonly lowest: number;
}

/** Why a block cannot be decoded. `reach`: a match begins before anything that is known. */
export type BlockProblem = "input" | "output" | "reach";

/** Decodes a whole block. Gives where its output ends. */
export function decodeBlock(
  block: Uint8Array,
  { out, start, limit, lowest }: BlockTarget,
): number | BlockProblem {
  const end = block.length;
  let from = 0;
  let to = start;
  while (from < end) {
    const token = block[from++]!;
    let literals = token >>> 4;
    if (literals === 15) {
      let more = 255;
      while (more === 255 && from < end) {
        more = block[from++]!;
        literals += more;
      }
    }
    if (literals > end - from) {
      return "input";
    }
    if (literals > limit - to) {
      return "output";
    }
    if (literals < SHORT) {
      for (const stop = from + literals; from < stop; from += 1) {
        out[to++] = block[from]!;
      }
    } else {
      out.set(block.subarray(from, from + literals), to);
      from += literals;
      to += literals;
    }
    if (from === end) {
      // The last sequence has no match.
      return to;
    }
    if (end - from < 2) {
      return "input";
    }
    const distance = block[from]! | (block[from + 1]! << 8);
    from += 2;
    let length = token & 15;
    if (length === 15) {
      let more = 255;
      while (more === 255 && from < end) {
        more = block[from++]!;
        length += more;
      }
    }
    length += 4;
    if (distance === 0 || distance > to - lowest) {
      return "reach";
    }
    if (length > limit - to) {
      return "output";
    }
    to = copyMatch(out, to, distance, length);
  }
  // Only an empty block ends without literals; this one ends within a sequence.
  return end === 0 ? to : "input";
}

function copyMatch(out: Uint8Array, at: number, distance: number, length: number): number {
  const end = at + length;
  if (length >= SHORT && distance >= length) {
    out.copyWithin(at, at - distance, at - distance + length);
    return end;
  }
  if (length >= SHORT && distance === 1) {
    out.fill(out[at - 1]!, at, end);
    return end;
  }
  for (let to = at; to < end; to += 1) {
    out[to] = out[to - distance]!;
  }
  return end;
}
