/**
 * Distinguished names (RFC 5280, section 4.1.2.4) and their text (RFC 4514). What could forge structure where the
 * text is shown (controls, bidirectional overrides, invisible characters) becomes the `\XX` pairs that RFC 4514
 * has for any byte. Names are compared by their bytes and never by their text.
 */

import { DerProblem } from "../../codecs/der/der-problem.ts";
import type { DerElement, DerReader } from "../../codecs/der/der-reader.ts";
import { readOid } from "../../codecs/der/read-values.ts";
import { TAG } from "../../codecs/der/tags.ts";
import { replaceUnsafe } from "../../kernel/text.ts";
import type { DistinguishedName, NameAttribute } from "./certificate.ts";

/** RFC 4514, section 3, and two that everybody shows by name. */
export const KEYWORDS: Readonly<Record<string, string>> = {
  "2.5.4.3": "CN",
  "2.5.4.7": "L",
  "2.5.4.8": "ST",
  "2.5.4.10": "O",
  "2.5.4.11": "OU",
  "2.5.4.6": "C",
  "2.5.4.9": "STREET",
  "2.5.4.5": "serialNumber",
  "0.9.2342.19200300.100.1.25": "DC",
  "0.9.2342.19200300.100.1.1": "UID",
  "1.2.840.113549.1.9.1": "emailAddress",
};

/** Reads a Name. */
export function readName(reader: DerReader): DistinguishedName {
  const element = reader.next(TAG.sequence, "a name");
  const parts = reader.inside(element);
  const attributes: NameAttribute[] = [];
  const texts: string[] = [];
  while (!parts.atEnd) {
    const set = parts.enter(TAG.set, "a part of a name");
    const pairs: string[] = [];
    do {
      const { attribute, text } = readAttribute(set);
      attributes.push(attribute);
      pairs.push(text);
    } while (!set.atEnd);
    texts.push(pairs.join("+"));
  }
  return { der: reader.whole(element), attributes, text: texts.toReversed().join(",") };
}

function readAttribute(set: DerReader): { attribute: NameAttribute; text: string } {
  const pair = set.enter(TAG.sequence, "an attribute of a name");
  const oid = readOid(pair);
  const element = pair.next();
  pair.finish("an attribute of a name");
  const value = decodeText(pair, element);
  const keyword = KEYWORDS[oid];
  if (keyword === undefined || value === undefined) {
    const hex = Buffer.from(pair.whole(element)).toString("hex");
    const attribute = value === undefined ? { oid } : { oid, value };
    return { attribute, text: `${keyword ?? oid}=#${hex}` };
  }
  return { attribute: { oid, value }, text: `${keyword}=${escapeValue(value)}` };
}

function decodeText(reader: DerReader, element: DerElement): string | undefined {
  const content = reader.content(element);
  switch (element.tag) {
    case TAG.utf8String:
      return decode("utf-8", content, element);
    case TAG.printableString:
    case TAG.ia5String:
      if (content.some((byte) => byte >= 0x80)) {
        throw new DerProblem("a text has other characters than its type allows", element.start);
      }
      return Buffer.from(content).toString("latin1");
    case TAG.bmpString:
      return decode("utf-16be", content, element);
    default:
      return undefined;
  }
}

function decode(encoding: "utf-8" | "utf-16be", content: Uint8Array, element: DerElement): string {
  // Node decodes UTF-16 in the other order only, without full ICU.
  const bytes = encoding === "utf-8" ? content : Uint8Array.from(content);
  if (encoding === "utf-16be" && bytes.length % 2 === 0) {
    Buffer.from(bytes.buffer).swap16();
  }
  try {
    const label = encoding === "utf-8" ? "utf-8" : "utf-16le";
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new DerProblem("a text is not encoded as its type says", element.start);
  }
}

function escapeValue(value: string): string {
  const marked = value.replaceAll(/[\\",+;<>=]|^[ #]|(?!^) $/g, String.raw`\$&`);
  return replaceUnsafe(marked, (character) =>
    Array.from(
      Buffer.from(character, "utf8"),
      (byte) => `\\${byte.toString(16).toUpperCase().padStart(2, "0")}`,
    ).join(""),
  );
}
