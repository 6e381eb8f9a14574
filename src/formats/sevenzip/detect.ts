/** Recognizes 7z archives, and self-extracting programs that carry one. */

import { hasBytes } from "../../bytes/read.ts";
import { readSignatureHeader, SEVENZIP_SIGNATURE } from "../../codecs/sevenzip/signature-header.ts";

/** What detection sees of a file. */
export const HEAD = 64 * 1024;

/** Windows and Linux programs, and scripts. */
const PROGRAMS = ["MZ", "\u007fELF", "#!"];

/** Where the archive begins. Only programs have something before it: anything else that holds one says where. */
export function findArchive(head: Uint8Array): number | undefined {
  if (hasBytes(head, 0, SEVENZIP_SIGNATURE)) {
    return 0;
  }
  if (!PROGRAMS.some((magic) => hasBytes(head, 0, magic))) {
    return undefined;
  }
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, HEAD));
  let at = bytes.indexOf(SEVENZIP_SIGNATURE, 0, "latin1");
  while (at !== -1) {
    if (readSignatureHeader(bytes, at)?.sound === true) {
      return at;
    }
    at = bytes.indexOf(SEVENZIP_SIGNATURE, at + 1, "latin1");
  }
  return undefined;
}
