/**
 * The check of sparse tensors that torch makes once all storages are read, because indices out of
 * bounds would let later code read out of bounds. Indices of batches are only checked by shape.
 */

import type { RandomSource } from "../../../kernel/source.ts";
import { refuse } from "./refusal.ts";
import type { TensorObject } from "./values.ts";

/** Where the index tensors are. */
export interface StorageReader {
  /** The bytes of a storage by its key; undefined where they are not at hand and taken on trust. */
  open(key: string): RandomSource | undefined;
  readonly littleEndian: boolean;
}

const CHUNK = 4096;

/**
 * The integers of `count` elements that are `stride` elements apart, from `start` on; nothing where
 * the bytes are not at hand. Exact up to 2^53, which no valid index reaches.
 */
function* integers(
  tensor: TensorObject,
  storages: StorageReader,
  start: bigint,
  dimension: number,
): Generator<number, void> {
  const key = tensor.storage?.key;
  const source = key === undefined ? undefined : storages.open(key);
  const count = Number(tensor.size[dimension] ?? 0n);
  const stride = Number(tensor.stride[dimension] ?? 1n);
  const itemBytes = tensor.dtype === "torch.int64" ? 8 : 4;
  if (source === undefined || count === 0) {
    return;
  }
  // One read a chunk, or one an element where elements are far apart.
  const perRead = stride >= 0 && stride <= 16 ? Math.max(1, Math.floor(CHUNK / (stride + 1))) : 1;
  const buffer = new Uint8Array(CHUNK * itemBytes);
  const view = new DataView(buffer.buffer);
  for (let done = 0; done < count; done += perRead) {
    const elements = Math.min(perRead, count - done);
    const span = ((elements - 1) * stride + 1) * itemBytes;
    source.readIntoSync(buffer.subarray(0, span), (Number(start) + done * stride) * itemBytes);
    for (let index = 0; index < elements; index += 1) {
      const at = index * stride * itemBytes;
      yield readInteger(view, at, itemBytes, storages.littleEndian);
    }
  }
}

/** Wider ones as far as a number is exact. */
function readInteger(view: DataView, at: number, bytes: number, littleEndian: boolean): number {
  if (bytes === 4) {
    return view.getInt32(at, littleEndian);
  }
  const low = view.getUint32(littleEndian ? at : at + 4, littleEndian);
  return low + view.getInt32(littleEndian ? at + 4 : at, littleEndian) * 2 ** 32;
}

/** Checks the tensors that were rebuilt, as `_validate_loaded_sparse_tensors` does. */
export function validateSparse(tensors: readonly TensorObject[], storages: StorageReader): void {
  for (const tensor of tensors) {
    if (tensor.layout === "torch.sparse_coo") {
      validateCoordinates(tensor, storages);
    } else {
      validateCompressed(tensor, storages);
    }
  }
}

function validateCoordinates(tensor: TensorObject, storages: StorageReader): void {
  const indices = tensor.parts?.indices[0];
  if (indices === undefined || indices.device !== "cpu") {
    return;
  }
  if (indices.dtype !== "torch.int64" && indices.dtype !== "torch.int32") {
    refuse(`the indices of a sparse tensor are of ${indices.dtype}`);
  }
  const rows = Number(indices.size[0] ?? 0n);
  const readers: Generator<number, void>[] = [];
  for (let row = 0; row < rows; row += 1) {
    const start = indices.offset + BigInt(row) * (indices.stride[0] ?? 0n);
    const extent = Number(tensor.size[row] ?? 0n);
    for (const value of integers(indices, storages, start, 1)) {
      if (value < 0 || value >= extent) {
        refuse(`a sparse tensor has the index ${value} in a dimension of ${extent}`);
      }
    }
    readers.push(integers(indices, storages, start, 1));
  }
  if (tensor.parts?.coalesced === true && !isAscending(readers)) {
    refuse("a sparse tensor that calls itself coalesced is not");
  }
}

/** Whether the columns that the readers give row by row are in strictly ascending order. */
function isAscending(readers: readonly Generator<number, void>[]): boolean {
  let before: readonly number[] | undefined;
  while (true) {
    const column: number[] = [];
    for (const reader of readers) {
      const next = reader.next();
      if (next.done !== true) {
        column.push(next.value);
      }
    }
    if (column.length === 0) {
      return true;
    }
    if (before !== undefined && compare(before, column) >= 0) {
      return false;
    }
    before = column;
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

interface Compressed {
  readonly compressed: TensorObject;
  readonly plain: TensorObject;
  readonly rows: bigint;
  readonly columns: bigint;
  readonly count: bigint;
}

function compressedShape(tensor: TensorObject): Compressed {
  const [compressed, plain] = tensor.parts?.indices ?? [];
  const values = tensor.parts?.values;
  if (compressed === undefined || plain === undefined || values === undefined) {
    return refuse("a sparse tensor has no indices");
  }
  const batch = compressed.size.length - 1;
  const block = tensor.layout.endsWith("bsr") || tensor.layout.endsWith("bsc") ? 2 : 0;
  const dense = values.size.length - batch - 1 - block;
  if (batch < 0 || plain.size.length !== batch + 1 || dense < 0) {
    refuse("the indices and values of a sparse tensor differ in dimensions");
  }
  if (tensor.size.length !== batch + 2 + dense) {
    refuse("the size of a sparse tensor does not fit its indices and values");
  }
  const blocks = [0, 1].map((side) => {
    const extent = tensor.size[batch + side] ?? 0n;
    const step = block === 0 ? 1n : (values.size[batch + 1 + side] ?? 1n);
    if (step > 0n && extent % step !== 0n) {
      refuse("the size of a sparse tensor is no multiple of its blocks");
    }
    return step > 0n ? extent / step : extent;
  });
  const [first = 0n, second = 0n] = blocks;
  const byRow = tensor.layout.endsWith("csr") || tensor.layout.endsWith("bsr");
  return {
    compressed,
    plain,
    rows: byRow ? first : second,
    columns: byRow ? second : first,
    count: values.size[batch] ?? 0n,
  };
}

function validateCompressed(tensor: TensorObject, storages: StorageReader): void {
  const shape = compressedShape(tensor);
  const { compressed, plain } = shape;
  if (compressed.size.at(-1) !== shape.rows + 1n) {
    refuse(`a sparse tensor has not one index for each of ${shape.rows} rows and one more`);
  }
  if (plain.size.at(-1) !== shape.count) {
    refuse("a sparse tensor has not as many values as indices");
  }
  if (compressed.dtype !== plain.dtype) {
    refuse("the indices of a sparse tensor differ in dtype");
  }
  if (plain.dtype !== "torch.int64" && plain.dtype !== "torch.int32") {
    refuse(`the indices of a sparse tensor are of ${plain.dtype}`);
  }
  const [key = "", plainKey = ""] = [compressed.storage?.key, plain.storage?.key];
  const atHand = storages.open(key) !== undefined && storages.open(plainKey) !== undefined;
  if (compressed.size.length === 1 && compressed.device === "cpu" && atHand) {
    validateRows(shape, storages);
  }
}

/** Row by row: bounds that ascend from 0 to the count, and ascending column indices between them. */
function validateRows(shape: Compressed, storages: StorageReader): void {
  const bounds = integers(shape.compressed, storages, shape.compressed.offset, 0);
  const columns = integers(shape.plain, storages, shape.plain.offset, 0);
  let before = bounds.next().value ?? 0;
  if (before !== 0) {
    refuse("the row bounds of a sparse tensor do not start at 0");
  }
  const limit = Number(shape.columns);
  for (const bound of bounds) {
    if (bound < before || bound - before > limit) {
      refuse("the row bounds of a sparse tensor do not ascend");
    }
    checkRow(columns, bound - before, limit);
    before = bound;
  }
  if (BigInt(before) !== shape.count) {
    refuse("the row bounds of a sparse tensor do not end at the number of its values");
  }
}

function checkRow(columns: Generator<number, void>, count: number, limit: number): void {
  let last = -1;
  for (let done = 0; done < count; done += 1) {
    const next = columns.next();
    if (next.done === true) {
      refuse("the row bounds of a sparse tensor reach beyond its indices");
    }
    if (next.value <= last || next.value >= limit) {
      refuse("the column indices of a sparse tensor are out of bounds or out of order");
    }
    last = next.value;
  }
}
