/** Policies and evidence for tests of trust: what is not said is sound. */

import { createHash } from "node:crypto";
import { parsePlacedYaml } from "../../src/cli/config/yaml-text.ts";
import type { AcceptedPolicy } from "../../src/provenance/trust/accept-policy.ts";
import { decide } from "../../src/provenance/trust/decide.ts";
import type { Decision } from "../../src/provenance/trust/decision.ts";
import type {
  ClaimEvidence,
  Evidence,
  SignatureEvidence,
  Signer,
} from "../../src/provenance/trust/evidence.ts";
import type { Memory } from "../../src/provenance/trust/judge-pin.ts";
import type { Policy } from "../../src/provenance/trust/policy.ts";
import { readPolicy } from "../../src/provenance/trust/read-policy.ts";

export const NOW = Date.parse("2026-11-21T12:00:00Z");
export const MODEL = "hf:acme/bert@main";
export const SCAN = "urn:weighbridge:attestation:model-scan/v1";
export const GITHUB = "https://token.actions.githubusercontent.com";
export const WORKFLOW =
  "https://github.com/acme/train/.github/workflows/release.yml@refs/heads/main";

export const hex = (text: string): string => createHash("sha256").update(text).digest("hex");

export const HEAD = `apiVersion: weighbridge.trust/v1
version: 7
expires: 2027-06-30
trustRoots:
  public: { sigstore: embedded }
  acme: { x509: roots.pem }
authorities:
  - { name: hsm, key: { fingerprint: ${hex("hsm")} } }
  - { name: laptop, key: { fingerprint: ${hex("laptop")} } }
  - { name: scanner, key: { fingerprint: ${hex("scanner")} } }
  - { name: release, keyless: { root: public, issuer: "${GITHUB}", identity: "${WORKFLOW}" } }
  - { name: staff, certificate: { root: acme } }
`;

/** Reads a policy of the usual head and what follows it. Throws for mistakes. */
export function policyOf(body: string, head: string = HEAD, name = "trust.yaml"): Policy {
  const read = readPolicy({ name, ...parsePlacedYaml(head + body, name) });
  if (read.kind === "mistakes") {
    throw new Error(read.mistakes.map(({ message }) => message).join("\n"));
  }
  return read.policy;
}

/** The mistakes in a policy, each a sentence. */
export function mistakesIn(text: string): string[] {
  const read = readPolicy({ name: "trust.yaml", ...parsePlacedYaml(text, "trust.yaml") });
  return read.kind === "mistakes" ? read.mistakes.map(({ message }) => message) : [];
}

export function accepted(policy: Policy, more: Partial<AcceptedPolicy> = {}): AcceptedPolicy {
  return { policy, problems: [], delegated: new Map(), ...more };
}

export const keyOf = (name: string): Signer => ({ kind: "key", id: hex(name) });

export const keyless = (more: Partial<Signer> = {}): Signer => ({
  kind: "keyless",
  id: WORKFLOW,
  issuer: GITHUB,
  roots: ["public"],
  ...more,
});

export function signature(
  signer: Signer,
  more: Partial<SignatureEvidence> = {},
): SignatureEvidence {
  return { signer, source: "model.sig", digest: hex(`bundle ${signer.id}`), ...more };
}

export const DIGESTS = { root: hex("root"), dirHash1: hex("names") } as const;

export function claim(
  signer: Signer,
  predicate: ClaimEvidence["statement"]["predicate"] = { verdict: "clean" },
  more: Partial<ClaimEvidence> & { digests?: Record<string, string>; type?: string } = {},
): ClaimEvidence {
  const { digests, type = SCAN, ...rest } = more;
  const digest = digests ?? { sha256: DIGESTS.root, dirHash1: DIGESTS.dirHash1 };
  return {
    statement: { subject: [{ digest }], predicateType: type, predicate },
    signer,
    source: "claims.jsonl:1",
    digest: hex(`claim ${signer.id}`),
    ...rest,
  };
}

export function evidence(more: Partial<Evidence> & { reference?: string } = {}): Evidence {
  const { reference = MODEL, ...rest } = more;
  return {
    model: { references: [reference], digests: DIGESTS },
    signatures: [],
    claims: [],
    now: NOW,
    ...rest,
  };
}

export const NOTHING_KEPT: Memory = { pins: new Map(), latest: 0 };

/** Decides by rules in YAML. */
export function judge(
  body: string,
  given: Partial<Evidence> & { reference?: string } = {},
  memory: Memory = NOTHING_KEPT,
): Decision {
  return decide(accepted(policyOf(body)), evidence(given), memory);
}

/** The source line that decided. */
export function decidingLine(body: string, { decidedBy }: Decision): string {
  return (HEAD + body).split("\n")[decidedBy.place.line - 1]?.trim() ?? "";
}
