/**
 * `facts.tensors` and the table behind it: what tensors a file holds and where, in the same shape for every format
 * that lists them. Names are the file's own; whoever shows them quotes them.
 */

import { LISTED_ROWS } from "../kernel/tables.ts";
import type { TensorRow, TensorTable } from "../kernel/tables.ts";
import type { JsonValue } from "../kernel/rule.ts";
import { NameColumnBuilder } from "./name-column.ts";

export interface DescribedTensors {
  readonly facts: JsonValue;
  /** Every tensor. */
  readonly table: TensorTable;
}

/**
 * The facts: `count` and `bytes` of all tensors, and the first of them in file order. `bytes` sums the ranges, and
 * so counts a byte twice that two tensors share. Dimensions stand outermost first, as NumPy and PyTorch show them,
 * whatever order the format stores.
 *
 * @param describe makes the row of one tensor. Rows are not kept: a hostile file has a million of them.
 */
export function describeTensors<Tensor>(
  tensors: readonly Tensor[],
  describe: (tensor: Tensor) => TensorRow,
): DescribedTensors {
  const count = tensors.length;
  const names = new NameColumnBuilder();
  const dtypes = new Map<string, number>();
  const dtype = new Uint32Array(count);
  const dimensions: number[] = [];
  const shapeEnds = new Uint32Array(count);
  const ranges = new Float64Array(2 * count);
  const listed: JsonValue[] = [];
  let bytes = 0;
  for (const [row, tensor] of tensors.entries()) {
    const { name, dtype: type, shape, range } = describe(tensor);
    const known = dtypes.get(type) ?? dtypes.size;
    dtypes.set(type, known);
    names.add(name);
    dtype[row] = known;
    for (const dimension of shape) {
      dimensions.push(dimension);
    }
    shapeEnds[row] = dimensions.length;
    ranges.set(range, 2 * row);
    bytes += range[1] - range[0];
    if (row < LISTED_ROWS) {
      listed.push({ name, dtype: type, shape, range });
    }
  }
  return {
    facts: { count, bytes, listed: listed.length, tensors: listed },
    table: {
      names: names.done(),
      dtypes: [...dtypes.keys()],
      dtype,
      dimensions: Float64Array.from(dimensions),
      shapeEnds,
      ranges,
    },
  };
}
