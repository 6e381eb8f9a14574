/**
 * Certificates in PEM (RFC 7468): the blocks labelled CERTIFICATE, with anything between them, as `openssl` writes
 * explanations there. Other labels are not read; private keys among them are nobody's business here.
 */

import type { Certificate } from "./certificate.ts";
import { parseCertificate } from "./parse-certificate.ts";

const BLOCK = /-----BEGIN CERTIFICATE-----([\sA-Za-z0-9+/=]*)-----END CERTIFICATE-----/g;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** Roots of a whole company come to hundreds. */
const MOST = 10_000;

export type ParsedCertificates =
  | { readonly kind: "certificates"; readonly certificates: readonly Certificate[] }
  | { readonly kind: "damaged"; readonly problem: string };

/** All certificates of a file in PEM, or the one in DER that it is. At least one. Never throws. */
export function parseCertificates(bytes: Uint8Array): ParsedCertificates {
  // A SEQUENCE: no text begins so.
  if (bytes[0] === 0x30 && bytes[1] !== undefined && bytes[1] >= 0x80) {
    const result = parseCertificate(bytes);
    return result.kind === "certificate"
      ? { kind: "certificates", certificates: [result.certificate] }
      : { kind: "damaged", problem: result.problem };
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const certificates: Certificate[] = [];
  let count = 0;
  for (const [, body = ""] of text.matchAll(BLOCK)) {
    count += 1;
    const base64 = body.replaceAll(/\s/g, "");
    const result = BASE64.test(base64)
      ? parseCertificate(Buffer.from(base64, "base64"))
      : { kind: "damaged" as const, problem: "its text is not base64" };
    if (count > MOST) {
      return { kind: "damaged", problem: `there are more than ${MOST} certificates` };
    }
    if (result.kind === "damaged") {
      return { kind: "damaged", problem: `certificate ${count}: ${result.problem}` };
    }
    certificates.push(result.certificate);
  }
  return count === 0
    ? { kind: "damaged", problem: "there is no certificate in it" }
    : { kind: "certificates", certificates };
}
