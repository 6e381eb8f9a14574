/**
 * `Tensor.set_`: how a tensor is laid over the bytes of a storage, with the checks that torch makes
 * and the growth of storages that it allows.
 */

import { elementCount, fits64, int64, int64List } from "./numbers.ts";
import { refuse } from "./refusal.ts";
import { dtypeFacts } from "./torch-facts.ts";
import type { StorageBytes, TensorObject, Value } from "./values.ts";

// No machine has the memory for a larger storage (128 GiB); data that are there need none of this.
const MAX_STORAGE = 2n ** 37n;

const EMPTY_SIZE: readonly bigint[] = [0n];
const EMPTY_STRIDE: readonly bigint[] = [1n];

/** An empty tensor, as `torch.empty((0,), dtype, device)` makes one. */
export function emptyTensor(dtype: string, device: string): TensorObject {
  return {
    kind: "tensor",
    parameter: false,
    dtype,
    device,
    layout: "torch.strided",
    size: EMPTY_SIZE,
    stride: EMPTY_STRIDE,
    offset: 0n,
    storage: undefined,
    requiresGrad: false,
    isLeaf: true,
  };
}

/** New bytes that no file gives. */
export function allocate(size: bigint, device: string, key?: string): StorageBytes {
  if (size < 0n || size > MAX_STORAGE) {
    refuse(`a storage of ${size} bytes cannot be allocated`);
  }
  return { size, resizable: true, device, key };
}

/** Strides of a tensor without gaps. */
export function contiguous(size: readonly bigint[]): bigint[] {
  const stride: bigint[] = [];
  let step = 1n;
  for (const extent of size.toReversed()) {
    stride.unshift(step);
    step *= extent > 1n ? extent : 1n;
  }
  return stride;
}

/** Bytes from the start of the storage to the end of the last element; 0 for an empty tensor. */
function neededBytes(
  size: readonly bigint[],
  stride: readonly bigint[],
  offset: bigint,
  dtype: string,
): bigint {
  let last = 0n;
  for (const [index, extent] of size.entries()) {
    if (extent === 0n) {
      return 0n;
    }
    last += (extent - 1n) * (stride[index] ?? 0n);
  }
  const { bytes, perByte = 1 } = dtypeFacts(dtype);
  const shared = BigInt(perByte);
  const needed = ((last + 1n + offset) * BigInt(bytes) + shared - 1n) / shared;
  // torch computes this in unsigned 64-bit steps, so that negative strides overflow as well.
  const negative = size.some((extent, index) => extent !== 1n && (stride[index] ?? 0n) < 0n);
  if (negative || last < 0n || !fits64(needed)) {
    refuse("shape and strides reach beyond what 64 bits can address");
  }
  return needed;
}

interface View {
  readonly offset: Value | undefined;
  readonly size: Value | undefined;
  readonly stride: Value | undefined;
}

/** `tensor.set_(storage, offset, size, stride)`. */
export function setStorage(tensor: TensorObject, bytes: StorageBytes, view: View): void {
  const offset = int64(view.offset, "the storage offset");
  const size = int64List(view.size, "the size");
  const given = view.stride === null ? [] : int64List(view.stride, "the stride");
  if (tensor.requiresGrad && tensor.isLeaf) {
    refuse("a tensor that requires gradients cannot be set to a storage");
  }
  const quantized = dtypeFacts(tensor.dtype).quantized === true;
  if (quantized && tensor.device === "meta") {
    refuse("a quantized tensor cannot be on the meta device");
  }
  if (!quantized) {
    elementCount(size);
  }
  const stride = given.length === 0 && !quantized ? contiguous(size) : given;
  if (stride.length !== size.length) {
    refuse(`a size of ${size.length} dimensions has ${stride.length} strides`);
  }
  if (bytes.device !== tensor.device) {
    refuse(`a tensor on ${tensor.device} cannot use a storage on ${bytes.device}`);
  }
  if (offset < 0n) {
    refuse(`the storage offset ${offset} is negative`);
  }
  fit(bytes, neededBytes(size, stride, offset, tensor.dtype), quantized);
  tensor.storage = bytes;
  tensor.size = size;
  tensor.stride = stride;
  tensor.offset = offset;
}

/** A storage that may grow does so; others and those of quantized tensors have to be large enough. */
function fit(bytes: StorageBytes, needed: bigint, quantized: boolean): void {
  if (needed <= bytes.size) {
    return;
  }
  if (!bytes.resizable || quantized) {
    refuse(`a tensor needs ${needed} bytes of a storage that has ${bytes.size}`);
  }
  bytes.size = allocate(needed, bytes.device).size;
}
