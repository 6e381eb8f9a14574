/**
 * `facts.tensors`: what tensors a file holds and where, in the same shape for every format that lists them.
 * Names are the file's own; whoever shows them quotes them.
 */

import type { JsonValue } from "../kernel/rule.ts";

export interface TensorFact {
  readonly name: string;
  /** As the format spells it: `F32`, `BF16`, `Q4_K`. */
  readonly dtype: string;
  /** Outermost dimension first, as NumPy and PyTorch show it, whatever order the format stores. */
  readonly shape: readonly number[];
  /** Bytes of the file, the end not included. */
  readonly range: readonly [start: number, end: number];
}

/** Tensors that are listed in the report itself; the others are only counted. */
const LISTED_TENSORS = 1000;

/**
 * The facts: `count` and `bytes` of all tensors, and the first of them in file order.
 * `bytes` sums the ranges, and so counts a byte twice that two tensors share.
 *
 * @param sizeOf bytes of a tensor.
 * @param describe is asked for those that are listed alone: a hostile file has a million of them.
 */
export function tensorFacts<Tensor>(
  tensors: readonly Tensor[],
  sizeOf: (tensor: Tensor) => number,
  describe: (tensor: Tensor) => TensorFact,
): JsonValue {
  let bytes = 0;
  for (const tensor of tensors) {
    bytes += sizeOf(tensor);
  }
  const listed = tensors.slice(0, LISTED_TENSORS).map((tensor) => {
    const { name, dtype, shape, range } = describe(tensor);
    return { name, dtype, shape, range };
  });
  return { count: tensors.length, bytes, listed: listed.length, tensors: listed };
}
