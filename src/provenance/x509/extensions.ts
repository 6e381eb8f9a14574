/** The extensions of a certificate (RFC 5280, section 4.2) that decide what it is good for. */

import { DerProblem } from "../../codecs/der/der-problem.ts";
import { DerReader } from "../../codecs/der/der-reader.ts";
import {
  readBitString,
  readBoolean,
  readOctetString,
  readOid,
  readSmallInteger,
} from "../../codecs/der/read-values.ts";
import { constructedTag, primitiveTag, TAG } from "../../codecs/der/tags.ts";
import type { BasicConstraints, Certificate, Extension, KeyUsage } from "./certificate.ts";
import { KEY_USAGES } from "./certificate.ts";
import { readGeneralNames } from "./general-names.ts";
import { EXTENSION } from "./oids.ts";

type Known = Pick<
  Certificate,
  "basicConstraints" | "keyUsage" | "extendedKeyUsage" | "subjectKeyId" | "authorityKeyId"
> &
  Pick<Certificate, "extensions" | "subjectAltNames">;

/** Reads Extensions. One that comes twice is refused, since readers differ in which one they take. */
export function readExtensions(reader: DerReader): Known {
  const list = reader.enter(TAG.sequence, "extensions");
  const extensions = new Map<string, Extension>();
  do {
    const at = list.position;
    const extension = readExtension(list);
    if (extensions.has(extension.oid)) {
      throw new DerProblem(`extension ${extension.oid} comes twice`, at);
    }
    extensions.set(extension.oid, extension);
  } while (!list.atEnd);

  function read<T>(oid: string, decode: (reader: DerReader) => T): T | undefined {
    const value = extensions.get(oid)?.value;
    if (value === undefined) {
      return undefined;
    }
    const inside = new DerReader(value);
    const result = decode(inside);
    inside.finish(`extension ${oid}`);
    return result;
  }

  const basicConstraints = read(EXTENSION.basicConstraints, readBasicConstraints);
  const keyUsage = read(EXTENSION.keyUsage, readKeyUsage);
  const extendedKeyUsage = read(EXTENSION.extendedKeyUsage, readOids);
  const subjectKeyId = read(EXTENSION.subjectKeyId, (inside) => hex(readOctetString(inside)));
  const authorityKeyId = read(EXTENSION.authorityKeyId, readAuthorityKeyId);
  return {
    extensions: [...extensions.values()],
    subjectAltNames: read(EXTENSION.subjectAltName, readGeneralNames) ?? [],
    ...(basicConstraints === undefined ? {} : { basicConstraints }),
    ...(keyUsage === undefined ? {} : { keyUsage }),
    ...(extendedKeyUsage === undefined ? {} : { extendedKeyUsage }),
    ...(subjectKeyId === undefined ? {} : { subjectKeyId }),
    ...(authorityKeyId === undefined ? {} : { authorityKeyId }),
  };
}

function readExtension(list: DerReader): Extension {
  const inside = list.enter(TAG.sequence, "an extension");
  const oid = readOid(inside);
  // Some authorities write out the FALSE that DER leaves away.
  const critical = inside.peek() === TAG.boolean && readBoolean(inside);
  const value = readOctetString(inside);
  inside.finish("an extension");
  return { oid, critical, value };
}

function readBasicConstraints(reader: DerReader): BasicConstraints {
  const inside = reader.enter(TAG.sequence, "basic constraints");
  const ca = inside.peek() === TAG.boolean && readBoolean(inside);
  const pathLength = inside.atEnd ? undefined : readSmallInteger(inside);
  inside.finish("basic constraints");
  return pathLength === undefined ? { ca } : { ca, pathLength };
}

function readKeyUsage(reader: DerReader): readonly KeyUsage[] {
  const { bytes } = readBitString(reader);
  return KEY_USAGES.filter((_usage, bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0);
}

function readOids(reader: DerReader): readonly string[] {
  const list = reader.enter(TAG.sequence, "key purposes");
  const oids: string[] = [];
  do {
    oids.push(readOid(list));
  } while (!list.atEnd);
  return oids;
}

function readAuthorityKeyId(reader: DerReader): string | undefined {
  const inside = reader.enter(TAG.sequence, "an authority key identifier");
  const keyId = inside.optional(primitiveTag(0));
  const id = keyId === undefined ? undefined : hex(inside.content(keyId));
  // Issuer and serial number serve nobody when paths are built by name and key.
  inside.optional(constructedTag(1));
  inside.optional(primitiveTag(2));
  inside.finish("an authority key identifier");
  return id;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
