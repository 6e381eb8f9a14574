/** Recognizes tar files by their first block. */

import { BLOCK, magicOf, readTarHeader } from "../codecs/tar/header.ts";
import type { Match } from "./format.ts";

/** What the first block shows of a tar file: `certain` with the `ustar` magic, `likely` by checksum alone. */
export function peekTar(head: Uint8Array): { readonly match: Match; readonly name: string } {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const header = readTarHeader(bytes, 0);
  if (header !== undefined) {
    return { match: header.magic === "none" ? "likely" : "certain", name: header.name };
  }
  const hasMagic = bytes.length >= BLOCK && magicOf(bytes, 0) !== "none";
  return { match: hasMagic ? "possible" : "none", name: "" };
}
