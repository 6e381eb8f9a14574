import { beforeAll, describe, expect, it } from "vitest";

import { makeCertificate, NOON } from "../../../test/builders/certificates.ts";
import { granted, makeToken, makeTsa, TSA_EXTENSIONS } from "../../../test/builders/tsa.ts";
import type { TestTsa } from "../../../test/builders/tsa.ts";
import { Random } from "../../../test/fuzz/random.ts";
import {
  writeInteger,
  writeNull,
  writeOid,
  writeSequence,
  writeUtf8,
} from "../../codecs/der/write-der.ts";
import { extendedKeyUsage, keyUsage } from "../x509/issue.ts";
import { EKU } from "../x509/oids.ts";
import { verifyTimestamp } from "./verify-timestamp.ts";

const SIGNATURE = Buffer.from("the bytes of a signature");
let tsa: TestTsa;

beforeAll(async () => {
  tsa = await makeTsa();
});

function rules(timestamp: Uint8Array, roots = [tsa.root], nonce?: string): readonly string[] {
  const trust = nonce === undefined ? { roots } : { roots, nonce };
  const result = verifyTimestamp(timestamp, SIGNATURE, trust);
  return result.kind === "valid" ? [] : [...new Set(result.problems.map(({ rule }) => rule))];
}

describe("a timestamp", () => {
  it("gives its time, as an answer or alone", async () => {
    const token = await makeToken(SIGNATURE, tsa);

    for (const bytes of [token, granted(token)]) {
      expect(verifyTimestamp(bytes, SIGNATURE, { roots: [tsa.root] })).toMatchObject({
        kind: "valid",
        time: NOON,
        accuracy: 1500,
        policy: "1.3.6.1.4.1.57264.2",
        path: [{ subject: { text: "CN=tsa" } }, { subject: { text: "CN=tsa root" } }],
      });
    }
  });

  it("of another signature is none of this one", async () => {
    expect(rules(await makeToken(Buffer.from("other"), tsa))).toEqual(["timestamp/mismatch"]);
  });

  it("answers the request that it was asked for", async () => {
    const token = await makeToken(SIGNATURE, tsa, { nonce: Uint8Array.of(0x12, 0x34) });

    expect(rules(token, [tsa.root], "1234")).toEqual([]);
    expect(rules(token, [tsa.root], "1235")).toEqual(["timestamp/mismatch"]);
    expect(rules(await makeToken(SIGNATURE, tsa), [tsa.root], "1234")).toEqual([
      "timestamp/mismatch",
    ]);
  });

  it("whose time was changed is not signed", async () => {
    const content = (info: Uint8Array): Uint8Array =>
      Buffer.from(Buffer.from(info).toString("latin1").replace("20260615", "20250615"), "latin1");

    expect(rules(await makeToken(SIGNATURE, tsa, { content }))).toEqual([
      "timestamp/bad-signature",
    ]);
  });

  it("binds the certificate that signed it", async () => {
    expect(rules(await makeToken(SIGNATURE, tsa, { bound: tsa.root }))).toEqual([
      "timestamp/bad-signature",
    ]);
  });

  it.each([0, 1, 2])("has each of its signed attributes: %i", async (missing) => {
    const attributes = (all: readonly Uint8Array[]): readonly Uint8Array[] =>
      all.filter((_each, index) => index !== missing);

    expect(rules(await makeToken(SIGNATURE, tsa, { attributes }))).toEqual(["timestamp/malformed"]);
  });

  it("is of an authority for timestamps alone, that the caller trusts", async () => {
    const uncritical = await makeTsa([
      keyUsage("digitalSignature"),
      extendedKeyUsage([EKU.timeStamping]),
    ]);
    const both = await makeTsa([
      keyUsage("digitalSignature"),
      extendedKeyUsage([EKU.timeStamping, EKU.codeSigning], true),
    ]);
    const code = await makeTsa([
      keyUsage("digitalSignature"),
      extendedKeyUsage([EKU.codeSigning], true),
    ]);

    for (const other of [uncritical, both, code]) {
      expect(rules(await makeToken(SIGNATURE, other), [other.root])).toEqual([
        "x509/wrong-purpose",
      ]);
    }
    expect(rules(await makeToken(SIGNATURE, uncritical))).toContain("x509/bad-signature");
    expect(rules(await makeToken(SIGNATURE, tsa), [])).toEqual(["x509/untrusted"]);
  });

  it("is from when its authority was valid", async () => {
    expect(rules(await makeToken(SIGNATURE, tsa, { time: "20610101000000Z" }))).toEqual([
      "x509/expired",
    ]);
  });

  it("needs the authority's certificate, from wherever it comes", async () => {
    const bare = await makeToken(SIGNATURE, tsa, { certificates: [] });
    const trust = { roots: [tsa.root], intermediates: [tsa.certificate] };

    expect(rules(bare)).toEqual(["x509/untrusted"]);
    expect(verifyTimestamp(bare, SIGNATURE, trust).kind).toBe("valid");
  });

  it("with SHA-1 is refused", async () => {
    const imprintAlgorithm = writeSequence(writeOid("1.3.14.3.2.26"), writeNull());

    expect(rules(await makeToken(SIGNATURE, tsa, { imprintAlgorithm }))).toEqual([
      "timestamp/weak-algorithm",
    ]);
  });

  it("that was refused says why, and forges nothing", () => {
    const answer = writeSequence(
      writeSequence(writeInteger(2), writeSequence(writeUtf8("no\u001b[2J such policy"))),
    );
    const result = verifyTimestamp(answer, SIGNATURE, { roots: [tsa.root] });

    expect(result).toEqual({
      kind: "invalid",
      problems: [
        {
          rule: "timestamp/refused",
          message: String.raw`the authority gave no timestamp: status 2, "no\x1b[2J such policy"`,
        },
      ],
    });
  });

  it("is not mixed up by a certificate of the same name and number", async () => {
    const twin = await makeCertificate(tsa.key, tsa.key, {
      subject: "CN=tsa",
      issuer: "CN=tsa root",
      serial: Buffer.from(tsa.certificate.serial, "hex"),
      extensions: TSA_EXTENSIONS,
    });
    const token = await makeToken(SIGNATURE, tsa, { certificates: [twin, tsa.certificate] });

    expect(rules(token)).toEqual([]);
  });

  it("cut off or changed anywhere is invalid, and nothing is thrown", async () => {
    const token = granted(await makeToken(SIGNATURE, tsa));
    const random = new Random(3161);
    const found = new Set<string>();
    for (let length = 0; length < token.length; length += 1) {
      expect(rules(token.subarray(0, length))).toEqual(["timestamp/malformed"]);
    }
    for (let round = 0; round < 2000; round += 1) {
      const copy = Buffer.from(token);
      const at = random.int(copy.length);
      copy[at] = (copy[at] ?? 0) ^ (1 << random.int(8));
      const result = verifyTimestamp(copy, SIGNATURE, { roots: [tsa.root] });
      if (result.kind === "valid") {
        // What nobody signs: versions, the list of digests, how a NULL is written.
        expect(result).toMatchObject({ time: NOON, accuracy: 1500, policy: "1.3.6.1.4.1.57264.2" });
      } else {
        for (const { rule } of result.problems) found.add(rule);
      }
    }

    expect([...found].sort()).toEqual(
      expect.arrayContaining([
        "timestamp/bad-signature",
        "timestamp/malformed",
        "timestamp/mismatch",
      ]),
    );
  });
});
