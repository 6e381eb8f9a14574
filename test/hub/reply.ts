/**
 * An answer before it is sent, so that faults can be worked into it: status, headers (lower case) and bytes that are
 * read only when they go out.
 */

import { bytesOf, sliceOf } from "./content.ts";
import type { Bytes } from "./content.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Bytes;
  /** What a file's answer was cut from. */
  readonly whole?: Bytes;
  /** The part of `whole` that was asked for, `end` exclusive. */
  readonly range?: { readonly start: number; readonly end: number };
}

export type Headers = Readonly<Record<string, string>>;

export function textReply(status: number, text: string, headers: Headers = {}): Reply {
  const body = bytesOf(text);
  return {
    status,
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "content-length": String(body.size),
      ...headers,
    },
    body,
  };
}

export function jsonReply(value: unknown, headers: Headers = {}): Reply {
  return textReply(200, JSON.stringify(value), {
    "content-type": "application/json; charset=utf-8",
    ...headers,
  });
}

/** The hub's errors: a code that clients map to an exception, and a sentence in a header and in the body. */
export function errorReply(status: number, code: string | undefined, message: string): Reply {
  return textReply(status, JSON.stringify({ error: message }), {
    "content-type": "application/json; charset=utf-8",
    // Headers are ASCII; revisions and paths need not be.
    "x-error-message": message.replace(/[^ -~]/g, "?"),
    ...(code !== undefined && { "x-error-code": code }),
  });
}

/** A file, whole (200), in part (206) or not at all (416), RFC 9110 section 14; several ranges get the whole. */
export function fileReply(whole: Bytes, asked: string | undefined, headers: Headers): Reply {
  const shared = { "content-type": "application/octet-stream", "accept-ranges": "bytes" };
  const range = parseRange(asked, whole.size);
  if (range === "none") {
    return textReply(416, "Range Not Satisfiable", {
      ...headers,
      "content-range": `bytes */${whole.size}`,
    });
  }
  if (range === "all") {
    const length = { "content-length": String(whole.size) };
    return { status: 200, headers: { ...shared, ...headers, ...length }, body: whole, whole };
  }
  const { start, end } = range;
  return {
    status: 206,
    headers: {
      ...shared,
      ...headers,
      "content-length": String(end - start),
      "content-range": `bytes ${start}-${end - 1}/${whole.size}`,
    },
    body: sliceOf(whole, start, end),
    whole,
    range,
  };
}

function parseRange(asked: string | undefined, size: number) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(asked ?? "");
  const [, first = "", last = ""] = match ?? [];
  if (!match || (first === "" && last === "") || (first !== "" && last !== "" && +last < +first)) {
    return "all";
  }
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  return start < end ? { start, end } : "none";
}
