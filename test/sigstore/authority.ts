/**
 * A certificate authority like Fulcio with a log of its certificates like CTFE (RFC 6962, 3), for tests: keys are made
 * at test time, and whatever an honest one would refuse can be asked for.
 */

import { createHash, createPublicKey, verify } from "node:crypto";

import { DerReader } from "../../src/codecs/der/der-reader.ts";
import { readBitStringBytes } from "../../src/codecs/der/read-values.ts";
import { primitiveTag, TAG } from "../../src/codecs/der/tags.ts";
import {
  writeElement,
  writeOctetString,
  writeSequence,
  writeUtf8,
} from "../../src/codecs/der/write-der.ts";
import type { CertificateRequest } from "../../src/provenance/sigstore/keyless-services.ts";
import type { Certificate, Extension } from "../../src/provenance/x509/certificate.ts";
import { extendedKeyUsage, keyUsage } from "../../src/provenance/x509/issue.ts";
import { EKU, EXTENSION } from "../../src/provenance/x509/oids.ts";
import { writeCertificate } from "../../src/provenance/x509/write-certificate.ts";
import { caExtensions, makeCertificate, makeKey } from "../builders/certificates.ts";
import type { TestKey } from "../builders/certificates.ts";
import { claimsOf } from "./token.ts";
import type { TokenClaims } from "./token.ts";

const FULCIO = "1.3.6.1.4.1.57264.1.";
const SCT_LIST = "1.3.6.1.4.1.11129.2.4.2";
const MINUTE = 60_000;

/** What to do otherwise than Fulcio would. */
export interface IssueOptions {
  /** The bytes of the names, in place of the one that the token has. */
  readonly names?: readonly Uint8Array[];
  readonly issuer?: string;
  /** In the older form, which Fulcio writes beside the newer one; the same unless given. */
  readonly olderIssuer?: string;
  readonly purposes?: readonly string[];
  readonly notBefore?: number;
  readonly isUnlogged?: boolean;
  readonly extensions?: readonly Extension[];
}

export interface Authority {
  readonly root: Certificate;
  readonly rootKey: TestKey;
  readonly ctKey: TestKey;
}

export async function makeAuthority(): Promise<Authority> {
  const rootKey = makeKey();
  const subject = "CN=test sigstore,O=example";
  const root = await makeCertificate(rootKey, rootKey, {
    subject,
    issuer: subject,
    notBefore: Date.UTC(2020, 0),
    notAfter: Date.UTC(2060, 0),
    extensions: [...caExtensions(0), subjectKeyId(rootKey.publicKey)],
  });
  return { root, rootKey, ctKey: makeKey() };
}

/** An alternative name of an address of mail or of the web. */
export function nameBytes(text: string | Buffer): Uint8Array {
  const kind = text.includes("://") ? 6 : 1;
  return writeElement(primitiveTag(kind), Buffer.from(text));
}

/** Checks the proof as Fulcio does, and gives leaf and root. */
export async function issueFor(
  authority: Authority,
  { token, publicKey, proof }: CertificateRequest,
  now: number,
  options: IssueOptions = {},
): Promise<readonly Uint8Array[]> {
  const claims = claimsOf(token);
  if (!verify("sha256", Buffer.from(claims.email ?? claims.sub), publicKey, proof)) {
    throw new TypeError("The signature supplied in the request could not be verified");
  }
  const key = createPublicKey(publicKey).export({ type: "spki", format: "der" });
  return await issue(authority, claims, key, now, options);
}

/** The same for a certificate signing request (PKCS#10), which is signed with its own key. */
export async function issueForRequest(
  authority: Authority,
  token: string,
  pem: string,
  now: number,
): Promise<readonly Uint8Array[]> {
  const [, body = ""] = /-----BEGIN [^-]+-----([^-]+)-----END/.exec(pem) ?? [];
  const outer = new DerReader(Buffer.from(body, "base64")).enter();
  const signed = outer.next(TAG.sequence);
  outer.next(TAG.sequence);
  const signature = readBitStringBytes(outer);
  const info = outer.inside(signed);
  info.next(TAG.integer);
  info.next(TAG.sequence);
  const key = Buffer.from(info.whole(info.next(TAG.sequence)));
  const publicKey = createPublicKey({ key, format: "der", type: "spki" });
  if (!verify("sha256", outer.whole(signed), publicKey, signature)) {
    throw new TypeError("The certificate signing request is not signed with its key");
  }
  return await issue(authority, claimsOf(token), key, now, {});
}

async function issue(
  authority: Authority,
  claims: TokenClaims,
  key: Buffer,
  now: number,
  options: IssueOptions,
): Promise<readonly Uint8Array[]> {
  const subject = claims.email ?? claims.sub;
  const issuer = options.issuer ?? claims.iss;
  const names = options.names ?? [nameBytes(subject)];
  const extensions: Extension[] = [
    keyUsage("digitalSignature"),
    subjectKeyId(key),
    authorityKeyId(authority.rootKey.publicKey),
    extendedKeyUsage(options.purposes ?? [EKU.codeSigning]),
    { oid: EXTENSION.subjectAltName, critical: true, value: writeSequence(...names) },
    { oid: `${FULCIO}1`, critical: false, value: Buffer.from(options.olderIssuer ?? issuer) },
    { oid: `${FULCIO}8`, critical: false, value: writeUtf8(issuer) },
    ...(options.extensions ?? []),
  ];
  const notBefore = options.notBefore ?? now - MINUTE;
  const spec = {
    serial: Buffer.from(createHash("sha256").update(key).digest().subarray(0, 15)),
    issuer: authority.root.subject.der,
    subject: writeSequence(),
    notBefore,
    notAfter: notBefore + 11 * MINUTE,
    publicKey: key,
  };
  const before = await writeCertificate({ ...spec, extensions }, authority.rootKey);
  const sct = await certificateTimestamp(authority, signedPart(before), now);
  const logged = options.isUnlogged === true ? extensions : [...extensions, sct];
  const leaf = await writeCertificate({ ...spec, extensions: logged }, authority.rootKey);
  return [leaf, authority.root.der];
}

// Other people's verifiers do not look for an authority by its name alone.

function subjectKeyId(publicKey: Uint8Array): Extension {
  const value = writeOctetString(keyId(publicKey));
  return { oid: EXTENSION.subjectKeyId, critical: false, value };
}

function authorityKeyId(publicKey: Uint8Array): Extension {
  const value = writeSequence(writeElement(primitiveTag(0), keyId(publicKey)));
  return { oid: EXTENSION.authorityKeyId, critical: false, value };
}

function keyId(publicKey: Uint8Array): Buffer {
  return createHash("sha256").update(publicKey).digest().subarray(0, 20);
}

/** Read by nobody, so that it may be anything. */
function signedPart(der: Uint8Array): Uint8Array {
  const outer = new DerReader(der).enter();
  return outer.whole(outer.next());
}

/** The extension with one signed certificate timestamp (RFC 6962, 3.2 and 3.3). */
async function certificateTimestamp(
  { root, ctKey }: Authority,
  tbs: Uint8Array,
  now: number,
): Promise<Extension> {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(now));
  const entry = Buffer.concat([
    createHash("sha256").update(root.publicKey.der).digest(),
    uint(tbs.length, 3),
    tbs,
    uint(0, 2),
  ]);
  const signature = await ctKey.sign(Buffer.concat([Uint8Array.of(0, 0), time, uint(1, 2), entry]));
  const sct = Buffer.concat([
    Uint8Array.of(0),
    createHash("sha256").update(ctKey.publicKey).digest(),
    time,
    uint(0, 2),
    Uint8Array.of(4, 3),
    uint(signature.length, 2),
    signature,
  ]);
  const list = Buffer.concat([uint(sct.length + 2, 2), uint(sct.length, 2), sct]);
  return { oid: SCT_LIST, critical: false, value: writeOctetString(list) };
}

function uint(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}
