/** What is known of one stream once it is analysed, and of one that only the fast walk has seen. */

import type { PlainStream } from "./plain-stream.ts";
import type { Value } from "./value.ts";

export interface Stream {
  readonly start: number;
  /** After STOP, or where no reader goes further. */
  readonly end: number;
  readonly status: "complete" | "truncated" | "damaged" | "limit";
  readonly detail: string | undefined;
  readonly protocol: number;
  readonly opcodes: number;
  /** Proven to be nothing but data. */
  readonly plain: boolean;
  /** What the stream leaves behind; undefined where it is plain or has no end. */
  readonly result: Value | undefined;
}

/** What the fast walk from a position gave; undefined where the stream there is more than data. */
export interface Walked {
  readonly start: number;
  readonly walk: PlainStream | undefined;
}

/** A stream that is nothing but data. */
export function plainStream(start: number, { end, protocol, opcodes }: PlainStream): Stream {
  return {
    start,
    end,
    status: "complete",
    detail: undefined,
    protocol,
    opcodes,
    plain: true,
    result: undefined,
  };
}
