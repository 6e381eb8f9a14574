/** What torch's allowed rebuild functions and its tensor and storage classes do. */

import { expectArguments, iterate, parseDevice } from "./builtin-calls.ts";
import type { Arguments } from "./builtin-calls.ts";
import { allocate, contiguous, emptyTensor, setStorage } from "./geometry.ts";
import { elementCount, int64, int64List, isNumber } from "./numbers.ts";
import { refuse } from "./refusal.ts";
import { dtypeFacts, isDifferentiable } from "./torch-facts.ts";
import { isInteger, isKind, isText, isTruthy, typeName } from "./values.ts";
import type { Sequence, StorageBytes, StorageObject, TensorObject, Value } from "./values.ts";

const DEFAULT_DTYPE = "torch.float32";

interface UsableStorage {
  readonly dtype: string;
  readonly bytes: StorageBytes;
}

/** A typed storage, which all rebuild functions start from. */
export function typedStorage(value: Value | undefined): UsableStorage {
  if (!isKind(value, "storage") || value.dtype === undefined || value.bytes === undefined) {
    refuse(`a ${typeName(value)} stands where a storage has to be`);
  }
  return { dtype: value.dtype, bytes: value.bytes };
}

/** A dtype argument; None means the default. */
export function dtypeArgument(value: Value | undefined): string {
  if (value === null || value === undefined) {
    return DEFAULT_DTYPE;
  }
  return isKind(value, "global") && value.entry.kind === "dtype"
    ? value.name
    : refuse(`a ${typeName(value)} stands where a dtype has to be`);
}

/** `tensor.requires_grad = value`. */
export function setRequiresGrad(tensor: TensorObject, value: Value | undefined): void {
  if (typeof value !== "boolean") {
    refuse(`requires_grad is a ${typeName(value)} and has to be a bool`);
  }
  if (value && !isDifferentiable(tensor.dtype)) {
    refuse(`a tensor of ${tensor.dtype} cannot require gradients`);
  }
  if (!tensor.isLeaf) {
    refuse("requires_grad can only be set on leaves");
  }
  tensor.requiresGrad = value;
}

/** Bits that a lazily conjugated or negated tensor carries. */
function setMetadata(tensor: TensorObject, metadata: Value | undefined): void {
  if (metadata === undefined || !isTruthy(metadata)) {
    return;
  }
  if (!isKind(metadata, "mapping")) {
    refuse(`the metadata of a tensor is a ${typeName(metadata)} and has to be a dict`);
  }
  for (const [key, value] of metadata.entries) {
    if (!isText(key) || (typeof value !== "boolean" && !isNumber(value) && value !== null)) {
      refuse("the metadata of a tensor has to map text to booleans");
    }
    if (key === "conj" && isTruthy(value) && dtypeFacts(tensor.dtype).complex !== true) {
      refuse(`a tensor of ${tensor.dtype} cannot be conjugated`);
    }
  }
}

function viewOf(storage: UsableStorage, dtype: string, args: Arguments): TensorObject {
  const tensor = emptyTensor(dtype, storage.bytes.device);
  setStorage(tensor, storage.bytes, { offset: args[1], size: args[2], stride: args[3] ?? null });
  return tensor;
}

export function rebuildTensor(args: Arguments): TensorObject {
  expectArguments("_rebuild_tensor", args, 4, 4);
  const storage = typedStorage(args[0]);
  return viewOf(storage, storage.dtype, args);
}

export function rebuildTensorV2(args: Arguments): TensorObject {
  expectArguments("_rebuild_tensor_v2", args, 6, 7);
  const storage = typedStorage(args[0]);
  const tensor = viewOf(storage, storage.dtype, args);
  setRequiresGrad(tensor, args[4]);
  setMetadata(tensor, args[6]);
  return tensor;
}

export function rebuildTensorV3(args: Arguments): TensorObject {
  expectArguments("_rebuild_tensor_v3", args, 7, 8);
  const storage = typedStorage(args[0]);
  const dtype = dtypeArgument(args[6]);
  const tensor = emptyTensor(dtype, storage.bytes.device);
  if (args[4] !== null) {
    // Set before the storage is, which then refuses tensors that require gradients.
    setRequiresGrad(tensor, args[4]);
  }
  setStorage(tensor, storage.bytes, { offset: args[1], size: args[2], stride: args[3] ?? null });
  setMetadata(tensor, args[7]);
  return tensor;
}

/** `torch.nn.Parameter(data, requires_grad)`. */
export function parameter(args: Arguments): TensorObject {
  expectArguments("Parameter", args, 0, 2);
  const [data = null, requiresGrad = true] = args;
  const source = data === null ? emptyTensor(DEFAULT_DTYPE, "cpu") : data;
  if (!isKind(source, "tensor")) {
    refuse(`a Parameter of a ${typeName(source)} cannot be made`);
  }
  const result: TensorObject = { ...source, parameter: true, requiresGrad: false, isLeaf: true };
  setRequiresGrad(result, requiresGrad);
  return result;
}

export function rebuildParameter(args: Arguments): TensorObject {
  expectArguments("_rebuild_parameter", args, 3, 3);
  return parameter(args.slice(0, 2));
}

export function rebuildMeta(args: Arguments): TensorObject {
  expectArguments("_rebuild_meta_tensor_no_storage", args, 4, 4);
  const dtype = dtypeArgument(args[0]);
  if (dtypeFacts(dtype).quantized === true) {
    refuse("a quantized tensor cannot be on the meta device");
  }
  const size = int64List(args[1], "the size");
  const stride = int64List(args[2], "the stride");
  if (size.length !== stride.length) {
    refuse(`a size of ${size.length} dimensions has ${stride.length} strides`);
  }
  checkNewShape(size);
  const tensor = { ...emptyTensor(dtype, "meta"), size, stride };
  if (args[3] !== null) {
    setRequiresGrad(tensor, args[3]);
  }
  return tensor;
}

/** A shape for a tensor that torch allocates itself. */
function checkNewShape(size: readonly bigint[]): bigint {
  const negative = size.find((extent) => extent < 0n);
  if (negative !== undefined) {
    refuse(`a tensor cannot have the negative dimension ${negative}`);
  }
  return elementCount(size);
}

export function rebuildFromCpu(args: Arguments): TensorObject {
  expectArguments("_rebuild_device_tensor_from_cpu_tensor", args, 4, 4);
  const [data] = args;
  if (!isKind(data, "tensor")) {
    refuse(`a ${typeName(data)} stands where a tensor has to be`);
  }
  const dtype = args[1] === null ? data.dtype : dtypeArgument(args[1]);
  const device = args[2] === null ? data.device : deviceArgument(args[2]);
  const same = dtype === data.dtype && device === data.device;
  const kinds = [dtypeFacts(dtype), dtypeFacts(data.dtype)];
  if (!same && kinds.some((facts) => facts.quantized)) {
    refuse("a quantized tensor cannot be converted");
  }
  const copied = dtype !== data.dtype && device !== "meta" && elementCount(data.size) > 0n;
  if (copied && kinds.some((facts) => facts.opaque)) {
    refuse(`a tensor of ${data.dtype} cannot be converted to ${dtype}`);
  }
  if (data.device === "meta" && device !== "meta") {
    refuse("a tensor on the meta device has no data to copy");
  }
  const follows = data.requiresGrad && isDifferentiable(dtype);
  const copy = { parameter: false, requiresGrad: follows, isLeaf: !follows };
  const result: TensorObject = same ? data : { ...data, dtype, device, ...copy };
  setRequiresGrad(result, args[3]);
  return result;
}

function deviceArgument(value: Value | undefined): string {
  if (isKind(value, "device")) {
    return value.type;
  }
  return typeof value === "string"
    ? parseDevice(value)
    : refuse(`a ${typeName(value)} stands where a device has to be`);
}

/** `torch.Tensor` and its old names: sizes, one Size, numbers in a list, or a storage. */
export function legacyTensor(dtype: string, args: Arguments, anyDtype = false): TensorObject {
  const tensor = emptyTensor(dtype, "cpu");
  const [first] = args;
  if (first === undefined) {
    return tensor;
  }
  if (args.every(isInteger)) {
    return withShape(
      tensor,
      args.map((arg) => int64(arg, "a size")),
    );
  }
  if (args.length > 1) {
    refuse("a tensor is made of sizes or of one other thing");
  }
  if (isKind(first, "sequence")) {
    return first.type === "size"
      ? withShape(tensor, int64List(first, "the size"))
      : withShape(tensor, dataShape(first));
  }
  return tensorOver(tensor, first, anyDtype);
}

function tensorOver(tensor: TensorObject, source: Value, anyDtype: boolean): TensorObject {
  // `torch.Tensor` itself takes a tensor of any dtype.
  if (isKind(source, "tensor") && (anyDtype || source.dtype === tensor.dtype)) {
    return { ...source, parameter: false, requiresGrad: false };
  }
  if (isKind(source, "storage") && source.bytes !== undefined) {
    if (source.typed && source.dtype !== tensor.dtype) {
      refuse(`a storage of ${source.dtype} does not fit a tensor of ${tensor.dtype}`);
    }
    const count = source.bytes.size / BigInt(dtypeFacts(tensor.dtype).bytes);
    return { ...tensor, storage: source.bytes, size: [count], stride: [1n] };
  }
  return refuse(`a tensor of a ${typeName(source)} cannot be made`);
}

function withShape(tensor: TensorObject, size: readonly bigint[]): TensorObject {
  const count = checkNewShape(size);
  const bytes = allocate(count * BigInt(dtypeFacts(tensor.dtype).bytes), "cpu");
  return { ...tensor, size, stride: contiguous(size), storage: bytes };
}

// Nested lists deeper than tensors have dimensions.
const MAX_DEPTH = 64;

/** The shape of nested lists of numbers. Lists that occur again are looked at once. */
function dataShape(
  data: Sequence,
  depth = 0,
  known = new Map<Sequence, readonly bigint[]>(),
): readonly bigint[] {
  const before = known.get(data);
  if (before !== undefined) {
    return before;
  }
  if (depth === MAX_DEPTH) {
    refuse("lists are nested too deeply for a tensor");
  }
  const shape = [BigInt(data.length)];
  if (isKind(data.items[0], "sequence")) {
    shape.push(...commonShape(data, depth, known));
  } else if (!data.allNumbers) {
    refuse("a tensor can only be made of numbers");
  }
  known.set(data, shape);
  return shape;
}

function commonShape(
  data: Sequence,
  depth: number,
  known: Map<Sequence, readonly bigint[]>,
): readonly bigint[] {
  let common: readonly bigint[] = [];
  for (const [index, item] of data.items.entries()) {
    const shape = isKind(item, "sequence") ? dataShape(item, depth + 1, known) : [];
    if (index > 0 && shape.join() !== common.join()) {
      refuse("the lists in the data of a tensor differ in length");
    }
    common = shape;
  }
  return common;
}

export function newTypedStorage(args: Arguments): StorageObject {
  expectArguments("TypedStorage", args, 0, 1);
  const [size] = args;
  const count =
    isInteger(size) || typeof size === "boolean" ? BigInt(size) : sequenceLength(size, true);
  return { kind: "storage", typed: true, dtype: DEFAULT_DTYPE, bytes: allocate(count * 4n, "cpu") };
}

export function newUntypedStorage(args: Arguments): StorageObject {
  expectArguments("UntypedStorage", args, 0, 1);
  const [size] = args;
  const count = isInteger(size) ? BigInt(size) : sequenceLength(size, false);
  return { kind: "storage", typed: false, dtype: undefined, bytes: allocate(count, "cpu") };
}

function sequenceLength(value: Value | undefined, numbers: boolean): bigint {
  if (value === undefined) {
    return 0n;
  }
  if (!isKind(value, "sequence") || !(numbers ? value.allNumbers : value.allIntegers)) {
    refuse(`a storage of a ${typeName(value)} cannot be made`);
  }
  return BigInt(value.length);
}

/** `_rebuild_qtensor`. */
export function rebuildQuantized(args: Arguments): TensorObject {
  expectArguments("_rebuild_qtensor", args, 7, 7);
  const storage = typedStorage(args[0]);
  const parameters = iterate(args[4]);
  const [scheme] = parameters.items;
  const size = int64List(args[2], "the size");
  const name = isKind(scheme, "global") ? scheme.name : typeName(scheme);
  if (name === "torch.per_tensor_affine") {
    checkPerTensor(parameters);
  } else if (name.startsWith("torch.per_channel_affine")) {
    checkPerChannel(parameters, size);
  } else {
    refuse(`quantized tensors cannot be rebuilt with ${name}`);
  }
  if (dtypeFacts(storage.dtype).quantized !== true) {
    refuse(`${storage.dtype} is no dtype of quantized tensors`);
  }
  checkNewShape(size);
  const tensor = viewOf(storage, storage.dtype, args);
  setRequiresGrad(tensor, args[5]);
  return tensor;
}

function expectParameters(parameters: Sequence, count: number): void {
  if (parameters.length !== count) {
    refuse(`a quantizer has ${parameters.length} parameters instead of ${count}`);
  }
}

function checkPerTensor(parameters: Sequence): void {
  expectParameters(parameters, 3);
  const [, scale, zeroPoint] = parameters.items;
  if (!isNumber(scale)) {
    refuse(`the scale of a quantizer is a ${typeName(scale)}`);
  }
  int64(zeroPoint, "the zero point of a quantizer");
}

function checkPerChannel(parameters: Sequence, size: readonly bigint[]): void {
  expectParameters(parameters, 4);
  const [, scales, zeroPoints, axisValue] = parameters.items;
  const axis = Number(int64(axisValue, "the axis of a quantizer"));
  const expected = size[axis];
  if (axis < 0 || expected === undefined) {
    refuse(`the axis ${axis} of a quantizer is not one of the tensor's`);
  }
  for (const values of [scales, zeroPoints]) {
    if (perChannelLength(values) !== expected) {
      refuse("a quantizer has not one scale and zero point for each channel");
    }
  }
  checkPerChannelKinds(scales, zeroPoints);
}

function perChannelLength(values: Value | undefined): bigint {
  if (isKind(values, "sequence") && values.type === "list") {
    return BigInt(values.length);
  }
  return isKind(values, "tensor")
    ? elementCount(values.size)
    : refuse(`the scales of a quantizer are a ${typeName(values)}`);
}

function checkPerChannelKinds(scales: Value | undefined, zeroPoints: Value | undefined): void {
  if (isKind(scales, "sequence") && isKind(zeroPoints, "sequence")) {
    if (!scales.allNumbers || !zeroPoints.allNumbers) {
      refuse("the scales and zero points of a quantizer have to be numbers");
    }
    return;
  }
  if (!isKind(scales, "tensor") || !isKind(zeroPoints, "tensor")) {
    refuse("scales and zero points of a quantizer are of different kinds");
  }
  if (dtypeFacts(scales.dtype).floating !== true) {
    refuse("the scales of a quantizer have to be floating point");
  }
  if (scales.size.length !== 1 || zeroPoints.size.length !== 1) {
    refuse("the scales and zero points of a quantizer have to have one dimension");
  }
}
