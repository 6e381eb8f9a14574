// What somebody could try who has a certificate of the same instance, or a hand in the bundle on its way.
import { beforeAll, describe, expect, it } from "vitest";
import type { JsonValue } from "../../src/kernel/rule.ts";
import { constructedTag, primitiveTag } from "../../src/codecs/der/tags.ts";
import { writeElement, writeOid, writeUtf8 } from "../../src/codecs/der/write-der.ts";
import { readTrustedRoot } from "../../src/provenance/sigstore/trusted-root.ts";
import { verifyBundle } from "../../src/provenance/sigstore/verify-bundle.ts";
import type { VerifyRequest } from "../../src/provenance/sigstore/verify-bundle.ts";
import { basicConstraints, extendedKeyUsage } from "../../src/provenance/x509/issue.ts";
import { EKU } from "../../src/provenance/x509/oids.ts";
import { makeTsa } from "../builders/tsa.ts";
import { nameBytes } from "./authority.ts";
import { asJson, forge } from "./forge.ts";
import type { ForgedBundle, ForgeOptions } from "./forge.ts";
import { makeInstance, trustedRootOf } from "./instance.ts";
import type { Instance } from "./instance.ts";
import { ISSUER, MAIL } from "./token.ts";

const NOW = Date.UTC(2026, 10, 20, 12);
const HOUR = 3_600_000;
let instance: Instance;
let other: Instance;

beforeAll(async () => {
  instance = await makeInstance();
  other = await makeInstance();
});

interface Root {
  tlogs: { publicKey: { validFor: { start: string; end?: string } } }[];
}

function verdictOn(
  bundle: JsonValue,
  more: Partial<VerifyRequest> = {},
  change?: (root: Root) => void,
) {
  const json = structuredClone(trustedRootOf(instance));
  change?.(json as unknown as Root);
  const root = readTrustedRoot(json);
  if (root.kind === "refused") throw new Error(root.problem.evidence.message);
  return verifyBundle({
    bundle,
    content: { kind: "statement" },
    signer: { kind: "identity", identity: { kind: "exact", value: MAIL }, issuer: ISSUER },
    trustedRoot: root.root,
    at: new Date(NOW),
    ...more,
  });
}

/** `valid`, or the rules without their family. */
function rules(verdict: ReturnType<typeof verdictOn>): string[] {
  return verdict.kind === "valid"
    ? ["valid"]
    : verdict.problems.map(({ rule }) => rule.id.replace("sigstore/", ""));
}

async function forged(
  options: Partial<ForgeOptions> = {},
  change: (bundle: ForgedBundle) => void = () => undefined,
): Promise<JsonValue> {
  const bundle = await forge(instance, { now: NOW, ...options });
  change(bundle);
  return asJson(bundle);
}

describe("an honest bundle", () => {
  it("is valid, with everything that it says", async () => {
    expect(verdictOn(await forged())).toMatchObject({
      kind: "valid",
      signer: { identity: MAIL, identityKind: "mail", issuer: ISSUER },
      times: [{ source: "log" }, { source: "timestamp-authority", time: new Date(NOW) }],
      logEntries: [
        { log: "https://rekor1.example", kind: "dsse 0.0.1" },
        { log: "https://rekor2.example", kind: "hashedrekord 0.0.2" },
      ],
      payload: { payloadType: "application/vnd.in-toto+json" },
    });
  });

  it("may name its holder in the way of the authority", async () => {
    const text = writeElement(constructedTag(0), writeUtf8("alice!example.org"));
    const name = writeElement(constructedTag(0), writeOid("1.3.6.1.4.1.57264.1.7"), text);
    const verdict = verdictOn(await forged({ names: [name] }), {
      signer: {
        kind: "identity",
        identity: { kind: "exact", value: "alice!example.org" },
        issuer: ISSUER,
      },
    });

    expect(verdict).toMatchObject({ kind: "valid", signer: { identityKind: "name" } });
  });
});

describe("a certificate is refused", () => {
  const flipped = Buffer.from(MAIL);
  flipped[0]! |= 0x80;

  it.each<[string, Partial<ForgeOptions>]>([
    ["with two names", { names: [nameBytes(MAIL), nameBytes("evil@evil.test")] }],
    ["with the right name behind another", { names: [nameBytes("e@evil.test"), nameBytes(MAIL)] }],
    // A reader of seven bits would take it for the right one.
    ["with a bit too many in its name", { names: [writeElement(primitiveTag(1), flipped)] }],
    ["with a zero byte in its name", { names: [nameBytes(`${MAIL}\0.evil.test`)] }],
    ["with a newline in its name", { names: [nameBytes(`${MAIL}\nevil`)] }],
    ["with a name of another kind", { names: [writeElement(primitiveTag(2), Buffer.from(MAIL))] }],
    ["that is for web servers", { purposes: ["1.3.6.1.5.5.7.3.1"] }],
    ["with two providers", { issuer: "https://evil.test", olderIssuer: ISSUER }],
    ["with a newline in its provider", { issuer: `${ISSUER}\n` }],
    ["that is in no log of certificates", { isUnlogged: true }],
    ["that was not valid yet", { notBefore: NOW + HOUR }],
    ["that had expired", { notBefore: NOW - HOUR }],
    [
      "with a condition that nobody knows",
      { extensions: [{ oid: "1.2.3.4", critical: true, value: Buffer.from("0500", "hex") }] },
    ],
  ])("%s", async (_what, options) => {
    expect(rules(verdictOn(await forged(options)))).toEqual(["certificate"]);
  });

  it("of an instance that is not trusted", async () => {
    const bundle = await forge(other, { now: NOW });
    expect(rules(verdictOn(asJson(bundle)))).not.toContain("valid");
  });
});

describe("another name", () => {
  it.each<[string, Partial<ForgeOptions>, string[]]>([
    ["somebody else's", { names: [nameBytes("evil@evil.test")] }, ["identity-mismatch"]],
    ["in another case", { names: [nameBytes(MAIL.toUpperCase())] }, ["identity-mismatch"]],
    ["by another provider's word", { issuer: `${ISSUER}/` }, ["issuer-mismatch"]],
    [
      "that is other in both",
      { names: [nameBytes("https://evil.test")], issuer: "https://evil.test" },
      ["identity-mismatch", "issuer-mismatch"],
    ],
  ])("%s is not the one expected", async (_what, options, expected) => {
    expect(rules(verdictOn(await forged(options)))).toEqual(expected);
  });
});

describe("an entry in the log is refused", () => {
  it("that records another certificate with the same signature", async () => {
    const someone = await forge(instance, { now: NOW });
    const certificate = Buffer.from(someone.verificationMaterial.certificate.rawBytes, "base64");
    const bundle = await forged({ recorded: (envelope) => ({ ...envelope, certificate }) });

    expect(rules(verdictOn(bundle))).toEqual(["log-mismatch", "log-mismatch"]);
  });

  it.each<[string, 1 | 2, (checkpoint: string) => string]>([
    ["by a part of its name", 1, (text) => text.replace("— rekor1.example", "— rekor1")],
    ["by a letter of its name", 2, (text) => text.replace("— rekor2.example", "— r")],
    ["by a longer name", 2, (text) => text.replace("— rekor2.example", "— rekor2.example.x")],
    ["under another origin", 2, (text) => text.replace(/^rekor2/, "rekor3")],
    ["by nobody", 1, (text) => text.split("—")[0]!],
  ])("whose checkpoint is signed %s", async (_what, version, change) => {
    const bundle = await forged({ logs: [version] }, ({ verificationMaterial }) => {
      const { checkpoint } = verificationMaterial.tlogEntries[0]!.inclusionProof;
      checkpoint.envelope = change(checkpoint.envelope);
    });

    expect(rules(verdictOn(bundle))).toEqual(["log-proof"]);
  });

  it("whose proof is by another log than the one that it names", async () => {
    const bundle = await forged({ logs: [2, 1] }, ({ verificationMaterial }) => {
      const [second, first] = verificationMaterial.tlogEntries;
      second!.logId = first!.logId;
    });

    expect(rules(verdictOn(bundle))).toContain("log-proof");
  });

  it("by a log that was not in use any more", async () => {
    const bundle = await forged({ logs: [2] });
    const retire = ({ tlogs }: Root) => {
      tlogs[1]!.publicKey.validFor.end = new Date(NOW - HOUR).toISOString();
    };

    expect(rules(verdictOn(bundle, {}, retire))).toEqual(["log-proof"]);
  });

  it("that is counted twice", async () => {
    const thresholds = { logEntries: 2 };
    const one = await forged({ logs: [1] });
    const twice = await forged({ logs: [1] }, ({ verificationMaterial: { tlogEntries } }) => {
      tlogEntries.push(tlogEntries[0]!);
    });

    expect(rules(verdictOn(one, { thresholds }))).toEqual(["no-log-entry"]);
    expect(rules(verdictOn(twice, { thresholds }))).not.toContain("valid");
    expect(rules(verdictOn(await forged(), { thresholds }))).toEqual(["valid"]);
  });

  it.each<[string, (bundle: ForgedBundle) => void]>([
    ["a number of any length", (b) => (entry(b).logIndex = "9".repeat(100_000))],
    ["a number below zero", (b) => (entry(b).inclusionProof.logIndex = "-1")],
    ["a path of any length", (b) => (entry(b).inclusionProof.hashes = Array(65).fill("AAAA"))],
    [
      "a checkpoint of any length",
      (b) => (entry(b).inclusionProof.checkpoint.envelope = "x\n".repeat(100_000)),
    ],
    [
      "any number of entries",
      ({ verificationMaterial: m }) => (m.tlogEntries = Array(17).fill(m.tlogEntries[0])),
    ],
  ])("with %s, before time is spent on it", async (_what, change) => {
    expect(rules(verdictOn(await forged({}, change)))).toEqual(["malformed"]);
  });

  function entry({ verificationMaterial }: ForgedBundle) {
    return verificationMaterial.tlogEntries[0]!;
  }
});

describe("a time", () => {
  it("is needed where the log has none", async () => {
    const bundle = await forged({ logs: [2], hasTimestamp: false });
    expect(rules(verdictOn(bundle))).toEqual(["timestamp"]);
  });

  it("is not that of another signature", async () => {
    const someone = await forge(instance, { now: NOW });
    const bundle = await forged({}, ({ verificationMaterial }) => {
      verificationMaterial.timestampVerificationData =
        someone.verificationMaterial.timestampVerificationData;
    });
    expect(rules(verdictOn(bundle))).toEqual(["timestamp"]);
  });

  it.each<[string, Parameters<typeof makeTsa>[0]]>([
    ["may sign code", [basicConstraints(false), extendedKeyUsage([EKU.codeSigning])]],
    [
      "may do more than stamp",
      [basicConstraints(false), extendedKeyUsage([EKU.timeStamping, EKU.codeSigning], true)],
    ],
  ])("is not that of an authority that %s", async (_what, extensions) => {
    const odd = { ...instance, tsa: await makeTsa(extensions) };
    const bundle = asJson(await forge(odd, { now: NOW }));
    const root = readTrustedRoot(trustedRootOf(odd));
    if (root.kind === "refused") throw new Error(root.problem.evidence.message);

    expect(rules(verdictOn(bundle, { trustedRoot: root.root }))).toEqual(["timestamp"]);
  });

  it("does not lie in the future", async () => {
    const bundle = await forged({ now: NOW + HOUR });

    expect(rules(verdictOn(bundle))).toContain("timestamp");
    expect(rules(verdictOn(bundle, { at: new Date(NOW + HOUR) }))).toEqual(["valid"]);
  });
});

describe("what was signed", () => {
  it.each<[string, (bundle: ForgedBundle) => void]>([
    ["another payload", (b) => (b.dsseEnvelope.payload = "e30K")],
    ["another type", (b) => (b.dsseEnvelope.payloadType = "text/plain")],
    ["another signature", (b) => (b.dsseEnvelope.signatures[0]!.sig = "AAAA")],
  ])("cannot be exchanged for %s", async (_what, change) => {
    expect(rules(verdictOn(await forged({}, change)))).not.toContain("valid");
  });

  it("is the artifact that a statement names", async () => {
    const sha256 = Buffer.alloc(32, 7);
    const artifact = { sha256, isSignedBy: () => false };
    const content = { kind: "artifact", artifact } as const;
    const of = (digest: string) =>
      forged({ payload: JSON.stringify({ subject: [{ name: "x", digest: { sha256: digest } }] }) });

    expect(rules(verdictOn(await of(sha256.toString("hex")), { content }))).toEqual(["valid"]);
    expect(rules(verdictOn(await of("00".repeat(32)), { content }))).toEqual(["content"]);
    expect(rules(verdictOn(await forged(), { content }))).toEqual(["content"]);
  });
});

describe("an instance without logs", () => {
  const withoutLogs = (root: Root) => {
    root.tlogs = [];
  };

  it("is one where the trusted root says so, and times are proved otherwise", async () => {
    const bundle = await forged({ logs: [] });

    expect(rules(verdictOn(bundle, {}, withoutLogs))).toEqual(["valid"]);
    expect(rules(verdictOn(bundle))).toEqual(["no-log-entry"]);
    const untimed = await forged({ logs: [], hasTimestamp: false });
    expect(rules(verdictOn(untimed, {}, withoutLogs))).toEqual(["timestamp"]);
  });

  it("does not take entries of logs that it does not have", async () => {
    expect(rules(verdictOn(await forged({ logs: [1] }), {}, withoutLogs))).toEqual(["log-proof"]);
  });
});

describe("damage", () => {
  /** Every place in a document, outermost first. */
  function* places(
    value: JsonValue,
    path: readonly (string | number)[] = [],
  ): Iterable<readonly (string | number)[]> {
    yield path;
    if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        yield* places(inner, [...path, Array.isArray(value) ? Number(key) : key]);
      }
    }
  }

  function replaced(
    value: JsonValue,
    path: readonly (string | number)[],
    by: JsonValue,
  ): JsonValue {
    const [key, ...rest] = path;
    if (key === undefined) return by;
    const copy = structuredClone(value) as Record<string | number, JsonValue>;
    copy[key] = replaced(copy[key]!, rest, by);
    return copy;
  }

  // Version 1 has its time in the promise, and version 2 has none in the entry: what is not needed is not read.
  it.each<[string, Partial<ForgeOptions>, RegExp]>([
    ["version 1", { logs: [1], hasTimestamp: false }, /timestampVerificationData/],
    ["version 2", { logs: [2] }, /integratedTime/],
  ])(
    "of any place of a bundle of %s, in any way, is refused and never thrown",
    async (_what, options, unread) => {
      const bundle = await forged(options);
      const passed: string[] = [];
      for (const path of places(bundle)) {
        for (const by of [null, "", "A", 7, -1, true, [], {}, [null], ["x"]] as JsonValue[]) {
          const damaged = replaced(bundle, path, by);
          if (!unread.test(path.join(".")) && rules(verdictOn(damaged))[0] === "valid") {
            passed.push(`${path.join(".")} = ${JSON.stringify(by)}`);
          }
        }
      }
      expect(passed).toEqual([]);
    },
  );
});
