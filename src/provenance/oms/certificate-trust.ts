/**
 * Trust by certificates: the one that came with the signature has to lead to a root that the caller named. Roots of
 * the web or of the system are never a default, and what a bundle brings along is material for paths and no more.
 */

import { createPublicKey, hash } from "node:crypto";

import type { RuleInfo } from "../../kernel/rule.ts";
import type { Certificate } from "../x509/certificate.ts";
import { EKU } from "../x509/oids.ts";
import { parseCertificate } from "../x509/parse-certificate.ts";
import { MALFORMED, X509_RULES } from "../x509/rules.ts";
import { validatePath } from "../x509/validate-path.ts";
import type { Bundle } from "./bundle.ts";
import { aboutSignature } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { KEY_UNSUPPORTED } from "./rules.ts";
import type { CertificateOutcome, Trust, TrustedTime } from "./trust.ts";

const RULES: ReadonlyMap<string, RuleInfo> = new Map(X509_RULES.map((rule) => [rule.id, rule]));

export interface CertificateTrustOptions {
  readonly anchors: readonly Certificate[];
  /** For which time the certificates are checked: a verified timestamp of the bundle, or now. */
  readonly timeOf: (bundle: Bundle) => TrustedTime;
  /** Key purposes, as object identifiers, that are taken beside code signing. */
  readonly allowedEku?: readonly string[];
}

/** Trusts whoever has a certificate for signing code that leads to one of the anchors. */
export function certificateTrust(options: CertificateTrustOptions): Trust {
  return { kind: "certificate", judge: (bundle) => judge(bundle, options) };
}

function judge(
  bundle: Bundle,
  { anchors, timeOf, allowedEku = [] }: CertificateTrustOptions,
): CertificateOutcome {
  const { at, basis, problems } = timeOf(bundle);
  const { chain, malformed } = readChain(bundle);
  const [leaf] = chain;
  if (leaf === undefined) {
    return { key: undefined, time: basis, problems: [...problems, ...malformed] };
  }
  if (leaf.publicKey.algorithm.kind !== "ec") {
    const { kind } = leaf.publicKey.algorithm;
    const message = `the certificate is for a key of the kind ${kind}: models are signed on P-256, P-384 or P-521`;
    return {
      key: undefined,
      time: basis,
      problems: [...problems, ...malformed, aboutSignature(KEY_UNSUPPORTED, message)],
    };
  }
  const key = createPublicKey({
    key: Buffer.from(leaf.publicKey.der),
    type: "spki",
    format: "der",
  });
  const eku = [EKU.codeSigning, ...allowedEku];
  const result = validatePath(leaf, { intermediates: chain.slice(1), anchors, at, eku });
  if (result.kind === "invalid") {
    const found = result.problems.map(({ rule, message }) =>
      aboutSignature(RULES.get(rule) ?? MALFORMED, message),
    );
    return { key, time: basis, problems: [...problems, ...malformed, ...found] };
  }
  const root = result.path.at(-1) ?? leaf;
  return {
    key,
    time: basis,
    problems: [...problems, ...malformed],
    identity: {
      subject: leaf.subject.text,
      issuer: leaf.issuer.text,
      fingerprint: hash("sha256", leaf.der, "hex"),
      root: root.subject.text,
    },
  };
}

/** A certificate that cannot be read fails the bundle, wherever it stands in the chain. */
function readChain({ material }: Bundle): {
  readonly chain: readonly Certificate[];
  readonly malformed: readonly Problem[];
} {
  const list = material.kind === "certificate" ? material.chain : [];
  const chain: Certificate[] = [];
  for (const [index, der] of list.entries()) {
    const parsed = parseCertificate(der);
    if (parsed.kind === "damaged") {
      const message = `certificate ${index + 1} of the signature cannot be read: ${parsed.problem}`;
      return { chain: [], malformed: [aboutSignature(MALFORMED, message)] };
    }
    chain.push(parsed.certificate);
  }
  return { chain, malformed: [] };
}
