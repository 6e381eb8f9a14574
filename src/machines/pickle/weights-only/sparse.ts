/** Sparse tensors as `_rebuild_sparse_tensor` puts them together, before anybody checks the indices. */

import { expectArguments, iterate } from "./builtin-calls.ts";
import type { Arguments } from "./builtin-calls.ts";
import { emptyTensor } from "./geometry.ts";
import { elementCount, int64List } from "./numbers.ts";
import { refuse } from "./refusal.ts";
import { isKind, typeName } from "./values.ts";
import type { TensorObject, Value } from "./values.ts";

const COMPRESSED = new Set([
  "torch.sparse_csr", "torch.sparse_csc", "torch.sparse_bsr", "torch.sparse_bsc",
]); // prettier-ignore

function tensorArgument(value: Value | undefined, what: string): TensorObject {
  return isKind(value, "tensor") && value.layout === "torch.strided"
    ? value
    : refuse(`the ${what} of a sparse tensor are a ${typeName(value)}`);
}

/** `_rebuild_sparse_tensor(layout, data)`. */
export function rebuildSparse(args: Arguments): TensorObject {
  expectArguments("_rebuild_sparse_tensor", args, 2, 2);
  const [layout, data] = args;
  const name = isKind(layout, "layout") ? layout.name : typeName(layout);
  const parts = iterate(data).items;
  if (name === "torch.sparse_coo") {
    return coordinateTensor(parts);
  }
  return COMPRESSED.has(name)
    ? compressedTensor(name, parts)
    : refuse(`sparse tensors of the layout ${name} cannot be rebuilt`);
}

function coordinateTensor(parts: readonly Value[]): TensorObject {
  if (parts.length < 3 || parts.length > 4) {
    refuse(`a sparse tensor has ${parts.length} parts`);
  }
  const indices = tensorArgument(parts[0], "indices");
  const values = tensorArgument(parts[1], "values");
  const size = int64List(parts[2], "the size");
  const coalesced = parts[3] ?? null;
  if (coalesced !== null && typeof coalesced !== "boolean") {
    refuse(`is_coalesced is a ${typeName(coalesced)}`);
  }
  checkCoordinateShape(indices, values, size);
  return {
    ...emptyTensor(values.dtype, values.device),
    layout: "torch.sparse_coo",
    size,
    storage: undefined,
    requiresGrad: values.requiresGrad,
    isLeaf: !values.requiresGrad,
    parts: { indices: [indices], values, coalesced: coalesced === true },
  };
}

function checkCoordinateShape(
  indices: TensorObject,
  values: TensorObject,
  size: readonly bigint[],
): void {
  const [dimensions = 0n, count] = indices.size;
  elementCount(size);
  if (indices.device !== values.device) {
    refuse("the indices and values of a sparse tensor are on different devices");
  }
  if (indices.size.length !== 2) {
    refuse("the indices of a sparse tensor have to have two dimensions");
  }
  if (BigInt(size.length) !== dimensions + BigInt(values.size.length) - 1n) {
    refuse("the size of a sparse tensor does not fit its indices and values");
  }
  if (values.size.length === 0 || values.size[0] !== count) {
    refuse("a sparse tensor has not as many values as indices");
  }
  const dense = size.slice(Number(dimensions));
  if (dense.some((extent, index) => extent !== values.size[index + 1])) {
    refuse("the size of a sparse tensor does not fit its values");
  }
}

function compressedTensor(layout: string, parts: readonly Value[]): TensorObject {
  if (parts.length !== 4) {
    refuse(`a sparse tensor has ${parts.length} parts`);
  }
  const compressed = tensorArgument(parts[0], "indices");
  const plain = tensorArgument(parts[1], "indices");
  const values = tensorArgument(parts[2], "values");
  const size = int64List(parts[3], "the size");
  return {
    ...emptyTensor(values.dtype, values.device),
    layout,
    size,
    storage: undefined,
    requiresGrad: values.requiresGrad,
    isLeaf: !values.requiresGrad,
    parts: { indices: [compressed, plain], values, coalesced: false },
  };
}
