/** A source that says when it is no longer needed. */

import type { RandomSource } from "../kernel/source.ts";

export function closingSource(
  source: RandomSource,
  close: () => void,
): RandomSource & { close(): void } {
  return {
    name: source.name,
    size: source.size,
    access: "random",
    ref: source.ref,
    readInto: (buffer, position) => source.readInto(buffer, position),
    readIntoSync: (buffer, position) => source.readIntoSync(buffer, position),
    close,
  };
}
