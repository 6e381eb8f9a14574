/**
 * The header of an npy file, versions 1.0 to 3.0 (numpy.lib.format, NEP 1): magic, version, length,
 * and a Python dict literal with `descr`, `fortran_order` and `shape`.
 */

import { hasBytes, latin1, readRange, utf8 } from "../../bytes/read.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { parseDescr, shapeOf } from "./dtype.ts";
import type { Dtype } from "./dtype.ts";
import { parsePythonLiteral } from "./literal.ts";
import type { PythonLiteral } from "./literal.ts";
import { NPY_MAGIC } from "./magic.ts";

const LONGEST_HEADER = 1024 * 1024;

export interface NpyHeader {
  readonly version: readonly [number, number];
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
  /** Where the array begins. */
  readonly dataStart: number;
  readonly headerLength: number;
  /** Keys beyond the three of the format. */
  readonly extraKeys: readonly string[];
}

export type HeaderResult =
  | { readonly kind: "header"; readonly header: NpyHeader }
  | { readonly kind: "damaged" | "truncated"; readonly detail: string };

/** Reads the header at the start of a source. */
export function readNpyHeader(source: RandomSource): HeaderResult {
  const head = readRange(source, 0, 12);
  if (!hasBytes(head, 0, NPY_MAGIC) || head.length < 10) {
    return { kind: "truncated", detail: "the header is cut off" };
  }
  const major = head[6] ?? 0;
  const minor = head[7] ?? 0;
  if (major < 1 || major > 3) {
    return { kind: "damaged", detail: `version ${major}.${minor} is not known` };
  }
  const wide = major > 1;
  const length = wide
    ? ((head[8] ?? 0) | ((head[9] ?? 0) << 8) | ((head[10] ?? 0) << 16)) + (head[11] ?? 0) * 2 ** 24
    : (head[8] ?? 0) | ((head[9] ?? 0) << 8);
  const start = wide ? 12 : 10;
  if (start + length > source.size) {
    return { kind: "truncated", detail: `the header claims ${length} bytes` };
  }
  if (length > LONGEST_HEADER) {
    return { kind: "damaged", detail: `a header of ${length} bytes is not read` };
  }
  const bytes = readRange(source, start, start + length);
  const literal = parsePythonLiteral(major === 3 ? utf8(bytes) : latin1(bytes));
  if (literal?.kind !== "dict") {
    return { kind: "damaged", detail: "the header is not a plain Python dict" };
  }
  return readFields(literal, [major, minor], start + length, length);
}

function readFields(
  literal: Extract<PythonLiteral, { kind: "dict" }>,
  version: readonly [number, number],
  dataStart: number,
  headerLength: number,
): HeaderResult {
  const fields = new Map<string, PythonLiteral>();
  for (const { key, value } of literal.entries) {
    if (key.kind === "str") {
      fields.set(key.value, value);
    }
  }
  const descr = fields.get("descr");
  const dtype = descr === undefined ? undefined : parseDescr(descr);
  const shapeField = fields.get("shape");
  const shape = shapeField?.kind === "tuple" ? shapeOf(shapeField) : undefined;
  const order = fields.get("fortran_order");
  if (dtype === undefined || shape === undefined || order?.kind !== "bool") {
    return { kind: "damaged", detail: "descr, shape or fortran_order is missing or not valid" };
  }
  const extraKeys = [...fields.keys()].filter(
    (key) => !["descr", "shape", "fortran_order"].includes(key),
  );
  return {
    kind: "header",
    header: {
      version,
      dtype,
      shape,
      fortranOrder: order.value,
      dataStart,
      headerLength,
      extraKeys,
    },
  };
}
