/** How long a path may be, by itself and by what its authorities allow (RFC 5280, section 4.2.1.9). */

import type { Certificate } from "./certificate.ts";

/** Certificates of a path, leaf and anchor counted. */
export const LONGEST_PATH = 8;

/** Whether an authority allows so many others, not self-issued, below it. */
export function allowsBelow({ basicConstraints }: Certificate, below: number): boolean {
  return basicConstraints?.pathLength === undefined || below <= basicConstraints.pathLength;
}
