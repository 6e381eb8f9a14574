/**
 * `dirHash1` of in-toto's digest sets: SHA-256 over lines of digest, two spaces, path, in the byte order of paths.
 * It binds names, which the root digest does not. A name with a newline could forge a line, so such a model has none.
 */

import { createHash } from "node:crypto";

import { compareNames } from "./names.ts";

export interface NamedDigest {
  readonly name: string;
  /** SHA-256 in hexadecimal. */
  readonly digest: string;
}

/** In hexadecimal; nothing where a name has a newline. */
export function dirHash1(files: readonly NamedDigest[]): string | undefined {
  if (files.some(({ name }) => name.includes("\n"))) {
    return undefined;
  }
  const hash = createHash("sha256");
  for (const { name, digest } of files.toSorted((a, b) => compareNames(a.name, b.name))) {
    hash.update(`${digest}  ${name}\n`);
  }
  return hash.digest("hex");
}
