/** What `trust init` writes. */

import { basename } from "node:path";

export interface TemplateKey {
  readonly file: string;
  readonly pem: string;
}

/** @param today `YYYY-MM-DD`. */
export function policyTemplate(keys: readonly TemplateKey[], today: string): string {
  const named = keys.map(({ file, pem }, index) => ({ name: nameOf(file, index), pem }));
  const expires = `${Number(today.slice(0, 4)) + 1}${today.slice(4).replace("02-29", "02-28")}`;
  return `# Who may publish which model, and what has to come with it: docs/trust.md.
apiVersion: weighbridge.trust/v1
# Only ever grows: an older version than was seen before is refused.
version: 1
# After this day nothing is allowed until there is a new version.
expires: ${expires}

# Certificates and services that signers may lead to. Files are relative to this one.
trustRoots:
  public: { sigstore: embedded }
  # company: { x509: ca.pem, timestamp: tsa.pem }

# Who signs. Identities are exact; { pattern: "https://github.com/acme/*/…" } is any of many.
authorities:${named.length === 0 ? " []" : ""}
${named.map(authority).join("")}  # - { name: company, certificate: { root: company } }
  # - name: release
  #   keyless:
  #     root: public
  #     issuer: https://token.actions.githubusercontent.com
  #     identity: https://github.com/acme/train/.github/workflows/release.yml@refs/heads/main

# The first rule that matches decides; what no rule matches is denied.
rules:
${named.length === 0 ? FIRST_USE : signedRule(named)}  # What a rule can require besides:
  #   require:
  #     signature: { threshold: 2, of: [release, company] }
  #     attestations:
  #       - type: urn:weighbridge:attestation:model-scan/v1
  #         by: [release]
  #         maxAge: 30d
  #         where: "predicate.verdict == 'clean'"
  #     timestamp: true
  #     log: true
  #     lineage: { depth: 1, gaps: warn }
  #   level: strict      # permissive, audit, skip
  #   onFail: deny       # hold, warn

# What was taken back, from when on:
# revocations:
#   - { key: <fingerprint>, at: ${today}, reason: lost }
`;
}

const FIRST_USE = `  # Trust on first use: whoever signed a model first has to sign it from then on.
  - match: ["hf:**", "oci:**", "file:**"]
    pin: tofu
    onFail: hold
`;

function authority({ name, pem }: { readonly name: string; readonly pem: string }): string {
  const block = pem
    .trim()
    .split("\n")
    .map((line) => `        ${line}\n`)
    .join("");
  return `  - name: ${name}\n    key:\n      pem: |\n${block}`;
}

function signedRule(named: readonly { readonly name: string }[]): string {
  const names = named.map(({ name }) => name).join(", ");
  return `  - match: ["hf:**", "oci:**", "file:**"]
    require:
      signature: { threshold: 1, of: [${names}] }
`;
}

function nameOf(file: string, index: number): string {
  const plain = basename(file)
    .replace(/\.[^.]*$/, "")
    .replaceAll(/[^A-Za-z\d_-]/g, "-")
    .slice(0, 80);
  return /^[A-Za-z\d]/.test(plain)
    ? `${plain}${index === 0 ? "" : `-${index + 1}`}`
    : `key-${index + 1}`;
}
