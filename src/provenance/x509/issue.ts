/**
 * Certificates for those who have no authority: a root of one's own, and certificates for signing models below it
 * (RFC 5280). The extensions are the fewest that other people's verifiers ask for.
 */

import { createHash, randomBytes } from "node:crypto";

import { DerReader } from "../../codecs/der/der-reader.ts";
import { readBitStringBytes } from "../../codecs/der/read-values.ts";
import { primitiveTag, TAG } from "../../codecs/der/tags.ts";
import {
  writeBitString,
  writeBoolean,
  writeElement,
  writeInteger,
  writeOctetString,
  writeOid,
  writeSequence,
} from "../../codecs/der/write-der.ts";
import type { Signer } from "../../kernel/signer.ts";
import type { Certificate, Extension, KeyUsage } from "./certificate.ts";
import { KEY_USAGES } from "./certificate.ts";
import { EXTENSION } from "./oids.ts";
import { writeCertificate } from "./write-certificate.ts";

const DAY = 86_400_000;

interface Validity {
  /** Milliseconds since 1970 at which it begins. */
  readonly from: number;
  readonly days: number;
}

export interface RootSpec extends Validity {
  /** In DER, as `writeName` gives it. */
  readonly subject: Uint8Array;
  /** How many further authorities may follow below it. */
  readonly pathLength: number;
}

export interface LeafSpec extends Validity {
  readonly subject: Uint8Array;
  /** SubjectPublicKeyInfo of the one who will sign. */
  readonly publicKey: Uint8Array;
  readonly issuer: Certificate;
  readonly emails: readonly string[];
  readonly uris: readonly string[];
  /** Object identifiers of key purposes. */
  readonly eku: readonly string[];
}

/** A self-signed authority, in DER. */
export async function issueRoot(spec: RootSpec, signer: Signer): Promise<Uint8Array> {
  const { subject, from, days, pathLength } = spec;
  const keyId = keyIdOf(signer.publicKey);
  return await writeCertificate(
    {
      serial: randomSerial(),
      issuer: subject,
      subject,
      notBefore: from,
      notAfter: from + days * DAY,
      publicKey: signer.publicKey,
      extensions: [
        basicConstraints(true, pathLength),
        keyUsage("keyCertSign", "cRLSign"),
        subjectKeyId(keyId),
      ],
    },
    signer,
  );
}

/** A certificate for signing, in DER. It ends with its issuer's at the latest. */
export async function issueLeaf(spec: LeafSpec, signer: Signer): Promise<Uint8Array> {
  const { subject, publicKey, issuer, from, days, emails, uris, eku } = spec;
  const names = [
    ...emails.map((email) => writeElement(primitiveTag(1), Buffer.from(email, "latin1"))),
    ...uris.map((uri) => writeElement(primitiveTag(6), Buffer.from(uri, "latin1"))),
  ];
  return await writeCertificate(
    {
      serial: randomSerial(),
      issuer: issuer.subject.der,
      subject,
      notBefore: Math.max(from, issuer.notBefore),
      notAfter: Math.min(from + days * DAY, issuer.notAfter),
      publicKey,
      extensions: [
        basicConstraints(false),
        keyUsage("digitalSignature"),
        extendedKeyUsage(eku),
        ...(names.length === 0
          ? []
          : [extension(EXTENSION.subjectAltName, false, writeSequence(...names))]),
        subjectKeyId(keyIdOf(publicKey)),
        authorityKeyId(issuer.subjectKeyId ?? keyIdOf(issuer.publicKey.der)),
      ],
    },
    signer,
  );
}

/** 127 bits that nobody can guess: a signature over a certificate must not be predictable. */
function randomSerial(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

/** Hexadecimal: the first 160 bits of SHA-256 over the key (RFC 7093, section 2, method 1). */
export function keyIdOf(publicKey: Uint8Array): string {
  const inside = new DerReader(publicKey).enter();
  inside.next(TAG.sequence);
  return createHash("sha256").update(readBitStringBytes(inside)).digest("hex").slice(0, 40);
}

function extension(oid: string, critical: boolean, value: Uint8Array): Extension {
  return { oid, critical, value };
}

export function basicConstraints(ca: boolean, pathLength?: number): Extension {
  const value = writeSequence(
    ...(ca ? [writeBoolean(true)] : []),
    ...(pathLength === undefined ? [] : [writeInteger(pathLength)]),
  );
  return extension(EXTENSION.basicConstraints, true, value);
}

export function keyUsage(...usages: readonly KeyUsage[]): Extension {
  const bits = usages.map((usage) => KEY_USAGES.indexOf(usage));
  const last = Math.max(...bits);
  const bytes = new Uint8Array((last >> 3) + 1);
  for (const bit of bits) {
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  }
  return extension(EXTENSION.keyUsage, true, writeBitString(bytes, 7 - (last & 7)));
}

export function extendedKeyUsage(oids: readonly string[], critical = false): Extension {
  return extension(EXTENSION.extendedKeyUsage, critical, writeSequence(...oids.map(writeOid)));
}

export function subjectKeyId(keyId: string): Extension {
  const value = writeOctetString(Buffer.from(keyId, "hex"));
  return extension(EXTENSION.subjectKeyId, false, value);
}

export function authorityKeyId(keyId: string): Extension {
  const value = writeSequence(writeElement(primitiveTag(0), Buffer.from(keyId, "hex")));
  return extension(EXTENSION.authorityKeyId, false, value);
}
