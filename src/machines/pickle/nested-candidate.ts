/**
 * A cheap look at the first bytes of a string or bytes operand: could something be nested in it?
 * Runs for every operand of every pickle, so it answers from at most four bytes; `nested.ts` then
 * makes sure.
 */

/* oxlint-disable complexity -- one switch over first bytes */

/** Shortest operand worth a look: nothing that runs fits in less. */
export const SHORTEST_NESTED = 10;

/** Whether the operand `[start, end)` of `bytes` starts like a pickle, an encoding of one, or a carrier. */
export function maybeNested(bytes: Uint8Array, start: number, end: number): boolean {
  const second = bytes[start + 1] ?? 0;
  const third = bytes[start + 2] ?? 0;
  switch (bytes[start]) {
    case 0x80: // pickle, protocol 2 to 5
      return second <= 5;
    case 0xc2: // the same in a text string of Latin-1 characters
      return second === 0x80 && third <= 5;
    case 0x63: // c: protocol 0 GLOBAL
    case 0x28: // (: MARK
    case 0x69: // i: INST
      return bytes[end - 1] === 0x2e && bytes.subarray(start, end).includes(0x0a);
    case 0x67: // gA..: base64 of 80 0x
      return second === 0x41 && third >= 0x41 && third <= 0x56;
    case 0x38: // 800x: hexadecimal
      return second === 0x30 && third === 0x30;
    case 0x48: // H4sI: base64 of gzip
      return second === 0x34 && third === 0x73;
    case 0x65: // eJ..: base64 of zlib
      return second === 0x4a && end - start >= 24;
    case 0x1f: // gzip
      return second === 0x8b && third === 8;
    case 0x78: // zlib
      return second === 0x01 || second === 0x5e || second === 0x9c || second === 0xda;
    case 0x42: // BZh
      return second === 0x5a && third === 0x68;
    case 0xfd: // xz
      return second === 0x37 && third === 0x7a;
    case 0x50: // PK: zip
      return second === 0x4b && third === 0x03;
    case 0x93: // npy
      return second === 0x4e && third === 0x55;
    default:
      return false;
  }
}
