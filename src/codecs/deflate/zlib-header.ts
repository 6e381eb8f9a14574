/** The two bytes before a zlib stream (RFC 1950, 2.2), by themselves: looking for them needs no decoder. */

/** Whether a zlib header stands at the beginning of `bytes`, whatever its window and level. */
export function isZlibHeader(bytes: Uint8Array): boolean {
  const [method = 0, flags = 0] = bytes;
  return (
    bytes.length >= 2 &&
    (method & 0x0f) === 8 &&
    method >>> 4 <= 7 &&
    (method * 256 + flags) % 31 === 0
  );
}
