/** Standard base64 (RFC 4648, section 4), strictly: what decodes is what encoding gives, so that texts have one form. */

import { Buffer } from "node:buffer";

/** Gives nothing for text that is not the base64 of anything. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** One SHA-256 in base64, or nothing. */
export function decodeHash(text: string): Buffer | undefined {
  const bytes = decodeBase64(text);
  return bytes?.length === 32 ? bytes : undefined;
}

/** A decimal as logs write it: no sign, no leading zero, no more than is counted exactly. Nothing otherwise. */
export function decodeSize(text: string): number | undefined {
  const size = /^(0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(size) ? size : undefined;
}
