/** A child that is a range of its parent as it lies there. */

import type { Range } from "../bytes/ledger.ts";
import { sliceSource } from "../bytes/slice-source.ts";
import type { RandomSource } from "../kernel/source.ts";
import type { Child } from "./format.ts";

export function sliceChild(
  source: RandomSource,
  role: string,
  name: string,
  { start, end }: Range,
): Child {
  return {
    role,
    name,
    size: end - start,
    range: { start, end },
    open: () => Promise.resolve({ source: sliceSource(source, start, end, name) }),
  };
}
