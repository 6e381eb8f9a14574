/**
 * The members `storages` and `tensors` of the oldest layout (torch 0.1 to 0.1.9), as
 * `torch/serialization.py` still reads them: a number of things, then for each of them a pickled
 * description and raw numbers.
 */

import type { Reader } from "../../bytes/reader.ts";
import { PlainName } from "../plain-pickle.ts";
import type { PlainValue } from "../plain-pickle.ts";
import { storageItemBytes } from "../torch-storages.ts";
import type { MemberStreams } from "./member-streams.ts";

/** Number, then `(key, location, class)`, a 64-bit number of elements and the elements; then the views. */
export function readStorages(streams: MemberStreams): void {
  const count = streams.stream("the number of storages");
  if (!isCount(count, streams)) {
    return;
  }
  for (let index = 0; index < count; index += 1) {
    const type = classOf(streams.stream("a storage"), streams);
    const itemBytes =
      type === undefined ? undefined : storageItemBytes(`${type.module}.${type.name}`);
    if (itemBytes === undefined) {
      if (type !== undefined) {
        streams.stop("damaged", "a storage has no class that torch knows");
      }
      return;
    }
    const elements = streams.fixed(8)?.u64();
    if (elements === undefined || !streams.numbers(elements * itemBytes)) {
      return;
    }
  }
  streams.stream("the views of storages");
}

/** Number, then `(key, storage, class)`, dimensions, sizes, strides and offset of each. */
export function readTensors(streams: MemberStreams): void {
  const count = streams.stream("the number of tensors");
  if (!isCount(count, streams)) {
    return;
  }
  for (let index = 0; index < count; index += 1) {
    if (classOf(streams.stream("a tensor"), streams) === undefined) {
      return;
    }
    // Dimensions were written as 64 bits and are read as 32.
    const dimensions = streams.fixed(8)?.i32();
    if (dimensions === undefined || dimensions < 0) {
      return;
    }
    const shape: Reader | undefined = streams.fixed(16 * dimensions + 8);
    if (shape === undefined) {
      return;
    }
  }
}

function isCount(value: PlainValue | undefined, streams: MemberStreams): value is number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) {
    return true;
  }
  if (value !== undefined) {
    streams.stop("damaged", "its first stream is no number");
  }
  return false;
}

function classOf(value: PlainValue | undefined, streams: MemberStreams): PlainName | undefined {
  const type = Array.isArray(value) ? value[2] : undefined;
  if (type instanceof PlainName) {
    return type;
  }
  if (value !== undefined) {
    streams.stop("damaged", "a description is not one of key, place and class");
  }
  return undefined;
}

/** What to do with members of these names. */
export const MEMBERS: ReadonlyMap<string, (streams: MemberStreams) => void> = new Map([
  ["storages", readStorages],
  ["tensors", readTensors],
]);
