/** The policy itself: who signed it, how old it is, what it delegated, and every mistake in its text. */

import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";

import {
  accepted,
  decidingLine,
  evidence,
  HEAD,
  hex,
  judge,
  keyless,
  keyOf,
  mistakesIn,
  NOTHING_KEPT,
  NOW,
  policyOf,
  signature,
} from "../../../test/builders/trust.ts";
import { pae } from "../dsse/pae.ts";
import { policyProblems } from "./accept-policy.ts";
import type { Candidate } from "./accept-policy.ts";
import { decide } from "./decide.ts";
import { keyFingerprint } from "./key-fingerprint.ts";
import { POLICY_PAYLOAD_TYPE, readPolicyEnvelope, writePolicyEnvelope } from "./policy-envelope.ts";

const RULE = "rules:\n  - { match: 'hf:acme/*', require: { signature: hsm } }\n";
const BYTES = Buffer.from(HEAD + RULE);
const key = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const [one, two, other] = [key(), key(), key()];

function envelopeBy(keys: readonly { privateKey: KeyObject }[], payload = BYTES) {
  const bytes = pae(POLICY_PAYLOAD_TYPE, payload);
  const signatures = keys.map(({ privateKey }) => sign("sha256", bytes, privateKey));
  return readPolicyEnvelope(Buffer.from(writePolicyEnvelope({ payload, signatures })));
}

function problems(more: Partial<Candidate>) {
  return policyProblems({
    policy: policyOf(RULE),
    bytes: BYTES,
    digest: hex("policy"),
    envelope: undefined,
    signers: [],
    seen: undefined,
    now: NOW,
    ...more,
  });
}

describe("a policy", () => {
  const signers = [{ keys: [one.publicKey, two.publicKey], threshold: 2 }];

  it("decides where it is signed by enough keys", () => {
    expect(problems({ signers, envelope: envelopeBy([one, two]) })).toEqual([]);
  });

  it.each([
    ["is not signed", undefined],
    ["is signed by too few", envelopeBy([one])],
    ["is signed by one key twice", envelopeBy([one, one])],
    ["is signed by a stranger", envelopeBy([one, other])],
    ["was changed", envelopeBy([one, two], Buffer.from(`${BYTES.toString()}#`))],
  ])("decides nothing where it %s", (_what, envelope) => {
    const found = problems({ signers, envelope });

    expect(found).toMatchObject([{ rule: "trust/policy-signature", effect: "deny" }]);
    const decision = decide(
      accepted(policyOf(RULE), { problems: found }),
      evidence({ signatures: [signature(keyOf("hsm"))] }),
      NOTHING_KEPT,
    );
    expect(decision).toMatchObject({ effect: "deny", decidedBy: found[0] });
    expect(decidingLine(RULE, decision)).toBe("rules:");
  });

  it("decides nothing once it has expired", () => {
    const found = problems({ now: Date.parse("2027-06-30T00:00:00Z") });

    expect(found).toMatchObject([{ rule: "trust/policy-expired", place: { line: 3 } }]);
  });

  it("decides nothing where a newer one was seen, or another of the same version", () => {
    const newer = { version: 8, digest: hex("newer") };
    const same = { version: 7, digest: hex("other") };
    const envelope = envelopeBy([one, two]);

    expect(problems({ seen: newer })).toMatchObject([
      { rule: "trust/policy-rollback", place: { line: 2 } },
    ]);
    expect(problems({ seen: same, signers, envelope })).toMatchObject([
      { rule: "trust/policy-rollback" },
    ]);
    expect(problems({ seen: { version: 6, digest: hex("older") } })).toEqual([]);
  });

  it("counts one key in two encodings once", () => {
    const { x = "", y = "" } = one.publicKey.export({ format: "jwk" });
    const odd = (Buffer.from(y, "base64url").at(-1) ?? 0) & 1;
    const head = Buffer.from("3039301306072a8648ce3d020106082a8648ce3d030107032200", "hex");
    const point = Buffer.concat([Buffer.from([2 + odd]), Buffer.from(x, "base64url")]);
    const compressed = createPublicKey({
      key: Buffer.concat([head, point]),
      type: "spki",
      format: "der",
    });

    expect(keyFingerprint(compressed)).toBe(keyFingerprint(one.publicKey));
    const twice = [{ keys: [one.publicKey, compressed], threshold: 2 }];
    expect(problems({ signers: twice, envelope: envelopeBy([one]) })).toHaveLength(1);
  });

  it("has no signature in what is no envelope", () => {
    for (const text of ["", "{}", '{"payloadType":"x","payload":"","signatures":[]}']) {
      expect(readPolicyEnvelope(Buffer.from(text))).toBeUndefined();
    }
  });
});

describe("time", () => {
  const young = "rules:\n  - { match: 'hf:acme/*', require: { signature: old } }\n";
  const head = HEAD.replace(
    "authorities:\n",
    `authorities:\n  - { name: old, key: { fingerprint: ${hex("old")}, validUntil: 2026-06-01 } }\n`,
  );
  const decideAt = (now: number, time?: string, latest = 0) =>
    decide(
      accepted(policyOf(young, head)),
      evidence({ now, signatures: [signature(keyOf("old"), time === undefined ? {} : { time })] }),
      { pins: new Map(), latest },
    );
  const early = Date.parse("2026-05-01T00:00Z");

  it("is the clock's where nothing else is known, and the proved one where that is later", () => {
    expect(decideAt(early).effect).toBe("allow");
    expect(decideAt(NOW).decidedBy.rule).toBe("trust/key-period");
    expect(decideAt(NOW, "2026-05-01T00:00:00Z").effect).toBe("allow");
    expect(decideAt(early, undefined, NOW)).toMatchObject({
      effect: "deny",
      at: new Date(NOW).toISOString(),
      reasons: [
        { rule: "trust/key-period" },
        { rule: "trust/threshold" },
        { rule: "trust/clock-behind" },
      ],
    });
  });
});

describe("delegations", () => {
  const parent = `${RULE}delegations:
  - { name: vision, paths: "hf:acme-vision/*", to: laptop, expires: 2027-01-01, policy: vision.yaml }
`;
  const child = "rules:\n  - { match: 'hf:**', level: skip }\n";
  const ask = (reference: string, now = NOW, problemsOf: ReturnType<typeof problems> = []) => {
    const vision = accepted(policyOf(child, HEAD, "vision.yaml"), { problems: problemsOf });
    const policy = accepted(policyOf(parent), { delegated: new Map([["vision", vision]]) });
    return decide(policy, evidence({ reference, now }), NOTHING_KEPT);
  };

  it("decide what was given to them", () => {
    expect(ask("hf:acme-vision/x")).toMatchObject({
      effect: "allow",
      decidedBy: { place: { document: "vision.yaml" } },
    });
  });

  it("never decide about anything else, and are told of for trying", () => {
    expect(ask("hf:acme/x").decidedBy).toMatchObject({
      rule: "trust/threshold",
      place: { document: "trust.yaml" },
    });
    expect(ask("hf:evil/x")).toMatchObject({
      effect: "deny",
      decidedBy: { rule: "trust/no-rule", place: { document: "trust.yaml" } },
    });
    expect(ask("hf:evil/x").reasons.map(({ rule }) => rule)).toContain("trust/delegation-scope");
  });

  it("end, and fall with their signature or their policy", () => {
    expect(ask("hf:acme-vision/x", Date.parse("2027-01-01")).decidedBy).toMatchObject({
      rule: "trust/delegation",
      place: { path: "delegations[0]" },
    });
    const unsigned = problems({ signers: [{ keys: [one.publicKey], threshold: 1 }] });
    expect(ask("hf:acme-vision/x", NOW, unsigned).decidedBy.rule).toBe("trust/policy-signature");
    const missing = decide(
      accepted(policyOf(parent)),
      evidence({ reference: "hf:acme-vision/x" }),
      NOTHING_KEPT,
    );
    expect(missing.decidedBy.rule).toBe("trust/delegation");
  });
});

describe("trust on first use", () => {
  const pinned = "rules:\n  - { match: 'hf:**', pin: tofu, onFail: hold }\n";
  const by = (name: string, pins: readonly [string, string][] = []) =>
    judge(pinned, { signatures: [signature(keyOf(name))] }, { pins: new Map(pins), latest: 0 });

  it("remembers the first signer, and holds the model when that changes", () => {
    const first = by("a");
    expect(first).toMatchObject({
      effect: "allow",
      events: [{ kind: "pinned", line: "hf:acme/bert" }],
    });
    const pins: [string, string][] = [["hf:acme/bert", `key ${hex("a")}`]];
    expect(by("a", pins)).toMatchObject({ effect: "allow", events: [] });
    expect(by("b", pins)).toMatchObject({
      effect: "hold",
      decidedBy: { rule: "trust/signer-changed", place: { path: "rules[0].pin" } },
      events: [{ kind: "signer-changed", before: `key ${hex("a")}`, signer: `key ${hex("b")}` }],
    });
  });

  it("remembers nobody where nobody signed", () => {
    expect(judge(pinned, {})).toMatchObject({ effect: "hold", events: [] });
  });
});

describe("levels", () => {
  const at = (level: string, rest: string) =>
    `rules:\n  - { match: "hf:**", level: ${level}, require: { ${rest} } }\n`;
  const signed = { signatures: [signature(keyless())] };

  it.each([
    ["strict", "signature: release, timestamp: true", "deny"],
    ["permissive", "signature: release, timestamp: true", "warn"],
    ["permissive", "signature: hsm", "deny"],
    ["audit", "signature: hsm", "warn"],
    ["permissive", "signature: release, log: { witnesses: 1 }", "warn"],
    ["strict", "signature: release, log: true", "deny"],
    ["strict", "lineage: { depth: 1 }", "deny"],
    ["audit", "lineage: { depth: 1 }", "warn"],
  ])("%s: %s", (level, rest, effect) => {
    expect(judge(at(level, rest), signed).effect).toBe(effect);
  });

  it("hold files that are not what was signed against a model, all but skip", () => {
    const broken = [{ source: "model.sig", detail: "a.bin was changed" }];
    for (const level of ["strict", "permissive", "audit"]) {
      expect(judge(at(level, "signature: hsm"), { broken }).decidedBy).toMatchObject({
        rule: "trust/tampered",
        effect: "deny",
      });
    }
    const skip = "rules:\n  - { match: 'hf:**', level: skip }\n";
    expect(judge(skip, { broken }).decidedBy).toMatchObject({
      rule: "trust/skipped",
      effect: "allow",
    });
  });
});

describe("lineage", () => {
  const body = `rules:
  - match: "hf:**"
    require:
      lineage: { depth: 2, gaps: warn, baseModels: ["hf:meta/*"] }
`;
  const sound = { depth: 2, gaps: [], conflicts: [], baseModels: ["hf:meta/base"] };
  it.each([
    ["sound", {}, "allow"],
    ["gaps", { gaps: ["nothing about the dataset"] }, "warn"],
    ["contradictions", { conflicts: ["two bases"] }, "deny"],
    ["too short", { depth: 1 }, "deny"],
    ["another base", { baseModels: ["hf:evil/base"] }, "deny"],
  ])("%s", (_what, more, effect) => {
    expect(judge(body, { lineage: { ...sound, ...more } }).effect).toBe(effect);
  });
});

describe("mistakes in a policy", () => {
  it.each([
    [
      "rules:\n  - { mach: 'hf:x' }",
      "trust.yaml:14: rules[0].mach is not a key; did you mean match?",
    ],
    ["rules:\n  - { match: [] }", "rules[0].match is empty"],
    ["rules: []", "trust.yaml:13: rules is empty"],
    ["rules:\n  - { match: 'h*:x' }", "rules[0].match has to be a pattern such as"],
    ["rules:\n  - { match: 'hf:x', require: { signature: hsn } }", "did you mean hsm?"],
    [
      "rules:\n  - { match: 'hf:x', require: { signature: { threshold: 3, of: [hsm, laptop] } } }",
      "is 3, and only 2 may sign",
    ],
    [
      "rules:\n  - { match: 'hf:x', require: { signature: { threshold: 0, of: [hsm] } } }",
      "a whole number from 1",
    ],
    [
      "rules:\n  - { match: 'hf:x', require: { signature: [hsm, hsm] } }",
      "names an authority twice",
    ],
    ["rules:\n  - { match: 'hf:x', require: { timestamp: true } }", "the rule requires none"],
    [
      "rules:\n  - { match: 'hf:x', level: skip, require: { signature: hsm } }",
      "is skip, so nothing",
    ],
    ["rules:\n  - { match: 'hf:x', level: strikt }", "did you mean strict?"],
    [
      "rules:\n  - match: 'hf:x'\n    require:\n      attestations:\n        - { type: 'a:b', by: hsm, where: 'predicate.a ==' }",
      "trust.yaml:17: rules[0].require.attestations[0].where is no condition: ",
    ],
    [
      "rules:\n  - { match: 'hf:x', require: { attestations: [{ type: scan, by: hsm }] } }",
      "has to be the URI of a predicate type",
    ],
    [
      "rules:\n  - { match: 'hf:x', require: { attestations: [{ type: 'a:b', by: hsm, maxAge: 30 }] } }",
      "a time such as 30d",
    ],
    [`${RULE}revocations:\n  - { key: abc, reason: x }`, "a SHA-256 of 64 hexadecimal digits"],
    [
      `${RULE}revocations:\n  - { key: ${hex("a")}, digest: ${hex("a")}, reason: x }`,
      "and has key and digest",
    ],
    [`${RULE}revocations:\n  - { key: ${hex("a")} }`, "needs reason"],
    [
      `${RULE}delegations:\n  - { name: x, paths: 'hf:x', to: hsm, policy: a.yaml }`,
      "needs expires",
    ],
    [`${RULE}signedBy: nobody`, "signedBy has to be"],
  ])("name their place: %s", (body, message) => {
    expect(mistakesIn(`${HEAD}${body}\n`).join("\n")).toContain(message);
  });

  it.each([
    [
      "apiVersion: weighbridge.trust/v1",
      "apiVersion: v1",
      "apiVersion has to be weighbridge.trust/v1",
    ],
    ["version: 7", "version: 0", "version has to be a whole number from 1"],
    ["expires: 2027-06-30", "expires: 2027-06-31", "expires has to be a day"],
    ["expires: 2027-06-30", "expires: never", "trust.yaml:3: expires has to be a day"],
    ["expires: 2027-06-30\n", "", "needs expires"],
    ["sigstore: embedded", "sigstore: embedded, x509: a", "and has x509 and sigstore"],
    ["root: public,", "root: acme,", "did you mean"],
    ["name: laptop", "name: hsm", 'has two of the name "hsm"'],
    ["name: laptop", "name: '../x'", "has to be a name of letters"],
  ])("name their place in the head: %s → %s", (before, after, message) => {
    expect(mistakesIn(HEAD.replace(before, after) + RULE).join("\n")).toContain(
      message === "did you mean" ? "root has to be public" : message,
    );
  });

  it("are all told together", () => {
    const text = `${HEAD}rules:\n  - { match: x }\n  - { macht: 'hf:x' }\nrevocations:\n  - { reason: x }\n`;

    expect(mistakesIn(text)).toHaveLength(3);
  });
});
