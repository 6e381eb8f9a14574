/** Loads the decoder of a compressed format when the first such file comes: most scans meet none. */

import type { Compression } from "./compressed.ts";
import type { FormatModule } from "./format.ts";
import type { CompressedModel } from "./compressed.ts";

/** The `parse` of a format whose files are compressed from their first byte on. */
export function compressedParser(
  load: () => Promise<Compression>,
): FormatModule<string, CompressedModel>["parse"] {
  return async (source, context) => {
    const [{ parseCompressed }, compression] = await Promise.all([
      import("./compressed.ts"),
      load(),
    ]);
    return await parseCompressed(source, context, compression);
  };
}
