/**
 * Drives one of Node's decompressors piece by piece: what a piece leads to is handed out before the
 * next piece goes in, so memory stays bounded however much comes out, and it is known how far the
 * engine got when it fails.
 */

import type { Transform } from "node:stream";

import type { DecodeEnd } from "../kernel/source.ts";

export interface Engine extends Transform {
  /** Input bytes that the engine used. */
  readonly bytesWritten: number;
}

/**
 * Yields what comes out, until the encoded stream is over or `next` has no more pieces. Throws the
 * engine's error. A piece is not used any more when the next one is asked for.
 */
export async function* pump(
  engine: Engine,
  next: () => Uint8Array | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  const state: { error?: Error; ended: boolean; written: boolean; wake?: () => void } = {
    ended: false,
    written: true,
  };
  const wake = (): void => state.wake?.();
  engine.on("readable", wake);
  engine.on("end", () => {
    state.ended = true;
    wake();
  });
  engine.on("error", (error) => {
    state.error = error;
    wake();
  });
  let fed = 0;
  try {
    while (!state.ended) {
      const chunk: unknown = engine.read();
      if (chunk instanceof Uint8Array) {
        yield chunk;
      } else if (state.error !== undefined) {
        throw state.error;
      } else if (!state.written || engine.writableEnded) {
        await new Promise<void>((resolve) => {
          state.wake = resolve;
        });
      } else if (engine.bytesWritten < fed) {
        // It left some of the last piece: the stream is over.
        return;
      } else {
        const piece = next();
        if (piece === undefined) {
          engine.end();
        } else {
          fed += piece.length;
          state.written = false;
          engine.write(piece, () => {
            state.written = true;
            wake();
          });
        }
      }
    }
  } finally {
    engine.destroy();
  }
}

/** Leaves out the first `bytes` of what comes out. */
export async function* withoutFirst<End>(
  stream: Generator<Uint8Array, End, void> | AsyncGenerator<Uint8Array, End, void>,
  bytes: number,
): AsyncGenerator<Uint8Array, End, void> {
  let left = bytes;
  for (;;) {
    const step = await stream.next();
    if (step.done === true) {
      return step.value;
    }
    if (left < step.value.length) {
      yield step.value.subarray(left);
    }
    left = Math.max(0, left - step.value.length);
  }
}

/** How a stream ended that was left before its end. */
export const LEFT_EARLY: DecodeEnd = { status: "limit", consumed: 0 };
