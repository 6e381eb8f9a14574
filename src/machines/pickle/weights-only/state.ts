/** BUILD, and the attributes that rebuild functions set: what may be written to which object. */

import { iterate } from "./builtin-calls.ts";
import { setStorage } from "./geometry.ts";
import { isNumber } from "./numbers.ts";
import { refuse } from "./refusal.ts";
import { dtypeFacts, torchFacts } from "./torch-facts.ts";
import { setRequiresGrad } from "./tensor-calls.ts";
import { Mapping, isKind, isText, isTruthy, typeName } from "./values.ts";
import type { Sequence, TensorObject, Value } from "./values.ts";

/** `tensor.set_(*state)`: nothing, a tensor, or a storage with offset, size and stride. */
function setTensor(tensor: TensorObject, state: Sequence): void {
  const [source, offset, size, stride = null] = state.items;
  if (state.length < 3 && dtypeFacts(tensor.dtype).quantized === true) {
    refuse("a quantized tensor can only be set to a storage with offset, size and stride");
  }
  if (state.length === 0) {
    return;
  }
  if (!isKind(source, "storage") || source.bytes === undefined) {
    refuse(`a tensor cannot be set to a ${typeName(source)}`);
  }
  if (source.typed && source.dtype !== tensor.dtype) {
    refuse(`a storage of ${source.dtype} does not fit a tensor of ${tensor.dtype}`);
  }
  if (state.length === 1) {
    const count = source.bytes.size / BigInt(dtypeFacts(tensor.dtype).bytes);
    Object.assign(tensor, { storage: source.bytes, size: [count], stride: [1n], offset: 0n });
  } else if (state.length < 3 || state.length > 4) {
    refuse(`a tensor cannot be set with ${state.length} values`);
  } else {
    setStorage(tensor, source.bytes, { offset, size, stride });
  }
}

/** `parameter.__setstate__(state)`: the layouts of torch before 0.4. */
function setParameterState(tensor: TensorObject, state: Value): void {
  if (!tensor.isLeaf) {
    refuse("only the state of leaves can be set");
  }
  const items = iterate(state);
  if (items.length === 4) {
    setTensor(tensor, items);
    return;
  }
  if (items.length === 5) {
    setData(tensor, items.items[0]);
    setRequiresGrad(tensor, items.items[3]);
  } else if (items.length === 3) {
    setRequiresGrad(tensor, items.items[0]);
  } else {
    refuse(`the state of a Parameter has ${items.length} values`);
  }
}

function setData(tensor: TensorObject, data: Value | undefined): void {
  if (!isKind(data, "tensor")) {
    refuse(`the data of a tensor cannot be a ${typeName(data)}`);
  }
  const { parameter, requiresGrad, isLeaf } = tensor;
  Object.assign(tensor, data, { parameter, requiresGrad, isLeaf });
}

/** `inst.__dict__.update(state)`. */
function updateDictionary(state: Value): void {
  if (!isKind(state, "mapping")) {
    const pairs = iterate(state);
    if (pairs.items.some((pair) => iterate(pair).length !== 2)) {
      refuse("the state of an object has to be a dict or pairs");
    }
    if (!pairs.allPairs && pairs.length > pairs.items.length) {
      refuse("the state of an object has to be a dict or pairs");
    }
  }
}

/** BUILD: gives `state` to `instance`. */
export function build(instance: Value, state: Value): void {
  if (isKind(instance, "tensor")) {
    if (instance.parameter) {
      setParameterState(instance, state);
    } else {
      setTensor(instance, iterate(state));
    }
    return;
  }
  if (isKind(instance, "mapping") && instance.type === "OrderedDict") {
    updateDictionary(state);
    return;
  }
  if (!isBuildable(instance)) {
    refuse(`BUILD cannot give a state to a ${typeName(instance)}`);
  }
  buildAttributes(instance, state);
}

/** Instances of allowed classes. */
function isBuildable(value: Value): boolean {
  switch (typeof value === "object" ? value?.kind : undefined) {
    case "set":
    case "bytearray":
    case "complex":
    case "device":
    case "storage":
      return true;
    case "mapping":
      return (value as Mapping).type === "Counter";
    case "sequence":
      return (value as Sequence).type === "size";
    default:
      return false;
  }
}

function buildAttributes(instance: Value, state: Value): void {
  const pair = isKind(state, "sequence") && state.type === "tuple" && state.length === 2;
  const [attributes = null, slots = null] = pair ? state.items : [state];
  const open = isKind(instance, "mapping") || isKind(instance, "storage");
  if (isTruthy(attributes)) {
    if (!open) {
      refuse(`a ${typeName(instance)} has no attributes that BUILD could set`);
    }
    updateDictionary(attributes);
  }
  if (isTruthy(slots)) {
    setAttributes(instance, slots);
  }
}

/** `_set_obj_state`: attributes from a dict, or from a pair of them. */
export function setObjectState(instance: Value, state: Value): void {
  const pair = isKind(state, "sequence") && state.type === "tuple";
  if (pair && state.length !== 2) {
    refuse(`the state of an object has ${state.length} parts`);
  }
  const parts = pair ? state.items : [state];
  for (const part of parts) {
    if (isTruthy(part)) {
      setAttributes(instance, part);
    }
  }
}

/** `setattr` for each entry. */
function setAttributes(instance: Value, attributes: Value): void {
  if (!isKind(attributes, "mapping")) {
    refuse(`attributes come as a ${typeName(attributes)} and have to be a dict`);
  }
  if (!attributes.allTextKeys) {
    refuse("the name of an attribute has to be text");
  }
  for (const [name, value] of attributes.entries) {
    setAttribute(instance, name, value);
  }
}

function setAttribute(instance: Value, name: Value, value: Value): void {
  if (isKind(instance, "tensor")) {
    setTensorAttribute(instance, typeof name === "string" ? name : "", value);
    return;
  }
  const open = instance instanceof Mapping ? instance.type !== "dict" : isKind(instance, "storage");
  if (!open || !isText(name) || name === "__class__" || name === "__dict__") {
    refuse(`a ${typeName(instance)} does not take that attribute`);
  }
}

function setTensorAttribute(tensor: TensorObject, name: string, value: Value): void {
  if (torchFacts().readOnlyTensorAttributes.includes(name)) {
    refuse(`the attribute ${name} of a tensor cannot be set`);
  }
  const fine = tensorAttributeFits(tensor, name, value);
  if (!fine) {
    refuse(`the attribute ${name} of a tensor cannot be a ${typeName(value)}`);
  }
}

function tensorAttributeFits(tensor: TensorObject, name: string, value: Value): boolean {
  switch (name) {
    case "requires_grad":
      setRequiresGrad(tensor, value);
      return true;
    case "data":
      setData(tensor, value);
      return true;
    case "grad":
    case "_grad":
      return value === null || isGradient(tensor, value);
    case "_grad_fn":
      return value === null;
    case "grad_dtype":
      return value === null || (isKind(value, "global") && value.entry.kind === "dtype");
    case "real":
      return isNumber(value) || isKind(value, "tensor");
    case "__class__":
    case "imag":
      return false;
    case "__dict__":
      return isKind(value, "mapping");
    default:
      return true;
  }
}

function isGradient(tensor: TensorObject, value: Value): boolean {
  return (
    isKind(value, "tensor") &&
    value.dtype === tensor.dtype &&
    value.device === tensor.device &&
    value.size.join() === tensor.size.join()
  );
}
