/** Adler-32 (RFC 1950, 8.2), which Node does not offer. */

/* oxlint-disable typescript/no-non-null-assertion -- the loop stays inside of the array */

const MODULUS = 65_521;
/** Bytes after which the second sum still fits into 31 bits, which keeps it an integer in registers. */
const RUN = 3800;

/** Continues the checksum `value`; 1 is that of nothing. */
export function adler32(bytes: Uint8Array, value = 1): number {
  let low = value & 0xffff;
  let high = value >>> 16;
  for (let at = 0; at < bytes.length;) {
    const end = Math.min(bytes.length, at + RUN);
    for (; at < end; at += 1) {
      low += bytes[at]!;
      high += low;
    }
    low %= MODULUS;
    high %= MODULUS;
  }
  return ((high << 16) | low) >>> 0;
}
