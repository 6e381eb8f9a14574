/**
 * What a server answers to a request for a range (RFC 9110 14 and 15.3.7), held against what was asked:
 * a proxy that cuts, shifts or exchanges bytes must not go unnoticed.
 */

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import type { HttpAnswer } from "./http-client.ts";

export interface ContentRange {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly total: number;
}

/** `Range` for `[start, end)`. */
export function rangeHeader(start: number, end: number): string {
  return `bytes=${start}-${end - 1}`;
}

/** `Content-Range` of a part; nothing where it is none or leaves the size open. */
export function contentRange(value: string | undefined): ContentRange | undefined {
  const match = /^bytes (\d{1,16})-(\d{1,16})\/(\d{1,16})$/.exec(value ?? "");
  if (match === null) {
    return undefined;
  }
  const [start, last, total] = match.slice(1).map(Number) as [number, number, number];
  return last < start || last >= total ? undefined : { start, end: last + 1, total };
}

/**
 * Checks that the answer's body begins with the byte at `start` of a file of `size` bytes. Throws `AppError`
 * SOURCE_CHANGED where it does not.
 */
export function checkRangeAnswer(
  { status, headers, url }: HttpAnswer,
  { start, end, size }: { readonly start: number; readonly end: number; readonly size: number },
): void {
  const wrong = (what: string, hint = "a mirror or proxy in between may be at fault"): AppError =>
    new AppError("SOURCE_CHANGED", `${url.host} ${what}`, { hint });
  if (status === 200) {
    const length = headers["content-length"];
    if (start > 0) {
      throw wrong("does not serve parts of files", "scan it with --full, which reads all of it");
    }
    if (length !== undefined && Number(length) !== size) {
      throw wrong(`sends ${quote(length)} bytes of a file that should have ${size}`);
    }
    return;
  }
  const range = status === 206 ? contentRange(headers["content-range"]) : undefined;
  if (range === undefined) {
    const value = headers["content-range"];
    throw wrong(
      status === 206 && value !== undefined
        ? `says of a part that it is ${quote(value)}, which is no range`
        : `answers with status ${status} when asked for a part of a file`,
    );
  }
  if (range.start !== start || range.end > end || range.total !== size) {
    const asked = `${start}-${end - 1}/${size}`;
    throw wrong(
      `was asked for bytes ${asked} and sends ${range.start}-${range.end - 1}/${range.total}`,
    );
  }
}

/** An entity tag without its quotes; nothing where it is weak, which says little about bytes. */
export function strongTag(value: string | undefined): string | undefined {
  return /^"([^"]+)"$/.exec(value ?? "")?.[1];
}
