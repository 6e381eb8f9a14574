// The offline bundles of sigstore-conformance, with the trusted root beside each or the one that ships.
import { createHash, createPublicKey, createVerify } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readAsset } from "../../bytes/file-source.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import type { SignedArtifact } from "./content.ts";
import { parseJson } from "./json.ts";
import { readTrustedRoot } from "./trusted-root.ts";
import { verifyBundle } from "./verify-bundle.ts";
import type { ExpectedSigner } from "./verify-bundle.ts";

const folder = join(
  import.meta.dirname,
  "../../../../shared/vectors/sigstore-bundles/bundle-verify",
);
const isThere = existsSync(folder);
const BEACON =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";
/** Long after the newest of them was made. */
const AT = new Date("2026-11-21T00:00:00Z");
/** What each is refused for. */
const RULES: Readonly<Record<string, string>> = {
  "bundle-empty-certificate-chain_fail": "malformed",
  "bundle-from-wrong-instance_fail": "certificate",
  "bundle-invalid-base64-signature_fail": "log-proof",
  "bundle-malformed-json_fail": "malformed",
  "bundle-negative-log-index_fail": "malformed",
  "bundle-unknown-version_fail": "malformed",
  "bundle-with-root-cert_fail": "certificate",
  "checkpoint-bad-keyhint_fail": "log-proof",
  "checkpoint-wrong-roothash_fail": "log-proof",
  "dsse-invalid-sig_fail": "log-mismatch",
  "dsse-mismatch-envelope_fail": "log-mismatch",
  "dsse-mismatch-sig_fail": "log-mismatch",
  "inclusion-proof-corrupted-hash_fail": "log-proof",
  "incorrect-public-key_fail": "log-proof",
  "integrated-time-in-future_fail": "certificate",
  "intoto-expired-certificate_fail": "certificate",
  "intoto-log-entry-mismatch_fail": "log-mismatch",
  "intoto-missing-inclusion-proof_fail": "malformed",
  "intoto-set-outside-signing-cert-validity_fail": "certificate",
  "intoto-tsa-timestamp-outside-cert-validity_fail": "certificate",
  "invalid-checkpoint-signature_fail": "log-proof",
  "invalid-ct-key_fail": "certificate",
  "invalid-inclusion-proof_fail": "malformed",
  "managed-key-no-key_fail": "key-mismatch",
  // The key is not a point on its curve.
  "managed-key-wrong-key_fail": "no such key",
  "message-digest-mismatch_fail": "content",
  "rekor2-checkpoint-missing-log-signature_fail": "log-proof",
  "rekor2-checkpoint-missing-origin_fail": "log-proof",
  "rekor2-checkpoint-missing-root-hash_fail": "log-proof",
  "rekor2-checkpoint-missing-size_fail": "log-proof",
  "rekor2-checkpoint-no-matching-signature_fail": "log-proof",
  "rekor2-dsse-invalid-sig_fail": "log-mismatch",
  "rekor2-dsse-mismatch-envelope_fail": "log-mismatch",
  "rekor2-dsse-mismatch-sig_fail": "log-mismatch",
  "rekor2-no-inclusion-proof_fail": "malformed",
  "rekor2-no-timestamp_fail": "timestamp",
  "rekor2-timestamp-outside-trust-root-tsa-validity_fail": "timestamp",
  "rekor2-timestamp-outside-tsa-cert-validity_fail": "timestamp",
  "rekor2-timestamp-payload-mismatch_fail": "timestamp",
  "rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail": "timestamp",
  "rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail": "timestamp",
  "rekor2-timestamp-with-incorrect-time_fail": "certificate",
  "set-invalid-signature_fail": "log-proof",
  "signature-mismatch_fail": "log-mismatch",
  "trust-root-tlog-missing-validity-start_fail": "untrusted-root",
  "wrong-hashedrekord-artifact_fail": "log-mismatch",
  "wrong-hashedrekord-cert-and-sig_fail": "log-mismatch",
  "wrong-hashedrekord-entry_fail": "log-mismatch",
  "wrong-material_fail": "content",
};

function fileOf(name: string, file: string): Buffer | undefined {
  const path = join(folder, name, file);
  return existsSync(path) ? readFileSync(path) : undefined;
}

function textOf(name: string, file: string): string | undefined {
  return fileOf(name, file)?.toString("utf8").trim();
}

function jsonOf(name: string, file: string): JsonValue | undefined {
  const text = textOf(name, file);
  return text === undefined ? undefined : (parseJson(text) ?? null);
}

function keyOf(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}

function artifactOf(bytes: Buffer): SignedArtifact {
  return {
    sha256: createHash("sha256").update(bytes).digest(),
    isSignedBy: (key, signature) => createVerify("sha256").update(bytes).verify(key, signature),
  };
}

function signerOf(name: string): ExpectedSigner | undefined {
  const pem = textOf(name, "key.pub");
  if (pem === undefined) {
    const identity = { kind: "exact", value: textOf(name, "identity") ?? BEACON } as const;
    return { kind: "identity", identity, issuer: textOf(name, "issuer") ?? ISSUER };
  }
  const publicKey = keyOf(pem);
  return publicKey && { kind: "key", publicKey };
}

/** `valid`, or the name of the first rule without its family. */
function outcome(name: string): string {
  const root = readTrustedRoot(
    jsonOf(name, "trusted_root.json") ?? (readAsset("sigstore/public-good.json") as JsonValue),
  );
  if (root.kind === "refused") return root.problem.rule.id.split("/")[1]!;
  const signer = signerOf(name);
  if (signer === undefined) return "no such key";
  const bytes = fileOf(name, "artifact") ?? readFileSync(join(folder, "a.txt"));
  const verdict = verifyBundle({
    bundle: jsonOf(name, "bundle.sigstore.json") ?? null,
    content: { kind: "artifact", artifact: artifactOf(bytes) },
    signer,
    trustedRoot: root.root,
    at: AT,
  });
  return verdict.kind === "valid" ? "valid" : verdict.problems[0]!.rule.id.split("/")[1]!;
}

describe.skipIf(!isThere)("a bundle of sigstore-conformance", () => {
  const names = isThere
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
    : [];

  it("is one of 70", () => {
    expect(names).toHaveLength(70);
  });

  it.each(names)("%s", (name) => {
    expect(outcome(name)).toBe(name.endsWith("_fail") ? RULES[name] : "valid");
  });
});
