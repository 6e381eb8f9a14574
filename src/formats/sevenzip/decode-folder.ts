/** Puts the decoders of a folder together. What they put out is one content after another. */

import type { Range } from "../../bytes/ledger.ts";
import { sliceSource } from "../../bytes/slice-source.ts";
import type { DecodeEnd, DecodeStream, RandomSource } from "../../kernel/source.ts";
import { METHOD } from "./methods.ts";
import type { PlanStep } from "./methods.ts";

const CHUNK = 256 * 1024;

/**
 * Decodes `[start, end)` of the file.
 *
 * @param maxWindow bytes that a dictionary may keep at most, whatever the archive states.
 */
export async function decodeFolder(
  source: RandomSource,
  { start, end }: Range,
  steps: readonly PlanStep[],
  maxWindow: number,
): Promise<DecodeStream> {
  const [first, ...filters] = steps;
  const input = sliceSource(source, start, end, source.name);
  let stream =
    first === undefined ? broken("it has no decoder") : await decoder(input, first, maxWindow);
  for (const { coder } of filters) {
    const { createFilter } = await import("../../codecs/xz/filters.ts");
    const { filterStream } = await import("../../codecs/xz/filter-stream.ts");
    const filter = createFilter(coder.method === METHOD.delta ? 3 : 4, coder.properties);
    if (filter === undefined) {
      return broken("a filter has impossible parameters");
    }
    stream = filterStream(stream, filter);
  }
  return stream;
}

async function decoder(
  input: RandomSource,
  { coder, size }: PlanStep,
  maxWindow: number,
): Promise<DecodeStream> {
  const { method, properties } = coder;
  switch (method) {
    case METHOD.lzma: {
      const view = new DataView(properties.buffer, properties.byteOffset, properties.byteLength);
      if (view.byteLength !== 5) {
        return broken("the parameters of LZMA are impossible");
      }
      const { lzmaStream } = await import("../../codecs/xz/lzma-stream.ts");
      const header = {
        properties: view.getUint8(0),
        dictionarySize: view.getUint32(1, true),
        size,
      };
      return lzmaStream(input, 0, header, { maxWindow });
    }
    case METHOD.lzma2:
      return (await import("../../codecs/xz/lzma2-stream.ts")).lzma2Stream(
        input,
        properties[0] ?? 0,
        maxWindow,
      );
    case METHOD.deflate:
      return (await import("../../codecs/deflate/inflate-raw.ts")).inflateRaw(input);
    case METHOD.bzip2:
      return (await import("../../codecs/bzip2/unbzip2.ts")).unbzip2(input);
    case METHOD.zstd:
      return (await import("../../codecs/zstd/unzstd.ts")).unzstd(input);
    default:
      return method === METHOD.copy ? copy(input) : broken("a filter stands where a decoder must");
  }
}

function* copy(input: RandomSource): Generator<Uint8Array, DecodeEnd, void> {
  const buffer = new Uint8Array(Math.min(CHUNK, input.size));
  let at = 0;
  while (at < input.size) {
    const count = input.readIntoSync(buffer, at);
    if (count === 0) {
      return { status: "truncated", consumed: at };
    }
    at += count;
    yield buffer.subarray(0, count);
  }
  return { status: "complete", consumed: at };
}

// eslint-disable-next-line require-yield -- a stream that is none
function* broken(detail: string): Generator<Uint8Array, DecodeEnd, void> {
  return { status: "damaged", consumed: 0, detail };
}
