/**
 * Distinguished names from text (RFC 4514) to DER: `CN=Release,O=Example`, the most particular part first. A text
 * without an equals sign is a common name. Values given as `#hex`, and keywords beyond the usual ones, are refused.
 */

import { TAG } from "../../codecs/der/tags.ts";
import { writeElement, writeOid, writeSequence, writeSetOf } from "../../codecs/der/write-der.ts";
import { KEYWORDS } from "./name.ts";

const OIDS: ReadonlyMap<string, string> = new Map(
  Object.entries(KEYWORDS).map(([oid, keyword]) => [keyword.toLowerCase(), oid]),
);

/** RFC 5280, appendix A: how long a value of these may be. */
const LONGEST: Readonly<Record<string, number>> = { C: 2, CN: 64, O: 64, OU: 64, L: 128, ST: 128 };
const PRINTABLE = /^[A-Za-z0-9 '()+,\-./:=?]*$/;

/** The Name, or a sentence about what is wrong with the text. */
export function writeName(text: string): Uint8Array | string {
  const parts = text.includes("=")
    ? splitUnescaped(text, ",")
    : [`CN=${text.replaceAll(/[,+\\]/g, String.raw`\$&`)}`];
  const sets: Uint8Array[] = [];
  for (const part of parts) {
    const pairs: Uint8Array[] = [];
    for (const pair of splitUnescaped(part, "+")) {
      const written = writePair(pair);
      if (typeof written === "string") {
        return written;
      }
      pairs.push(written);
    }
    sets.push(writeSetOf(...pairs));
  }
  return writeSequence(...sets.toReversed());
}

function writePair(pair: string): Uint8Array | string {
  const equals = pair.indexOf("=");
  const keyword = pair.slice(0, Math.max(0, equals)).trim();
  const oid = OIDS.get(keyword.toLowerCase());
  const raw = pair
    .slice(equals + 1)
    .replace(/^ +/, "")
    .replace(/(?<!\\) +$/, "");
  const value = unescape(raw);
  if (equals < 1 || oid === undefined) {
    return `${pair.trim()} does not begin with one of ${Object.values(KEYWORDS).join(", ")} and an equals sign`;
  }
  if (value === undefined || value === "" || raw.startsWith("#") || raw.startsWith('"')) {
    return `the value of ${keyword} is empty or not escaped as RFC 4514 has it`;
  }
  const longest = LONGEST[KEYWORDS[oid] ?? ""] ?? 255;
  if (Array.from(value).length > longest) {
    return `the value of ${keyword} is longer than ${longest} characters`;
  }
  const tag = tagOf(KEYWORDS[oid] ?? "");
  if (tag === TAG.printableString && !PRINTABLE.test(value)) {
    return `the value of ${keyword} has other characters than letters, digits and a few signs`;
  }
  if (tag === TAG.ia5String && !/^[ -~]*$/.test(value)) {
    return `the value of ${keyword} has other characters than those of ASCII`;
  }
  return writeSequence(writeOid(oid), writeElement(tag, Buffer.from(value, "utf8")));
}

function tagOf(keyword: string): number {
  switch (keyword) {
    case "C":
    case "serialNumber":
      return TAG.printableString;
    case "DC":
    case "emailAddress":
      return TAG.ia5String;
    default:
      return TAG.utf8String;
  }
}

function splitUnescaped(text: string, separator: "," | "+"): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === "\\") {
      index += 1;
    } else if (text[index] === separator) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** Undefined where a backslash stands before nothing that it may. */
function unescape(raw: string): string | undefined {
  const bytes: Buffer[] = [];
  const token = /\\([0-9A-Fa-f]{2})|\\([ "#+,;<=>\\])|([^\\]+)/y;
  while (token.lastIndex < raw.length) {
    const match = token.exec(raw);
    if (match === null) {
      return undefined;
    }
    const [, hex, mark, plain] = match;
    bytes.push(hex === undefined ? Buffer.from(mark ?? plain ?? "") : Buffer.from(hex, "hex"));
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(bytes));
  } catch {
    return undefined;
  }
}
