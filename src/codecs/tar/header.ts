/**
 * The 512-byte header of a tar member: POSIX ustar (IEEE 1003.1, pax), GNU and old V7 layouts. A block
 * is a header when its checksum holds, summed with signed or unsigned bytes, since both kinds of
 * writers existed.
 */

export const BLOCK = 512;

export interface TarHeader {
  /** With the prefix of ustar. */
  readonly name: string;
  readonly linkName: string;
  readonly type: string;
  readonly mode: number;
  /** Undefined where the field is no number. */
  readonly size: number | undefined;
  readonly magic: "ustar" | "gnu" | "none";
  /** Whether a reader that goes by the prefix field alone would see another name: GNU uses it otherwise. */
  readonly ambiguousPrefix: boolean;
}

/** Reads the block at `at`; nothing where the checksum does not hold. */
export function readTarHeader(bytes: Buffer, at: number): TarHeader | undefined {
  if (at + BLOCK > bytes.length || !hasChecksum(bytes, at)) {
    return undefined;
  }
  const magic = magicOf(bytes, at);
  const prefix = tarString(bytes, at + 345, at + 500);
  const name = tarString(bytes, at, at + 100);
  const usesPrefix = magic === "ustar" && prefix !== "";
  const typeCode = bytes[at + 156] ?? 0;
  return {
    name: usesPrefix ? `${prefix}/${name}` : name,
    linkName: tarString(bytes, at + 157, at + 257),
    // V7 writes NUL for a file.
    type: typeCode === 0 ? "0" : String.fromCharCode(typeCode),
    mode: tarNumber(bytes, at + 100, at + 108) ?? 0,
    size: tarNumber(bytes, at + 124, at + 136),
    magic,
    ambiguousPrefix: magic !== "ustar" && prefix !== "" && !/^[0-7 ]+$/.test(prefix),
  };
}

/** `ustar` magic at its place: POSIX's with a NUL, GNU's with blanks. */
export function magicOf(bytes: Uint8Array, at: number): TarHeader["magic"] {
  const magic = "ustar";
  for (let index = 0; index < magic.length; index += 1) {
    if (bytes[at + 257 + index] !== magic.charCodeAt(index)) {
      return "none";
    }
  }
  return bytes[at + 262] === 0x20 ? "gnu" : "ustar";
}

/** Whether the block's checksum field has the sum of its bytes, the field itself taken as blanks. */
export function hasChecksum(bytes: Uint8Array, at: number): boolean {
  const stated = tarNumber(bytes, at + 148, at + 156);
  if (stated === undefined || bytes[at + 148] === 0) {
    return false;
  }
  let sum = 0;
  let negative = 0;
  for (let index = at; index < at + BLOCK; index += 1) {
    const byte = bytes[index] ?? 0;
    sum += byte;
    negative += byte >>> 7;
  }
  for (let index = at + 148; index < at + 156; index += 1) {
    const byte = bytes[index] ?? 0;
    sum += 0x20 - byte;
    negative -= byte >>> 7;
  }
  return stated === sum || stated === sum - 256 * negative;
}

/** A number field: octal digits, or base 256 where the top bit is set. Undefined for anything else. */
export function tarNumber(bytes: Uint8Array, start: number, end: number): number | undefined {
  const first = bytes[start] ?? 0;
  if (first === 0x80 || first === 0xff) {
    let value = 0;
    for (let index = start + 1; index < end; index += 1) {
      value = value * 256 + (bytes[index] ?? 0);
    }
    // Negative sizes and times exist; as a size they mean nothing.
    return first === 0xff ? -1 : value;
  }
  let at = start;
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0)) {
    at += 1;
  }
  let value = 0;
  for (; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) {
      return bytes[at] === 0x20 || bytes[at] === 0 ? value : undefined;
    }
    value = value * 8 + digit;
  }
  return value;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Text up to the first NUL: UTF-8, or Latin-1 where it is not, so that no byte gets lost. */
export function tarString(bytes: Buffer, start: number, end: number): string {
  const nul = bytes.subarray(start, end).indexOf(0);
  return tarText(bytes, start, nul === -1 ? end : start + nul);
}

/** All of `[start, end)` as text. */
export function tarText(bytes: Buffer, start: number, end: number): string {
  try {
    return UTF8.decode(bytes.subarray(start, end));
  } catch {
    return bytes.toString("latin1", start, end);
  }
}
