/** NumPy dtypes as npy headers and pickles spell them (numpy.dtype.descr and numpy.dtype.str). */

import type { PythonLiteral } from "./literal.ts";

export interface Dtype {
  /** Bytes of one element. */
  readonly itemSize: number;
  /** Holds references to Python objects: elements are pickled, not stored. */
  readonly hasObject: boolean;
}

const CODE = /^[<>|=]?([?bBhHiIlLqQpPefdgFDGSaUVOcmMut])(\d*)(?:\[.*\])?$/;

/** Sizes of codes that may stand without a number. */
const DEFAULT_SIZE: Readonly<Record<string, number>> = {
  "?": 1, b: 1, B: 1, h: 2, H: 2, i: 4, I: 4, l: 8, L: 8, q: 8, Q: 8, p: 8, P: 8, e: 2, f: 4, d: 8,
  g: 16, F: 8, D: 16, G: 32, m: 8, M: 8, O: 8, c: 1,
}; // prettier-ignore

/** A simple type such as `<f8`, `|S10`, `<U5`, `O`. */
export function parseTypeCode(text: string): Dtype | undefined {
  const match = CODE.exec(text);
  const code = match?.[1];
  if (match === null || code === undefined) {
    return undefined;
  }
  const digits = match[2] ?? "";
  const size = digits === "" ? (DEFAULT_SIZE[code] ?? 0) : Number(digits);
  if (code === "O") {
    return { itemSize: 8, hasObject: true };
  }
  return { itemSize: code === "U" ? 4 * size : size, hasObject: false };
}

const MAX_DEPTH = 32;

/** A `descr`: a type code, `[(name, descr, shape?), …]`, or `(descr, shape)`. */
export function parseDescr(literal: PythonLiteral, depth = 0): Dtype | undefined {
  if (depth > MAX_DEPTH) {
    return undefined;
  }
  if (literal.kind === "str") {
    return parseTypeCode(literal.value);
  }
  if (literal.kind === "tuple") {
    const [base, shape] = literal.items;
    return base === undefined ? undefined : withShape(parseDescr(base, depth + 1), shape);
  }
  if (literal.kind !== "list") {
    return undefined;
  }
  let itemSize = 0;
  let hasObject = false;
  for (const field of literal.items) {
    const [, descr, shape] = field.kind === "tuple" ? field.items : [];
    const dtype = descr === undefined ? undefined : withShape(parseDescr(descr, depth + 1), shape);
    if (dtype === undefined) {
      return undefined;
    }
    itemSize += dtype.itemSize;
    hasObject ||= dtype.hasObject;
  }
  return { itemSize, hasObject };
}

function withShape(dtype: Dtype | undefined, shape: PythonLiteral | undefined): Dtype | undefined {
  if (dtype === undefined || shape === undefined) {
    return dtype;
  }
  const elements = shapeOf(shape);
  return elements === undefined
    ? undefined
    : { ...dtype, itemSize: dtype.itemSize * elements.reduce((a, b) => a * b, 1) };
}

/** A shape: a tuple of non-negative integers, or one integer. */
export function shapeOf(literal: PythonLiteral): number[] | undefined {
  const items = literal.kind === "tuple" || literal.kind === "list" ? literal.items : [literal];
  const shape: number[] = [];
  for (const item of items) {
    if (item.kind !== "int" || item.value < 0) {
      return undefined;
    }
    shape.push(item.value);
  }
  return shape;
}
