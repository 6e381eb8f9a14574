/** A decoded operand, and the pieces of text handling that all its decoders share. */

/** `invalid` is an error in the reader, with half a sentence why. */
export type Literal =
  /** The value is undefined where it has thousands of digits, so that no work grows with them. */
  | { readonly kind: "int"; readonly value: bigint | undefined }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "str"; readonly value: string }
  /** A `str` of Python 2: text or bytes, as the `encoding` that the loading program passes says. */
  | { readonly kind: "str8"; readonly value: Uint8Array }
  | { readonly kind: "bytes"; readonly value: Uint8Array }
  | { readonly kind: "invalid"; readonly detail: string };

/** An error in the reader. */
export function invalid(detail: string): Literal {
  return { kind: "invalid", detail };
}

/** What C's `isspace` knows as whitespace. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);
}

/** The text without whitespace around it. */
export function stripSpace(bytes: Uint8Array): Uint8Array {
  let start = 0;
  let end = bytes.length;
  while (start < end && isSpace(bytes[start])) {
    start += 1;
  }
  while (end > start && isSpace(bytes[end - 1])) {
    end -= 1;
  }
  return bytes.subarray(start, end);
}

/** C strings end at their first NUL. */
export function untilNul(bytes: Uint8Array): Uint8Array {
  const nul = bytes.indexOf(0);
  return nul === -1 ? bytes : bytes.subarray(0, nul);
}
