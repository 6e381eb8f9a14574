/** How a cabinet begins (MS-CAB 2.2.1); what every scan asks, apart from what reads one. */

import { hasBytes } from "../../bytes/read.ts";
import { Reader } from "../../bytes/reader.ts";

/** With the field behind it, which is zero. */
export const CAB_SIGNATURE = "MSCF\u0000\u0000\u0000\u0000";
export const CAB_HEADER = 36;
const VERSION = 0x0103;

/** Whether a file begins like a cabinet. */
export function isCab(head: Uint8Array, size: number): boolean {
  if (!hasBytes(head, 0, CAB_SIGNATURE)) {
    return false;
  }
  const reader = new Reader(head, 16, CAB_HEADER);
  const files = reader.u32();
  reader.skip(4);
  return files >= CAB_HEADER && files <= size && reader.u16() === VERSION && !reader.overrun;
}
