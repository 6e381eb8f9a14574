/** Writes a TimeStampReq (RFC 3161, section 2.4.1) for the SHA-256 of some bytes. */

import { hash } from "node:crypto";

import {
  writeBoolean,
  writeInteger,
  writeNull,
  writeOctetString,
  writeOid,
  writeSequence,
  writeUnsigned,
} from "../../codecs/der/write-der.ts";

const SHA256 = "2.16.840.1.101.3.4.2.1";

/**
 * The request in DER. `nonce`: a number without a sign that nobody can guess, so that an old answer does not pass
 * for a new one; `nonceText` is how `verifyTimestamp` wants it. The authority is asked for its certificates.
 */
export function writeRequest(
  stamped: Uint8Array,
  nonce: Uint8Array,
): { readonly request: Uint8Array; readonly nonceText: string } {
  const imprint = writeSequence(
    writeSequence(writeOid(SHA256), writeNull()),
    writeOctetString(hash("sha256", stamped, "buffer")),
  );
  const number = writeUnsigned(nonce);
  return {
    request: writeSequence(writeInteger(1), imprint, number, writeBoolean(true)),
    nonceText: Buffer.from(number.subarray(2)).toString("hex"),
  };
}
