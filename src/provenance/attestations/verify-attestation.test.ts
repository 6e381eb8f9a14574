import { createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";

import { makeKey } from "../../../test/builders/certificates.ts";
import { artifact, built, digestOf, input } from "../../../test/builders/claims.ts";
import { keyFingerprint } from "../oms/keys.ts";
import type { KeylessOutcome } from "../oms/trust.ts";
import { aboutSignature } from "../oms/problem.ts";
import { SIGNATURE_INVALID } from "../oms/rules.ts";
import { kindOfStatement } from "./predicates.ts";
import { readAttestation } from "./read-attestation.ts";
import type { Attestation } from "./read-attestation.ts";
import { signAttestation } from "./sign-attestation.ts";
import { verifyAttestation } from "./verify-attestation.ts";

const key = makeKey();
const publicKey = createPublicKey(key.key);
const { statement } = built("training", artifact("model"), [input("dataset", artifact("data"))]);
const { bundle } = await signAttestation(statement, { signer: key });

function read(text: string): Attestation {
  const result = readAttestation(Buffer.from(text), "claims.jsonl:1");
  if (result.kind === "failed") {
    throw new Error(result.problems.map(({ evidence }) => evidence.message).join("; "));
  }
  return result.attestation;
}

/** The same bundle, with another kind of material. */
function withMaterial(material: object): Attestation {
  const parsed = JSON.parse(bundle) as Record<string, unknown>;
  return read(JSON.stringify({ ...parsed, verificationMaterial: material }));
}

describe("an attestation", () => {
  it("is known by its bundle, with or without a line feed", () => {
    expect(read(bundle).digest).toBe(digestOf(bundle.trimEnd()));
    expect(read(bundle.trimEnd()).digest).toBe(read(bundle).digest);
  });

  it("says which key signed it", () => {
    expect(verifyAttestation(read(bundle), { keys: [publicKey] })).toMatchObject({
      kind: "trusted",
      verified: {
        signer: { kind: "key", id: keyFingerprint(publicKey) },
        source: "claims.jsonl:1",
      },
    });
    expect(verifyAttestation(read(bundle), { keys: [] }).kind).toBe("stranger");
  });

  it.each(["", "0/RtVfkS6cheyd5SqD89S5UiJbJ/wFbmwiNKmLOPbek="])(
    "that names no key of ours (%j) is tried with all",
    (hint) => {
      const attestation = withMaterial({ publicKey: { hint } });
      const other = createPublicKey(makeKey("P-521").key);

      expect(verifyAttestation(attestation, { keys: [other, publicKey] }).kind).toBe("trusted");
      expect(verifyAttestation(attestation, { keys: [other] }).kind).toBe("stranger");
    },
  );

  it("is never judged in another way than it was signed in", () => {
    const certificate = withMaterial({
      x509CertificateChain: {
        certificates: [{ rawBytes: Buffer.from("none").toString("base64") }],
      },
    });
    const keyless = withMaterial({
      certificate: { rawBytes: Buffer.from("none").toString("base64") },
    });

    expect(verifyAttestation(certificate, { keys: [publicKey] }).kind).toBe("stranger");
    expect(verifyAttestation(keyless, { keys: [publicKey] }).kind).toBe("stranger");
  });

  it("by a login counts where all of its bundle holds", () => {
    const keyless = withMaterial({
      certificate: { rawBytes: Buffer.from("none").toString("base64") },
    });
    const good: KeylessOutcome = {
      signer: {
        kind: "identity",
        identity: "me@example.org",
        issuer: "https://example.org",
        claims: {},
        logEntries: [],
      },
      time: { kind: "timestamp", at: "2026-01-31T09:00:00.000Z", authority: "the log" },
      problems: [],
    };
    const bad: KeylessOutcome = {
      problems: [aboutSignature(SIGNATURE_INVALID, "it does not hold")],
    };
    const seen: Uint8Array[] = [];
    const judged = verifyAttestation(keyless, {
      keys: [],
      keyless: (_read, bytes) => {
        seen.push(bytes);
        return good;
      },
    });

    expect(judged).toMatchObject({
      kind: "trusted",
      verified: {
        signer: { kind: "keyless", id: "me@example.org", issuer: "https://example.org" },
        time: "2026-01-31T09:00:00.000Z",
      },
    });
    expect(seen).toEqual([keyless.bytes]);
    expect(verifyAttestation(keyless, { keys: [], keyless: () => bad })).toMatchObject({
      kind: "stranger",
      detail: "it does not hold",
    });
  });

  it("is read without a throw, however it is damaged, and never verifies then", () => {
    const bytes = Buffer.from(bundle.trimEnd());
    let seed = 1;
    const next = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    const outcomes = new Set<string>();
    for (let round = 0; round < 1000; round += 1) {
      const damaged = Buffer.from(bytes);
      for (let count = 1 + next(3); count > 0; count -= 1) {
        damaged[next(damaged.length)] = next(256);
      }
      const result = readAttestation(damaged.subarray(0, damaged.length - next(3)), "x");
      if (result.kind === "failed") {
        outcomes.add("failed");
        continue;
      }
      const { attestation } = result;
      kindOfStatement(attestation.statement);
      const outcome = verifyAttestation(attestation, { keys: [publicKey] });
      outcomes.add(outcome.kind);
      // What still verifies says the same.
      const said = outcome.kind === "trusted" ? outcome.verified.statement : read(bundle).statement;
      expect(said).toEqual(read(bundle).statement);
    }
    expect(outcomes).toContain("failed");
  });
});
