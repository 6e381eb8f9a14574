/** What somebody tries who is not trusted. Everything is denied, and the line that decided is the one that should. */

import { describe, expect, it } from "vitest";

import {
  accepted,
  claim,
  decidingLine,
  DIGESTS,
  evidence,
  GITHUB,
  HEAD,
  hex,
  judge,
  keyless,
  keyOf,
  mistakesIn,
  MODEL,
  NOTHING_KEPT,
  NOW,
  policyOf,
  signature,
  SCAN,
  WORKFLOW,
} from "../../../test/builders/trust.ts";
import { decide } from "./decide.ts";
import type { Signer } from "./evidence.ts";

const BY_RELEASE = `rules:
  - match: hf:acme/*
    require:
      signature: release
`;
const BY_TWO = `rules:
  - match: hf:acme/*
    require:
      signature: { threshold: 2, of: [hsm, laptop, staff] }
`;
const SCANNED = `rules:
  - match: hf:acme/*
    require:
      attestations:
        - type: ${SCAN}
          by: scanner
          where: "predicate.verdict == 'clean'"
`;

describe("an honest model", () => {
  it("is allowed by the rule that it fulfills", () => {
    const decision = judge(BY_RELEASE, { signatures: [signature(keyless())] });

    expect(decision).toMatchObject({ effect: "allow", decidedBy: { rule: "trust/fulfilled" } });
    expect(decidingLine(BY_RELEASE, decision)).toBe("- match: hf:acme/*");
  });

  it("is allowed by two signers and by a scan", () => {
    const signatures = [signature(keyOf("hsm")), signature(keyOf("laptop"))];

    expect(judge(BY_TWO, { signatures }).effect).toBe("allow");
    expect(judge(SCANNED, { claims: [claim(keyOf("scanner"))] }).effect).toBe("allow");
  });
});

describe("somebody else's identity", () => {
  const authority = "- { name: release,";
  it.each([
    ["another workflow", { id: WORKFLOW.replace("release", "test") }, "trust/identity-mismatch"],
    ["a prefix", { id: `https://evil.example/${WORKFLOW}` }, "trust/identity-mismatch"],
    ["a suffix", { id: `${WORKFLOW}-evil` }, "trust/identity-mismatch"],
    ["another case", { id: WORKFLOW.replace("acme", "Acme") }, "trust/look-alike"],
    ["a Cyrillic letter", { id: WORKFLOW.replace("acme", "\u0430cme") }, "trust/look-alike"],
    ["a full-width letter", { id: WORKFLOW.replace("acme", "\uff41cme") }, "trust/look-alike"],
    ["an invisible character", { id: WORKFLOW.replace("acme", "ac\u200bme") }, "trust/look-alike"],
    ["a line break", { id: `${WORKFLOW}\n` }, "trust/look-alike"],
    ["a zero byte", { id: `${WORKFLOW}\0` }, "trust/look-alike"],
    ["another provider", { issuer: "https://gitlab.example" }, "trust/issuer-mismatch"],
    ["a provider with a slash", { issuer: `${GITHUB}/` }, "trust/issuer-mismatch"],
  ])("is not the one of the policy: %s", (_what, signer, rule) => {
    const decision = judge(BY_RELEASE, { signatures: [signature(keyless(signer))] });

    expect(decision).toMatchObject({ effect: "deny", decidedBy: { rule } });
    expect(decidingLine(BY_RELEASE, decision)).toContain(authority);
  });

  it("does not lead to a root of the policy", () => {
    const decision = judge(BY_RELEASE, { signatures: [signature(keyless({ roots: [] }))] });

    expect(decision.decidedBy.rule).toBe("trust/threshold");
    expect(decidingLine(BY_RELEASE, decision)).toBe("signature: release");
  });

  it("is no other kind of signer with the same name", () => {
    const signer = {
      kind: "certificate",
      id: WORKFLOW,
      issuer: GITHUB,
      roots: ["public"],
    } as const;

    expect(judge(BY_RELEASE, { signatures: [signature(signer)] }).effect).toBe("deny");
  });
});

describe("patterns of identities", () => {
  const head = (identity: string): string =>
    HEAD.replace(`identity: "${WORKFLOW}"`, `identity: { pattern: "${identity}" }`);

  it.each([
    ["github.com/acme/*", "neither an address"],
    ["https://*/acme/x", "scheme and host have to be written out"],
    ["https://github.com/*", "first step behind the host"],
    ["*@example.com*", "whose domain is written out"],
  ])("that would let in strangers are no policy: %s", (pattern, reason) => {
    expect(mistakesIn(head(pattern) + BY_RELEASE).join()).toContain(reason);
  });

  it.each([
    ["https://github.com/acme/train/x", true],
    ["https://github.com/acme/train/x/evil", false],
    ["https://evil.example/https://github.com/acme/train/x", false],
    ["https://github.com/acme/train/x\nhttps://github.com/acme/train/x", false],
    ["https://github.com/acme/train/\u0445", false],
  ])("mean the whole name, in plain letters: %j", (id, isAllowed) => {
    const policy = policyOf(BY_RELEASE, head("https://github.com/acme/train/*"));
    const given = evidence({ signatures: [signature(keyless({ id }))] });

    expect(decide(accepted(policy), given, NOTHING_KEPT).effect).toBe(isAllowed ? "allow" : "deny");
  });
});

describe("one signer under two names", () => {
  const certificate = {
    kind: "certificate",
    id: "CN=me",
    issuer: "CN=ca",
    roots: ["acme"],
  } as const;
  it.each([
    ["one key twice", [keyOf("hsm"), keyOf("hsm")]],
    ["a key, with a certificate and without", [keyOf("hsm"), { ...certificate, key: hex("hsm") }]],
    ["two certificates of one authority", [certificate, { ...certificate, id: "CN=you" }]],
  ])("counts once: %s", (_what, signers) => {
    const signatures = signers.map((signer) => signature(signer));
    const decision = judge(BY_TWO, { signatures });

    expect(decision).toMatchObject({ effect: "deny", decidedBy: { rule: "trust/threshold" } });
    expect(decidingLine(BY_TWO, decision)).toBe(
      "signature: { threshold: 2, of: [hsm, laptop, staff] }",
    );
  });

  it("counts once as two authorities", () => {
    const head = HEAD.replace(hex("laptop"), hex("hsm"));
    const given = evidence({ signatures: [signature(keyOf("hsm")), signature(keyOf("hsm"))] });
    const decision = decide(accepted(policyOf(BY_TWO, head)), given, NOTHING_KEPT);

    expect(decision).toMatchObject({ effect: "deny", decidedBy: { rule: "trust/threshold" } });
  });
});

describe("revoked", () => {
  const revoked = `${BY_TWO.replace("threshold: 2", "threshold: 1")}revocations:
  - { key: ${hex("hsm")}, at: 2026-06-01, reason: stolen }
`;
  const signedAt = (time?: string) => ({
    signatures: [signature(keyOf("hsm"), time === undefined ? {} : { time })],
  });

  it.each([
    ["without a proved time, whatever the clock says", { now: Date.parse("2026-01-01T00:00Z") }],
    ["by the clock of today", { now: NOW }],
  ])("keys do not count %s", (_what, clock) => {
    const decision = judge(revoked, { ...signedAt(), ...clock });

    expect(decision).toMatchObject({ effect: "deny", decidedBy: { rule: "trust/revoked" } });
    expect(decidingLine(revoked, decision)).toContain("reason: stolen");
  });

  it("keys count for what is proved to be older, and not for what is younger", () => {
    expect(judge(revoked, signedAt("2026-05-31T23:59:59Z")).effect).toBe("allow");
    expect(judge(revoked, signedAt("2026-06-01T00:00:00Z")).decidedBy.rule).toBe("trust/revoked");
  });

  it("keys of certificates, serial numbers, bundles and entries of logs do not count", () => {
    const signer: Signer = {
      kind: "certificate",
      id: "CN=me",
      issuer: "CN=ca",
      roots: ["acme"],
      key: hex("k"),
      certificate: hex("cert"),
      serial: "00AB12",
    };
    const given = signature(signer, {
      logged: [{ origin: "log.example", index: 7, witnesses: 0 }],
    });
    const rule =
      "rules:\n  - { match: 'hf:acme/*', require: { signature: staff } }\nrevocations:\n";
    for (const what of [
      `key: ${hex("k")}`,
      `certificate: ${hex("cert")}`,
      "certificate: ab12",
      `digest: ${given.digest}`,
      "log: { index: 7 }",
      "log: { origin: log.example, index: 7 }",
    ]) {
      const body = `${rule}  - { ${what}, reason: why }\n`;
      expect(judge(body, { signatures: [given] }).decidedBy.rule, what).toBe("trust/revoked");
    }
    const other = `${rule}  - { log: { origin: other.example, index: 7 }, reason: why }\n`;
    expect(judge(other, { signatures: [given] }).effect).toBe("allow");
  });

  it("models do not count, whoever signs them", () => {
    const body = `${BY_RELEASE}revocations:\n  - { digest: ${DIGESTS.dirHash1}, at: 2027-01-01, reason: backdoor }\n`;
    const decision = judge(body, { signatures: [signature(keyless())] });

    expect(decision.decidedBy).toMatchObject({ rule: "trust/revoked", effect: "deny" });
  });
});

describe("claims", () => {
  const said = (given: ReturnType<typeof claim>) => judge(SCANNED, { claims: [given] });

  it.each([
    [
      "for another model with the same root",
      claim(keyOf("scanner"), undefined, {
        digests: { sha256: DIGESTS.root, dirHash1: hex("other names") },
      }),
      "trust/other-model",
      `- type: ${SCAN}`,
    ],
    [
      "for the root alone",
      claim(keyOf("scanner"), undefined, { digests: { sha256: DIGESTS.root } }),
      "trust/root-only",
      `- type: ${SCAN}`,
    ],
    [
      "for another model",
      claim(keyOf("scanner"), undefined, { digests: { sha256: hex("x"), dirHash1: hex("y") } }),
      "trust/attestation-missing",
      `- type: ${SCAN}`,
    ],
    ["by a stranger", claim(keyOf("stranger")), "trust/attestation-missing", `- type: ${SCAN}`],
    [
      "that say something else",
      claim(keyOf("scanner"), { verdict: "malicious" }),
      "trust/condition-false",
      "where:",
    ],
    [
      "that lack what is asked about",
      claim(keyOf("scanner"), {}),
      "trust/condition-failed",
      "where:",
    ],
  ])("do not count %s", (_what, given, rule, line) => {
    const decision = said(given);

    expect(decision).toMatchObject({ effect: "deny", decidedBy: { rule } });
    expect(decidingLine(SCANNED, decision)).toContain(line);
  });

  it("do not count where the condition would take too long", () => {
    const bomb = SCANNED.replace(
      "predicate.verdict == 'clean'",
      "predicate.l.all(a, predicate.l.all(b, predicate.l.exists(c, c != a || c != b)))",
    );
    const l = Array.from({ length: 2000 }, (_, index) => index);
    const decision = judge(bomb, { claims: [claim(keyOf("scanner"), { l })] });

    expect(decision.decidedBy).toMatchObject({ rule: "trust/condition-failed", effect: "deny" });
    expect(decision.decidedBy.message).toContain("too long");
  });

  it("do not outvote others of the same kind where every one has to fulfill the condition", () => {
    const every = `${SCANNED}          every: true\n`;
    const claims = [claim(keyOf("scanner")), claim(keyOf("scanner"), { verdict: "malicious" })];

    expect(judge(SCANNED, { claims }).effect).toBe("allow");
    expect(judge(every, { claims }).decidedBy.rule).toBe("trust/condition-false");
  });
});

describe("what a model is called", () => {
  it.each([
    ["hf:evil/bert", "trust/no-rule"],
    ["hf:acme/bert/deeper", "trust/no-rule"],
    ["hf:acme", "trust/no-rule"],
    ["oci:acme/bert", "trust/no-rule"],
    ["HF:acme/bert", "trust/bad-reference"],
    ["hf:acme/../evil/bert", "trust/bad-reference"],
    ["hf:acme/b\u202eert", "trust/bad-reference"],
    ["hf:acme/bert\nhf:evil/x", "trust/bad-reference"],
    ["acme/bert", "trust/bad-reference"],
  ])("decides which rule is asked: %j", (reference, rule) => {
    const given = { reference, signatures: [signature(keyless())] };

    expect(judge(BY_RELEASE, given)).toMatchObject({ effect: "deny", decidedBy: { rule } });
  });

  it("does not end the rules with a later, weaker one", () => {
    const body = `${BY_RELEASE}  - { match: "hf:**", level: skip }\n`;

    expect(judge(body, {}).decidedBy.rule).toBe("trust/threshold");
    expect(judge(body, { reference: "hf:other/x" }).effect).toBe("allow");
  });

  it("is held against all rules up to a final one, and the worst decides", () => {
    const body = `rules:
  - { match: "hf:**", final: false, require: { signature: hsm } }
  - { match: "hf:acme/*", level: skip }
`;
    expect(judge(body, {}).decidedBy.rule).toBe("trust/threshold");
    expect(judge(body, { signatures: [signature(keyOf("hsm"))] }).effect).toBe("allow");
  });

  it("reaches patterns with revisions only at that revision", () => {
    const body = `rules:\n  - { match: "${MODEL}", require: { signature: hsm } }\n`;
    const signatures = [signature(keyOf("hsm"))];

    expect(judge(body, { signatures }).effect).toBe("allow");
    expect(judge(body, { signatures, reference: "hf:acme/bert@dev" }).effect).toBe("deny");
    expect(judge(body, { signatures, reference: "hf:acme/bert" }).effect).toBe("deny");
  });
});
