/** The certificates that go into a signature. */

import { AppError } from "../../kernel/errors.ts";
import type { Signer } from "../../kernel/signer.ts";
import { checkCertificate } from "../../provenance/x509/check-certificate.ts";
import { EKU } from "../../provenance/x509/oids.ts";
import type { Certificate } from "../../provenance/x509/certificate.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { readCertificates } from "./read-keys.ts";

export interface SigningChain {
  /** As DER, the signer's own first; roots stay out, since verifiers have to know them anyway. */
  readonly certificates: readonly Uint8Array[];
  readonly subject: string;
}

/** Throws `AppError` where the certificate is not for the key. */
export function readChain(given: Arguments, signer: Signer, { name }: CommandSpec): SigningChain {
  const path = given.value("signing-certificate");
  if (path === undefined) {
    throw new AppError("USAGE", `${name} needs a certificate: --signing-certificate FILE`);
  }
  const [leaf, ...below] = readCertificates([path]);
  if (leaf === undefined || !isSame(leaf.publicKey.der, signer.publicKey)) {
    throw new AppError("USAGE", `the certificate in ${path} is not for this key`, {
      hint: "give the certificate that was issued for the key that signs",
    });
  }
  if (!given.has("sign-anyway")) {
    checkPurpose(leaf);
  }
  const above = [...below, ...readCertificates(given.values("certificate-chain"))];
  const chain = above.filter(
    (certificate) => !isRoot(certificate) && !isSame(certificate.der, leaf.der),
  );
  return { certificates: [leaf, ...chain].map(({ der }) => der), subject: leaf.subject.text };
}

/** What verifiers would say of it in any case is said before anything is signed. */
function checkPurpose(leaf: Certificate): void {
  const purpose = { at: Date.now(), eku: [EKU.codeSigning] };
  const [problem] = checkCertificate(leaf, "leaf", purpose, isRoot(leaf));
  if (problem !== undefined) {
    throw new AppError("USAGE", `no verifier would accept the signature: ${problem.message}`, {
      hint: `weighbridge explain ${problem.rule}; --sign-anyway signs all the same`,
    });
  }
}

function isRoot({ subject, issuer }: Certificate): boolean {
  return isSame(subject.der, issuer.der);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
