/**
 * joblib's arrays: behind the BUILD of a `NumpyArrayWrapper` joblib reads the array itself out of the
 * stream, and then goes on with opcodes. `pickle.load` knows nothing of that and takes the numbers for
 * opcodes.
 */

import type { Ledger } from "../bytes/ledger.ts";
import { readRange } from "../bytes/read.ts";
import { parseTypeCode } from "../codecs/npy/dtype.ts";
import type { Dtype } from "../codecs/npy/dtype.ts";
import type { RandomSource } from "../kernel/source.ts";
import { PickleAnalysis } from "../machines/pickle/analyze.ts";
import type { AnalysisOptions } from "../machines/pickle/analyze.ts";
import type { Machine } from "../machines/pickle/machine.ts";
import { isScalar, KIND, kindOf } from "../machines/pickle/value.ts";
import type { Node, Value } from "../machines/pickle/value.ts";

export interface InlineArrays {
  /** Byte ranges of arrays of numbers. */
  readonly ranges: { readonly start: number; readonly end: number }[];
  /** Pickles of arrays of objects, which lie inside the outer stream. */
  readonly nested: PickleAnalysis[];
  /** Set where an array does not fit, with the position of its BUILD. */
  problem: { readonly offset: number; readonly detail: string } | undefined;
}

/** Options that make the machine read arrays as joblib does, and where what it read is noted. */
export function joblibOptions(
  source: RandomSource,
  ledger: Ledger,
  options: AnalysisOptions,
): { options: AnalysisOptions; arrays: InlineArrays } {
  const arrays: InlineArrays = { ranges: [], nested: [], problem: undefined };
  const seen = new Set<number>();
  const afterBuild = (instance: Node, position: number, machine: Machine): number => {
    if (!isArrayWrapper(instance)) {
      return position;
    }
    const layout = layoutOf(machine, instance);
    if (layout === undefined) {
      arrays.problem ??= { offset: position, detail: "dtype or shape of an array is not plain" };
      return position;
    }
    if (layout.dtype.hasObject) {
      const nested = new PickleAnalysis(source, options);
      const stream = nested.add(position);
      nested.finish();
      if (!seen.has(position)) {
        arrays.nested.push(nested);
        ledger.understood(position, stream.end);
      }
      seen.add(position);
      return stream.end;
    }
    const start = layout.aligned
      ? position + 1 + (readRange(source, position, position + 1)[0] ?? 0)
      : position;
    const end = start + layout.elements * layout.dtype.itemSize;
    if (end > source.size) {
      arrays.problem ??= { offset: position, detail: "an array is longer than what is left" };
      return source.size;
    }
    if (!seen.has(position)) {
      arrays.ranges.push({ start, end });
      ledger.inert(start, end);
    }
    seen.add(position);
    return end;
  };
  return { options: { ...options, afterBuild }, arrays };
}

function isArrayWrapper(instance: Node): boolean {
  const use = typeof instance.callee === "object" ? instance.callee.use : undefined;
  return use?.name === "NumpyArrayWrapper" && use.module?.endsWith("joblib.numpy_pickle") === true;
}

interface Layout {
  readonly dtype: Dtype;
  readonly elements: number;
  /** A byte with the length of the padding comes first. */
  readonly aligned: boolean;
}

function layoutOf(machine: Machine, wrapper: Node): Layout | undefined {
  const state = wrapper.items?.at(-1);
  const shape = attribute(machine, state, "shape");
  const dtypeValue = attribute(machine, state, "dtype");
  const dtype = dtypeValue === undefined ? undefined : dtypeOf(machine, dtypeValue, 0);
  if (shape === undefined || kindOf(shape) !== KIND.TUPLE || dtype === undefined) {
    return undefined;
  }
  let elements = 1;
  for (const length of machine.itemsOf(shape) ?? []) {
    const value = integerOf(machine, length);
    if (value === undefined || value < 0) {
      return undefined;
    }
    elements *= value;
  }
  const alignment = attribute(machine, state, "numpy_array_alignment_bytes");
  const aligned =
    alignment !== undefined &&
    !(isScalar(alignment) && machine.literals.type(alignment) === "none");
  return { dtype, elements, aligned };
}

/** A dtype as numpy pickles it: `dtype("f8", False, True)` and a state with fields and size. */
function dtypeOf(machine: Machine, value: Value | undefined, depth: number): Dtype | undefined {
  if (typeof value !== "object" || depth > MAX_FIELDS_DEPTH) {
    return undefined;
  }
  const [code] = value.args ?? [];
  const text = code === undefined || !isScalar(code) ? undefined : machine.literals.text(code);
  const simple = text === undefined ? undefined : parseTypeCode(text);
  if (simple === undefined) {
    return undefined;
  }
  // State: (version, order, subdtype, names, fields, itemsize, alignment, flags).
  const [, , subtype, , fields, size] = machine.itemsOf(value.items?.at(-1)) ?? [];
  const itemSize = size === undefined ? undefined : integerOf(machine, size);
  return {
    itemSize: itemSize !== undefined && itemSize >= 0 ? itemSize : simple.itemSize,
    hasObject:
      simple.hasObject ||
      partsOf(machine, subtype, fields).some(
        (part) => dtypeOf(machine, part, depth + 1)?.hasObject ?? true,
      ),
  };
}

const MAX_FIELDS_DEPTH = 16;

/** The dtypes that a dtype is made of: the base of an array in an element, the fields of a record. */
function partsOf(
  machine: Machine,
  subtype: Value | undefined,
  fields: Value | undefined,
): (Value | undefined)[] {
  const base =
    subtype !== undefined && kindOf(subtype) === KIND.TUPLE
      ? (machine.itemsOf(subtype) ?? []).slice(0, 1)
      : [];
  const records =
    fields !== undefined && kindOf(fields) === KIND.DICT ? (machine.itemsOf(fields) ?? []) : [];
  return [
    ...base,
    ...records.filter((_, index) => index % 2 === 1).map((field) => machine.itemsOf(field)?.[0]),
  ];
}

function attribute(machine: Machine, state: Value | undefined, name: string): Value | undefined {
  if (typeof state !== "object" || state.kind !== KIND.DICT) {
    return undefined;
  }
  const items = machine.itemsOf(state) ?? [];
  for (let index = 0; index + 1 < items.length; index += 2) {
    const key = items[index];
    if (key !== undefined && isScalar(key) && machine.literals.text(key) === name) {
      return items[index + 1];
    }
  }
  return undefined;
}

function integerOf(machine: Machine, value: Value): number | undefined {
  if (isScalar(value)) {
    const scalar = machine.literals.scalar(value);
    return typeof scalar === "number" || typeof scalar === "bigint" ? Number(scalar) : undefined;
  }
  // numpy scalars occur in shapes: scalar(dtype, bytes).
  const raw = typeof value === "object" ? value.args?.[1] : undefined;
  const bytes = typeof raw === "number" ? machine.literals.bytes(raw) : raw?.literal;
  if (!(bytes instanceof Uint8Array) || bytes.length > 8) {
    return undefined;
  }
  let result = 0;
  for (let index = bytes.length - 1; index >= 0; index -= 1) {
    result = result * 256 + (bytes[index] ?? 0);
  }
  return result;
}
