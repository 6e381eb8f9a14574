/** A filter behind any decoder, as 7z archives chain them. */

import type { DecodeEnd, DecodeStream } from "../../kernel/source.ts";
import type { Filter } from "./filters.ts";

/** What `stream` puts out, with the filter undone. */
export async function* filterStream(
  stream: DecodeStream,
  filter: Filter,
): AsyncGenerator<Uint8Array, DecodeEnd, void> {
  try {
    for (;;) {
      const step = await stream.next();
      if (step.done === true) {
        yield filter.finish();
        return step.value;
      }
      yield filter.update(step.value);
    }
  } finally {
    await stream.return({ status: "limit", consumed: 0 });
  }
}
