/**
 * Raw DEFLATE (RFC 1951) from a source. Node's zlib does the work where it is faster; where it meets
 * a defect and throws its last buffer away, the reader in `inflater.ts` gives what it held back, since a
 * loader that reads in small steps would have used those bytes before it met the defect.
 */

import { createInflateRaw, inflateRawSync } from "node:zlib";
import type { InflateRaw } from "node:zlib";

import { pump, withoutFirst } from "../../bytes/pump.ts";
import { readRange } from "../../bytes/read.ts";
import { sliceSource } from "../../bytes/slice-source.ts";
import { ByteWindow } from "../../bytes/window.ts";
import type { DecodeEnd, RandomSource } from "../../kernel/source.ts";
import { Inflater } from "./inflater.ts";

/** Input up to which one call beats a stream. */
const AT_ONCE = 64 * 1024;
const MOST_AT_ONCE = 1024 * 1024;
const PIECE = 64 * 1024;

/** Decodes the stream that begins at `start`; what lies between its end and `end` is not consumed. */
export async function* inflateRaw(
  source: RandomSource,
  start = 0,
  end = source.size,
): AsyncGenerator<Uint8Array, DecodeEnd, void> {
  const input = sliceSource(source, start, end, source.name);
  if (input.size > AT_ONCE) {
    return yield* inflateStream(input);
  }
  const whole = inflateAtOnce(readRange(input, 0, input.size));
  if (whole === undefined) {
    return yield* inflatePortably(input);
  }
  if (whole.output.length > 0) {
    yield whole.output;
  }
  return { status: "complete", consumed: whole.consumed };
}

/**
 * The fast path for small streams: the whole output at once. Undefined where the stream is not sound,
 * or puts out more than a MiB: `inflateRaw` says what is the matter.
 */
export function inflateAtOnce(
  input: Uint8Array,
): { readonly output: Uint8Array; readonly consumed: number } | undefined {
  try {
    const result: unknown = inflateRawSync(input, { info: true, maxOutputLength: MOST_AT_ONCE });
    const { buffer, engine } = result as { buffer: Buffer; engine: InflateRaw };
    return { output: buffer, consumed: engine.bytesWritten };
  } catch {
    return undefined;
  }
}

async function* inflateStream(input: RandomSource): AsyncGenerator<Uint8Array, DecodeEnd, void> {
  const engine = createInflateRaw({ chunkSize: PIECE });
  const buffer = Buffer.allocUnsafe(PIECE);
  let position = 0;
  let put = 0;
  try {
    const chunks = pump(engine, () => {
      const count = input.readIntoSync(buffer, position);
      position += count;
      return count === 0 ? undefined : buffer.subarray(0, count);
    });
    for await (const chunk of chunks) {
      put += chunk.length;
      yield chunk;
    }
    return { status: "complete", consumed: engine.bytesWritten };
  } catch (error) {
    if (!isDefect(error)) {
      throw error;
    }
  }
  return yield* withoutFirst(inflatePortably(input), put);
}

function inflatePortably(input: RandomSource): Generator<Uint8Array, DecodeEnd, void> {
  return new Inflater(new ByteWindow(input, PIECE)).stream(0);
}

function isDefect(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    (error.code === "Z_DATA_ERROR" || error.code === "Z_BUF_ERROR")
  );
}
