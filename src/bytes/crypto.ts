/** Node's `crypto` when it is first needed: loading it takes 5 ms, and a quick scan of harmless files hashes nothing. */

import type * as Crypto from "node:crypto";

let loaded: typeof Crypto | undefined;

export function crypto(): typeof Crypto {
  return (loaded ??= process.getBuiltinModule("node:crypto"));
}
