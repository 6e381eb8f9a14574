/** Bytes outside all tensors: padding of zeros is what it should be, the rest is for the engine to identify. */

import type { Governor } from "../../bytes/governor.ts";
import type { Ledger } from "../../bytes/ledger.ts";
import type { GgufGap } from "../../codecs/gguf/layout.ts";
import type { RandomSource } from "../../kernel/source.ts";
import type { Child, ParseIssue } from "../format.ts";
import { sliceChild } from "../slice-child.ts";

const WINDOW = 64 * 1024;
const MOST_CHILDREN = 1000;

export interface Gaps {
  readonly hidden: readonly GgufGap[];
  readonly children: readonly Child[];
  readonly issues: readonly ParseIssue[];
}

/** Accounts for zeros, and makes children of what is none, from its first byte on. */
export function readGaps(
  source: RandomSource,
  gaps: readonly GgufGap[],
  ledger: Ledger,
  governor: Governor,
): Gaps {
  const hidden: GgufGap[] = [];
  const issues: ParseIssue[] = [];
  const window = new Uint8Array(WINDOW);
  for (const gap of gaps) {
    governor.checkAborted();
    const start = skipZeros(source, gap, window);
    ledger.understood(gap.start, start);
    ledger.read(start - gap.start);
    if (start < gap.end) {
      hidden.push({ ...gap, start });
    }
    if (hidden.length === MOST_CHILDREN) {
      issues.push({ kind: "limit", message: "more places hold hidden data than are opened" });
      break;
    }
  }
  return { hidden, issues, children: hidden.map((gap) => hiddenChild(source, gap)) };
}

function skipZeros(source: RandomSource, { start, end }: GgufGap, window: Uint8Array): number {
  for (let position = start; position < end;) {
    const room = window.subarray(0, Math.min(WINDOW, end - position));
    const count = source.readIntoSync(room, position);
    for (let index = 0; index < count; index += 1) {
      if (room[index] !== 0) {
        return position + index;
      }
    }
    if (count === 0) {
      return position;
    }
    position += count;
  }
  return end;
}

function hiddenChild(source: RandomSource, { start, end, where }: GgufGap): Child {
  const role = where === "behind" ? "trailing" : "hidden";
  const name = where === "behind" ? "trailing" : `${where}@0x${start.toString(16)}`;
  return sliceChild(source, role, name, { start, end });
}
