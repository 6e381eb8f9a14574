/** `codecs.encode` and `codecs.decode`, as far as streams use them to hide names. */

/* oxlint-disable complexity -- one switch over the names of codecs */

import { inflateSync } from "node:zlib";

import type { Datum } from "./datum.ts";
import { binary, MAX_FOLDED } from "./datum.ts";

export function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    // Python would raise, too: then nothing comes of the call.
    return undefined;
  }
}

function rot13(text: string): string {
  return text.replaceAll(/[a-z]/gi, (letter) => {
    const base = letter <= "Z" ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
}

export function codecName(value: Datum | undefined, fallback: string): string {
  return (typeof value === "string" ? value : fallback).toLowerCase().replaceAll(/[-_ ]/g, "");
}

/** `codecs.encode(obj, encoding)`. */
export function encode(value: Datum | undefined, encoding: string): Datum | undefined {
  if (encoding === "rot13" || encoding === "rot") {
    return typeof value === "string" ? rot13(value) : undefined;
  }
  const raw = binary(value);
  switch (encoding) {
    case "latin1":
    case "iso88591":
    case "l1":
    case "8859":
    case "cp819":
    case "ascii":
    case "usascii":
      return typeof value === "string" ? Buffer.from(value, "latin1") : undefined;
    case "utf8":
    case "u8":
      return typeof value === "string" ? Buffer.from(value, "utf8") : undefined;
    case "utf16":
    case "utf16le":
      return typeof value === "string" ? Buffer.from(value, "utf16le") : undefined;
    case "hex":
    case "hexcodec":
      return raw === undefined ? undefined : Buffer.from(raw.toString("hex"), "latin1");
    case "base64":
    case "base64codec":
      return raw === undefined ? undefined : Buffer.from(`${raw.toString("base64")}\n`, "latin1");
    default:
      return undefined;
  }
}

/** `codecs.decode(obj, encoding)`. */
export function decode(value: Datum | undefined, encoding: string): Datum | undefined {
  if (encoding === "rot13" || encoding === "rot") {
    return typeof value === "string" ? rot13(value) : undefined;
  }
  const raw = binary(value);
  if (raw === undefined) {
    return undefined;
  }
  switch (encoding) {
    case "utf8":
    case "u8":
    case "utf8sig":
      return raw.toString("utf8").replace(/^\uFEFF/, "");
    case "utf16":
    case "utf16le":
      return raw.toString("utf16le").replace(/^\uFEFF/, "");
    case "latin1":
    case "iso88591":
    case "ascii":
    case "usascii":
    case "cp1252":
      return raw.toString("latin1");
    case "utf7":
      return decodeUtf7(raw.toString("latin1"));
    case "rawunicodeescape":
    case "unicodeescape":
    case "stringescape":
      return unescapePython(raw.toString("latin1"));
    case "hex":
    case "hexcodec":
      return Buffer.from(raw.toString("latin1"), "hex");
    case "base64":
    case "base64codec":
      return Buffer.from(raw.toString("latin1"), "base64");
    case "zlib":
    case "zip":
    case "zlibcodec":
      return attempt(() => inflateSync(raw, { maxOutputLength: MAX_FOLDED }));
    default:
      return undefined;
  }
}

function decodeUtf7(text: string): string {
  return text.replaceAll(/\+([A-Za-z0-9+/]*)-?/g, (_, base64: string) =>
    base64 === "" ? "+" : Buffer.from(base64, "base64").swap16().toString("utf16le"),
  );
}

function unescapePython(text: string): string {
  return text.replaceAll(
    /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|(.))/gs,
    (...groups: (string | undefined)[]) => {
      const [, hex, short, long, octal, other] = groups;
      if (other !== undefined) {
        return { n: "\n", t: "\t", r: "\r" }[other] ?? other;
      }
      const code =
        octal === undefined
          ? Number.parseInt(hex ?? short ?? long ?? "0", 16)
          : Number.parseInt(octal, 8);
      return code > 0x10ffff ? "" : String.fromCodePoint(code);
    },
  );
}
