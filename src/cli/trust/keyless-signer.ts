/**
 * Who signed a bundle through Sigstore, whoever it is: everything about it is verified, and the name in its certificate
 * is what the policy is asked about. The engine is loaded when there is such a bundle.
 */

import type { JsonValue } from "../../kernel/rule.ts";
import { parseStrictJson } from "../../provenance/dsse/strict-json.ts";
import type { Bundle } from "../../provenance/oms/bundle.ts";
import { aboutSignature } from "../../provenance/oms/problem.ts";
import { SCHEMA } from "../../provenance/oms/rules.ts";
import type { KeylessOutcome } from "../../provenance/oms/trust.ts";
import { textAt } from "../../provenance/sigstore/json.ts";
import { earliestTime, identitySigner } from "../provenance/keyless-outcome.ts";

/** Judges bundles by a trusted root. @param now milliseconds. */
export async function keylessSigner(
  trustedRoot: JsonValue,
  now: number,
): Promise<(bundle: Bundle, bytes: Uint8Array) => KeylessOutcome> {
  const { readClaims } = await import("../../provenance/sigstore/claims.ts");
  const { readTrustedRoot } = await import("../../provenance/sigstore/trusted-root.ts");
  const { verifyBundle } = await import("../../provenance/sigstore/verify-bundle.ts");
  const { parseCertificate } = await import("../../provenance/x509/parse-certificate.ts");
  const root = readTrustedRoot(trustedRoot);
  return ({ envelope }, bytes) => {
    const read = parseStrictJson(bytes);
    const json = read.kind === "value" ? read.value : null;
    if (root.kind === "refused") {
      return { problems: [root.problem] };
    }
    const parsed = parseCertificate(leafIn(json));
    const claims = parsed.kind === "certificate" ? readClaims(parsed.certificate) : undefined;
    if (claims?.kind !== "claims") {
      const reason = claims?.kind === "refused" ? claims.reason : "it cannot be read";
      return {
        problems: [aboutSignature(SCHEMA, `the signer's certificate is refused: ${reason}`)],
      };
    }
    const { identity, issuer } = claims.signer;
    const verdict = verifyBundle({
      bundle: json,
      content: { kind: "statement" },
      signer: { kind: "identity", identity: { kind: "exact", value: identity }, issuer },
      trustedRoot: root.root,
      at: new Date(now),
    });
    if (verdict.kind === "invalid") {
      return { problems: verdict.problems };
    }
    const { payload } = verdict;
    const signer = identitySigner(verdict);
    // Two readers of the same file: what one has verified has to be what the other has read.
    if (signer === undefined || payload?.payload.equals(envelope.payload) !== true) {
      return { problems: [aboutSignature(SCHEMA, "the bundle can be read in two ways")] };
    }
    const time = earliestTime(verdict);
    return {
      signer,
      ...(time === undefined
        ? {}
        : { time: { kind: "timestamp", at: time.time.toISOString() } as const }),
      problems: [],
    };
  };
}

function leafIn(bundle: JsonValue): Uint8Array {
  const path = ["verificationMaterial"];
  const text =
    textAt(bundle, ...path, "certificate", "rawBytes") ??
    textAt(bundle, ...path, "x509CertificateChain", "certificates", 0, "rawBytes");
  return Buffer.from(text ?? "", "base64");
}
