/**
 * Tensor infos of a GGUF file (gguf.md, `gguf_tensor_info_t`): names, dimensions, types and offsets, as the
 * reference reader (gguf.cpp) checks them.
 */

import type { Governor } from "../../bytes/governor.ts";
import { utf8 } from "../../bytes/read.ts";
import { quote } from "../../kernel/text.ts";
import type { GgufCursor } from "./cursor.ts";
import { TENSOR_TYPES } from "./tensor-types.ts";

/** GGML_MAX_NAME with its zero, and GGML_MAX_DIMS. */
const MAX_NAME = 64;
const MAX_DIMENSIONS = 4;
/** Longer names are cut; they are refused anyway. */
const KEPT_NAME = 256;
/** Type numbers up to here may become types one day, or are some fork's. */
const PLAUSIBLE_TYPE = 1024;
/** Mixtures of hundreds of experts, each a tensor of its own, have less than 100,000. */
const MOST_TENSORS = 250_000;
/** What a tensor takes in memory, roughly. */
const TENSOR_BYTES = 512;

export interface GgufTensor {
  /** As C sees it: up to the first zero byte. */
  readonly name: string;
  /** Where its info begins. */
  readonly infoAt: number;
  /** `Q4_K`, or `type 97` where it is not known. */
  readonly type: string;
  /** Innermost dimension first, as in the file. */
  readonly dimensions: readonly number[];
  /** From the start of the data section. */
  readonly offset: number;
  /** Bytes; undefined where type or dimensions do not say. */
  readonly size: number | undefined;
}

/** Reads `count` infos, or as many as there are. */
export function readTensors(cursor: GgufCursor, count: number, governor: Governor): GgufTensor[] {
  const tensors: GgufTensor[] = [];
  for (let index = 0; index < count && !cursor.failed; index += 1) {
    const infoAt = cursor.position;
    const tensor = readTensor(cursor, infoAt, index);
    if (cursor.failed) {
      break;
    }
    if (index >= MOST_TENSORS || !governor.take("memory", TENSOR_BYTES)) {
      cursor.fail("limit", `there are more tensors than are kept: ${count}`, infoAt);
      break;
    }
    tensors.push(tensor);
  }
  return tensors;
}

function readTensor(cursor: GgufCursor, infoAt: number, index: number): GgufTensor {
  const name = readName(cursor, index);
  const what = `tensor ${quote(name)}`;
  const dimensions = readDimensions(cursor, what);
  const typeAt = cursor.position;
  const typeId = cursor.u32();
  const offset = cursor.u64();
  const type = TENSOR_TYPES.get(typeId);
  if (type === undefined && !cursor.failed) {
    const kind = typeId < PLAUSIBLE_TYPE ? "unsupported" : "damaged";
    cursor.problems.add(kind, `${what} has the type ${typeId}, which is not known`, typeAt);
  }
  if (type?.removed === true) {
    cursor.problems.add("deviation", `${what} has the former type ${type.name}`, typeAt);
  }
  const size = cursor.failed ? undefined : sizeOf(cursor, dimensions, typeId, what, infoAt);
  return { name, infoAt, type: type?.name ?? `type ${typeId}`, dimensions, offset, size };
}

function readName(cursor: GgufCursor, index: number): string {
  const offset = cursor.position;
  const { start, end } = cursor.string(`the name of tensor ${index + 1}`);
  if (cursor.failed) {
    return "";
  }
  cursor.position = start;
  const name = utf8(cursor.take(Math.min(end - start, KEPT_NAME)));
  cursor.position = end;
  if (end - start >= MAX_NAME) {
    const message = `the name of tensor ${quote(name)} has ${end - start} bytes, and readers take ${MAX_NAME - 1}`;
    cursor.problems.add("damaged", message, offset);
  }
  const zero = name.indexOf("\0");
  if (zero === -1) {
    return name;
  }
  cursor.problems.add("deviation", `the name of tensor ${quote(name)} holds a zero byte`, offset);
  return name.slice(0, zero);
}

function readDimensions(cursor: GgufCursor, what: string): number[] {
  const offset = cursor.position;
  const count = cursor.u32();
  if (count > MAX_DIMENSIONS) {
    cursor.problems.overflow({
      what: "dimensions",
      advisory: "CVE-2024-21802",
      message: `${what} claims ${count} dimensions, and readers have room for ${MAX_DIMENSIONS}`,
      offset,
    });
    cursor.fail("damaged", `${what} claims ${count} dimensions`, offset);
    return [];
  }
  return Array.from({ length: count }, () => cursor.length());
}

/** Bytes of a tensor, where its dimensions make whole blocks and a number that readers can hold. */
function sizeOf(
  cursor: GgufCursor,
  dimensions: readonly number[],
  typeId: number,
  what: string,
  offset: number,
): number | undefined {
  const type = TENSOR_TYPES.get(typeId);
  const elements = dimensions.reduce((product, length) => product * length, 1);
  const size = (elements / (type?.block ?? 1)) * (type?.size ?? 1);
  const isHuge = dimensions.some((length) => length >= 2 ** 63);
  if (isHuge || elements >= 2 ** 63 || size >= 2 ** 63) {
    const shape = dimensions.join(" × ");
    cursor.problems.overflow({
      what: "tensor size",
      advisory: "CVE-2026-33298",
      message: `${what} claims ${shape} elements, whose size wraps around`,
      offset,
    });
    cursor.problems.add("damaged", `${what} claims ${shape} elements`, offset);
    return undefined;
  }
  if (type !== undefined && (dimensions[0] ?? 1) % type.block !== 0) {
    const message = `${what} has rows of ${dimensions[0] ?? 1} elements, and ${type.name} has blocks of ${type.block}`;
    cursor.problems.add("damaged", message, offset);
    return undefined;
  }
  return type === undefined ? undefined : size;
}
