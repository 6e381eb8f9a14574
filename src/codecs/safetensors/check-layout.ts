/**
 * Whether the tensors of a safetensors file lie as the reference reader wants them: each as long as its dtype
 * and shape say, one directly behind the other, the first at the start of the data and the last up to its end.
 */

import { quote } from "../../kernel/text.ts";
import type { HeaderProblem, HeaderTensor } from "./header.ts";
import { multiply } from "./product.ts";

/** So many problems and holes are told; a reader stops at the first one. */
const KEPT = 64;

export interface FileRange {
  readonly start: number;
  readonly end: number;
}

export interface Layout {
  readonly problems: readonly HeaderProblem[];
  /** Bytes of the file that tensors of the right length take, in order and without overlap. */
  readonly sound: readonly FileRange[];
  /** Bytes behind the header that no tensor names, the first of such ranges in order. */
  readonly unnamed: readonly FileRange[];
}

/** Checks tensors against the data, which begins at `dataStart` of a file of `fileSize` bytes. */
export function checkLayout(
  tensors: readonly HeaderTensor[],
  dataStart: number,
  fileSize: number,
): Layout {
  const size = fileSize - dataStart;
  const problems: HeaderProblem[] = [];
  const note = (kind: HeaderProblem["kind"], message: string, offset: number): void => {
    if (problems.length < KEPT) {
      problems.push({ kind, message, offset });
    }
  };
  const sound: FileRange[] = [];
  const unnamed: FileRange[] = [];
  /** Where the reference reader expects the next tensor, and how far any of them reaches. */
  let expected = 0;
  let reached = 0;
  for (const tensor of inOrder(tensors)) {
    const { begin, end, at } = tensor;
    const wrong = lengthProblem(tensor);
    if (wrong !== undefined) {
      note("damaged", wrong, at);
    } else if (tensor.bits > 0 && begin < size) {
      join(sound, { start: dataStart + begin, end: dataStart + Math.min(end, size) });
    }
    if (begin !== expected) {
      const by = Math.abs(begin - expected);
      const what = begin > expected ? `lies ${bytes(by)} behind` : `overlaps by ${bytes(by)}`;
      note("damaged", `tensor ${quote(tensor.name)} ${what} the one before it`, at);
    }
    if (end > size) {
      note(
        "truncated",
        `tensor ${quote(tensor.name)} ends ${bytes(end - size)} behind the file`,
        at,
      );
    }
    if (begin > reached && unnamed.length < KEPT) {
      unnamed.push({ start: dataStart + reached, end: dataStart + Math.min(begin, size) });
    }
    expected = end;
    reached = Math.max(reached, end);
  }
  if (reached < size) {
    unnamed.push({ start: dataStart + reached, end: fileSize });
  }
  if (expected < size) {
    note("damaged", `${bytes(size - expected)} behind the last tensor`, dataStart + expected);
  }
  return { problems, sound, unnamed: unnamed.filter(({ start, end }) => start < end) };
}

/** Adds a range that does not begin in front of the last one. */
function join(ranges: FileRange[], range: FileRange): void {
  const last = ranges.at(-1);
  if (last === undefined || range.start > last.end) {
    ranges.push(range);
  } else if (range.end > last.end) {
    ranges[ranges.length - 1] = { start: last.start, end: range.end };
  }
}

function lengthProblem(tensor: HeaderTensor): string | undefined {
  const { bits, elements, begin, end } = tensor;
  if (bits === 0) {
    return undefined;
  }
  if (begin > end) {
    return `tensor ${quote(tensor.name)} ends in front of its beginning`;
  }
  const needed = multiply(elements, bits);
  if (needed === undefined) {
    return `the shape of tensor ${quote(tensor.name)} is past 64 bits`;
  }
  if (typeof needed === "bigint" || needed !== (end - begin) * 8) {
    const size = typeof needed === "bigint" ? needed / 8n : needed / 8;
    return `tensor ${quote(tensor.name)} needs ${size} bytes and has ${end - begin}`;
  }
  return undefined;
}

/** By position, without moving what is in order already: nearly all files are. */
function inOrder(tensors: readonly HeaderTensor[]): readonly HeaderTensor[] {
  for (let index = 1; index < tensors.length; index += 1) {
    const before = tensors[index - 1];
    const tensor = tensors[index];
    if (before !== undefined && tensor !== undefined && compare(before, tensor) > 0) {
      return tensors.toSorted(compare);
    }
  }
  return tensors;
}

function compare(left: HeaderTensor, right: HeaderTensor): number {
  return left.begin - right.begin || left.end - right.end;
}

function bytes(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
}
