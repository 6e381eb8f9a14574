/** What a quick scan read, in words: of what is far away, and of large files, most bytes are not looked at. */

import type { FileReport, Subject } from "../kernel/report.ts";
import { formatBytes } from "../kernel/text.ts";

/** Digits of a commit that tell it from others. */
const SHORT_COMMIT = 12;

/** Half a sentence about a subject of which not everything was read; nothing where all was. */
export function readingText({ quick, kind, revision, files }: Subject): string | undefined {
  if (quick !== true) {
    return undefined;
  }
  const size = files.reduce((sum, file) => sum + file.size, 0);
  const read = files.reduce((sum, file) => sum + readOf(file), 0);
  const isRemote = kind === "hub" || kind === "url";
  const at =
    kind !== "hub" || revision === undefined ? "" : `at ${revision.slice(0, SHORT_COMMIT)}, `;
  const stated = files.some(({ digestBasis }) => digestBasis === "stated");
  const digests = stated ? "digests are the hub's word" : "no digests of large files were made";
  if (!isRemote) {
    return "only what the parsers asked for was read, and no digest was made";
  }
  return read === size
    ? `${at}all ${formatBytes(size)} were read`
    : `${at}${formatBytes(read)} of ${formatBytes(size)} were read; ${digests} (--full reads all)`;
}

function readOf({ ranges, size }: FileReport): number {
  return ranges === undefined ? size : ranges.reduce((sum, [start, end]) => sum + end - start, 0);
}
