/**
 * Where the tensors of a GGUF file lie: one after the other, each at a multiple of the alignment, as the reference
 * reader (gguf.cpp) demands. Says what does not hold, which tensors share bytes, and which bytes are no tensor's.
 */

import { quote } from "../../kernel/text.ts";
import type { GgufFront } from "./read-gguf.ts";
import { GgufProblems } from "./problems.ts";
import type { GgufOverflow, GgufProblem } from "./problems.ts";
import type { GgufTensor } from "./read-tensors.ts";

/** What ggml takes in memory for a tensor beside its data, roughly. */
const OVERHEAD = 512;
const MOST_OVERLAPS = 100;

export interface PlacedTensor {
  readonly tensor: GgufTensor;
  readonly start: number;
  readonly end: number;
}

export interface GgufGap {
  readonly start: number;
  readonly end: number;
  /** `padding` up to the next multiple of the alignment, `between` tensors, `behind` the last one. */
  readonly where: "padding" | "between" | "behind";
}

export interface GgufLayout {
  /** Where offsets count from. */
  readonly dataStart: number;
  /** Tensors with a size, in file order; ends may lie behind the end of the file. */
  readonly placed: readonly PlacedTensor[];
  readonly overlaps: readonly (readonly [PlacedTensor, PlacedTensor])[];
  readonly gaps: readonly GgufGap[];
  readonly problems: readonly GgufProblem[];
  readonly overflows: readonly GgufOverflow[];
}

/** Places the tensors of a front part that was read whole, in a file of `size` bytes. */
export function layOut(front: GgufFront, size: number): GgufLayout {
  const { tensors, alignment, end } = front;
  const problems = new GgufProblems();
  const dataStart = tensors.length === 0 ? end : alignUp(end, alignment);
  const placed = tensors.flatMap((tensor): PlacedTensor[] => {
    const start = dataStart + tensor.offset;
    return tensor.size === undefined ? [] : [{ tensor, start, end: start + tensor.size }];
  });
  checkOrder(tensors, alignment, problems);
  checkEnds(placed, alignment, size, problems);
  if (tensors.length > 0 && dataStart > size) {
    problems.add("truncated", "the file ends in front of its data", Math.min(end, size));
  }
  const sorted = placed.toSorted((a, b) => a.start - b.start || a.end - b.end);
  // Bytes behind a tensor of unknown size may well be its own.
  const known = placed.length === tensors.length;
  return {
    dataStart,
    placed: sorted,
    overlaps: overlapsOf(sorted),
    gaps: known ? gapsOf(sorted, end, alignment, size) : [],
    problems: problems.list(),
    overflows: problems.overflows,
  };
}

function alignUp(position: number, alignment: number): number {
  return Math.ceil(position / alignment) * alignment;
}

/** Each tensor begins where the one before it, padded, ends. */
function checkOrder(
  tensors: readonly GgufTensor[],
  alignment: number,
  problems: GgufProblems,
): void {
  let expected: number | undefined = 0;
  let total = (tensors.length + 1) * OVERHEAD;
  for (const { name, offset, size, infoAt } of tensors) {
    const what = `tensor ${quote(name)}`;
    if (offset % alignment !== 0) {
      const message = `${what} is at offset ${offset}, no multiple of ${alignment}`;
      problems.add("damaged", message, infoAt);
    } else if (expected !== undefined && offset !== expected) {
      const message = `${what} is at offset ${offset}, where readers expect ${expected}`;
      problems.add("damaged", message, infoAt);
    }
    const padded = size === undefined ? undefined : alignUp(size, alignment);
    expected = padded === undefined ? undefined : offset + padded;
    const before = total;
    total += padded ?? 0;
    // Nobody has half of what 64 bits can count; from there on sums and what is added to them wrap around.
    if (total >= 2 ** 63 && before < 2 ** 63) {
      problems.overflow({
        what: "data size",
        advisory: "CVE-2025-53630",
        message: `up to ${what} the data takes ${total} bytes, more than readers can count`,
        offset: infoAt,
      });
    }
  }
}

function checkEnds(
  placed: readonly PlacedTensor[],
  alignment: number,
  size: number,
  problems: GgufProblems,
): void {
  const last = placed.at(-1);
  if (last !== undefined && last.end <= size && alignUp(last.end, alignment) > size) {
    // Readers that take the data in one piece refuse that; those that map the file do not mind.
    problems.add("deviation", "the padding behind the last tensor is not there", size);
  }
  for (const { tensor, start, end } of placed) {
    if (end > size) {
      const there = Math.max(0, size - start);
      const message = `tensor ${quote(tensor.name)} needs ${end - start} bytes and ${there} are there`;
      problems.add("truncated", message, tensor.infoAt);
    }
  }
}

function overlapsOf(sorted: readonly PlacedTensor[]): [PlacedTensor, PlacedTensor][] {
  const overlaps: [PlacedTensor, PlacedTensor][] = [];
  let last: PlacedTensor | undefined;
  for (const placed of sorted) {
    if (placed.end === placed.start) {
      continue;
    }
    if (last !== undefined && placed.start < last.end && overlaps.length < MOST_OVERLAPS) {
      overlaps.push([last, placed]);
    }
    last = last === undefined || placed.end > last.end ? placed : last;
  }
  return overlaps;
}

/** Bytes from the end of the infos on that belong to no tensor. */
function gapsOf(
  sorted: readonly PlacedTensor[],
  from: number,
  alignment: number,
  size: number,
): GgufGap[] {
  const gaps: GgufGap[] = [];
  const add = (start: number, end: number, where: GgufGap["where"]): void => {
    if (end > start) {
      gaps.push({ start, end, where });
    }
  };
  let at = Math.min(from, size);
  const upTo = (next: number, where: "between" | "behind"): void => {
    const end = Math.min(next, size);
    // Data starts at a multiple of the alignment itself, so positions and offsets align alike.
    const padded = Math.min(alignUp(at, alignment), end);
    add(at, padded, "padding");
    add(Math.max(at, padded), end, where);
  };
  for (const { start, end } of sorted) {
    if (start > at) {
      upTo(start, "between");
    }
    at = Math.max(at, end);
  }
  upTo(size, "behind");
  return gaps;
}
