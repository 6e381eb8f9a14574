/** REDUCE and NEWOBJ: calls of the allowed globals, by the rule that the data names for each. */

import {
  bytearray, complex, counter, device, encode, expectArguments, iterate, layout, orderedDict, set, size,
} from "./builtin-calls.ts"; // prettier-ignore
import type { Arguments } from "./builtin-calls.ts";
import { emptyTensor } from "./geometry.ts";
import { int64List } from "./numbers.ts";
import { refuse } from "./refusal.ts";
import { rebuildSparse } from "./sparse.ts";
import { setObjectState } from "./state.ts";
import {
  legacyTensor, newTypedStorage, newUntypedStorage, parameter, rebuildFromCpu, rebuildMeta,
  rebuildParameter, rebuildQuantized, rebuildTensor, rebuildTensorV2, rebuildTensorV3,
} from "./tensor-calls.ts"; // prettier-ignore
import { Mapping, isInteger, isKind, sequenceOf, typeName } from "./values.ts";
import type { GlobalObject, TensorObject, Value } from "./values.ts";

/** What calls leave behind for the end of the load. */
export interface CallContext {
  /** Sparse tensors that are checked once all storages are read. */
  readonly sparse: TensorObject[];
}

type Call = (args: Arguments) => Value;

const CALLS: Readonly<Record<string, Call>> = {
  orderedDict,
  counter,
  parameter,
  layout,
  size,
  device,
  encode,
  bytearray,
  set,
  complex,
  tensor: (args) => legacyTensor("torch.float32", args, true),
  typedStorage: newTypedStorage,
  untypedStorage: newUntypedStorage,
  rebuildTensor,
  rebuildTensorV2,
  rebuildTensorV3,
  rebuildParameter,
  rebuildMeta,
  rebuildQuantized,
  rebuildFromCpu,
  rebuildFromNumpy: () => refuse("_rebuild_device_tensor_from_numpy needs an array of numpy"),
  rebuildWrapper: () => refuse("no allowed class can be rebuilt as a wrapper of tensors"),
};

// Python's own limit on nested calls is of this order.
const MAX_DEPTH = 200;

/** Calls what REDUCE found below its arguments. */
export function call(
  callee: Value | undefined,
  args: Value,
  context: CallContext,
  depth = 0,
): Value {
  if (!isKind(callee, "global")) {
    refuse(`REDUCE calls a ${typeName(callee)}`);
  }
  const list = iterate(args);
  if (list.length !== list.items.length) {
    refuse(`${callee.name} does not take ${list.length} arguments`);
  }
  return callGlobal(callee, list.items, context, depth);
}

function callGlobal(
  callee: GlobalObject,
  args: Arguments,
  context: CallContext,
  depth: number,
): Value {
  const { entry } = callee;
  if (entry.kind === "tensorType") {
    return callTensorType(callee, args, context);
  }
  if (entry.kind !== "class" && entry.kind !== "function") {
    refuse(`${callee.name} cannot be called`);
  }
  switch (entry.rule) {
    case "rebuildSparse":
      return remember(rebuildSparse(args), context);
    case "rebuildParameterWithState":
      return rebuildWithState(args);
    case "rebuildFromType":
      return rebuildFromType(args, context, depth);
    default:
      return CALLS[entry.rule]?.(args) ?? refuse(`${callee.name} is not followed`);
  }
}

function remember(tensor: TensorObject, context: CallContext): TensorObject {
  context.sparse.push(tensor);
  return tensor;
}

function rebuildWithState(args: Arguments): Value {
  expectArguments("_rebuild_parameter_with_state", args, 4, 4);
  const result = parameter(args.slice(0, 2));
  setObjectState(result, args[3] ?? null);
  return result;
}

/** `_rebuild_from_type_v2(func, new_type, args, state)`. */
function rebuildFromType(args: Arguments, context: CallContext, depth: number): Value {
  expectArguments("_rebuild_from_type_v2", args, 4, 4);
  if (depth === MAX_DEPTH) {
    refuse("_rebuild_from_type_v2 is nested too deeply");
  }
  const [callee, type, nested = null, state = null] = args;
  const result = call(callee, nested, context, depth + 1);
  const typed = asType(result, type);
  setObjectState(typed, state);
  return typed;
}

/** `result.as_subclass(type)`, or the result where it is of that type already. */
function asType(result: Value, type: Value | undefined): Value {
  const name = isKind(type, "global") ? type.name : typeName(type);
  const tensor = isKind(result, "tensor");
  if (tensor && (name === "torch.Tensor" || name === "torch.nn.parameter.Parameter")) {
    const isParameter = name !== "torch.Tensor";
    if (result.parameter === isParameter) {
      return result;
    }
    return { ...result, parameter: isParameter, isLeaf: result.isLeaf && !result.requiresGrad };
  }
  const mapping = result instanceof Mapping && name === `collections.${result.type}`;
  return mapping ? result : refuse(`a ${typeName(result)} cannot become a ${name}`);
}

/** `torch.FloatTensor(…)` and its siblings. */
function callTensorType(callee: GlobalObject, args: Arguments, context: CallContext): Value {
  const { entry } = callee;
  if (entry.kind !== "tensorType" || entry.cuda === true) {
    return refuse(`${callee.name} needs a CUDA device`);
  }
  return entry.sparse === true
    ? remember(newSparse(entry.dtype, args), context)
    : legacyTensor(entry.dtype, args);
}

function newSparse(dtype: string, args: Arguments): TensorObject {
  if (args.every(isInteger)) {
    return emptySparse(dtype, args.length === 0 ? [0n] : args.map(BigInt));
  }
  const [first] = args;
  if (args.length === 1 && isKind(first, "sequence") && first.type === "size") {
    return emptySparse(dtype, int64List(first, "the size"));
  }
  // Without a size it is computed from the largest indices.
  return args.length === 3
    ? rebuildSparse([{ kind: "layout", name: "torch.sparse_coo" }, sequenceOf("tuple", args)])
    : refuse("a sparse tensor is made of indices, values and a size");
}

function emptySparse(dtype: string, shape: readonly bigint[]): TensorObject {
  const indices: TensorObject = {
    ...emptyTensor("torch.int64", "cpu"),
    size: [BigInt(shape.length), 0n],
    stride: [1n, 1n],
  };
  return {
    ...emptyTensor(dtype, "cpu"),
    layout: "torch.sparse_coo",
    size: shape,
    storage: undefined,
    parts: { indices: [indices], values: emptyTensor(dtype, "cpu"), coalesced: false },
  };
}

/** NEWOBJ: `cls.__new__(cls, *args)`, for which some classes ignore their arguments. */
export function create(type: Value | undefined, args: Value, context: CallContext): Value {
  if (!isKind(type, "global")) {
    refuse(`NEWOBJ creates a ${typeName(type)}`);
  }
  iterate(args);
  const rule = type.entry.kind === "class" ? type.entry.rule : "";
  switch (rule) {
    case "orderedDict":
      return new Mapping("OrderedDict");
    case "counter":
      return new Mapping("Counter");
    case "set":
      return set([]);
    case "bytearray":
      return { kind: "bytearray", length: 0 };
    case "typedStorage":
      return { kind: "storage", typed: true, dtype: undefined, bytes: undefined };
    default:
      break;
  }
  return type.entry.kind === "class" || type.entry.kind === "tensorType"
    ? call(type, args, context)
    : refuse(`NEWOBJ creates ${type.name}, which is no class`);
}
