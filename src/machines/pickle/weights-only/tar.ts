/**
 * The oldest layout of torch (before 0.1.10): a tar archive with `sys_info`, `pickle`, `storages` and
 * `tensors`. torch.load refuses every tar archive under `weights_only`, whatever is in it.
 */

import { rejected } from "./weights-only.ts";
import type { WeightsOnly } from "./weights-only.ts";

const BLOCK = 512;
const CHECKSUM = 148;
const CHECKSUM_SIZE = 8;

/**
 * Whether Python's `tarfile`, which torch.load asks first, takes the bytes for a tar archive: it looks
 * at the checksum of the first header alone, not for a magic.
 *
 * @param head at least the first 512 bytes of the file.
 */
export function isTarHeader(head: Uint8Array): boolean {
  if (head.length < BLOCK) {
    return false;
  }
  const stated = readOctal(head.subarray(CHECKSUM, CHECKSUM + CHECKSUM_SIZE));
  if (stated === undefined) {
    return false;
  }
  let unsigned = CHECKSUM_SIZE * 0x20;
  let signed = unsigned;
  for (let index = 0; index < BLOCK; index += 1) {
    if (index < CHECKSUM || index >= CHECKSUM + CHECKSUM_SIZE) {
      const byte = head[index] ?? 0;
      unsigned += byte;
      signed += byte > 127 ? byte - 256 : byte;
    }
  }
  if (head.subarray(0, BLOCK).every((byte) => byte === 0)) {
    // An archive without members.
    return true;
  }
  return stated === unsigned || stated === signed;
}

/** Octal text up to a NUL; empty text is 0. */
function readOctal(field: Uint8Array): number | undefined {
  const nul = field.indexOf(0);
  const text = String.fromCharCode(...field.subarray(0, nul === -1 ? field.length : nul)).trim();
  if (text === "") {
    return 0;
  }
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

/** Every tar archive, including one that is something else as well. */
export function weightsOnlyTar(): WeightsOnly {
  return rejected("torch.load refuses the legacy tar layout under weights_only");
}
