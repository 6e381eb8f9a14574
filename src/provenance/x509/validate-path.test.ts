import { beforeAll, describe, expect, it } from "vitest";

import {
  caExtensions,
  LEAF_EXTENSIONS,
  makeCertificate,
  makeKey,
  NOON,
  parsed,
} from "../../../test/builders/certificates.ts";
import type { CertificateOptions, TestKey } from "../../../test/builders/certificates.ts";
import type { Certificate } from "./certificate.ts";
import { basicConstraints, extendedKeyUsage, keyUsage } from "./issue.ts";
import { EKU } from "./oids.ts";
import { validatePath } from "./validate-path.ts";
import type { PathOptions } from "./validate-path.ts";

const [rootKey, middleKey, leafKey, otherKey] = [makeKey(), makeKey(), makeKey(), makeKey()];
let root: Certificate;

function authority(
  key: TestKey,
  signer: TestKey,
  subject: string,
  issuer: string,
  options: CertificateOptions = {},
): Promise<Certificate> {
  return makeCertificate(key, signer, { subject, issuer, extensions: caExtensions(), ...options });
}

function leafOf(
  signer: TestKey,
  issuer: string,
  options: CertificateOptions = {},
): Promise<Certificate> {
  const extensions = LEAF_EXTENSIONS;
  return makeCertificate(leafKey, signer, { subject: "CN=leaf", issuer, extensions, ...options });
}

beforeAll(async () => {
  root = await authority(rootKey, rootKey, "CN=root", "CN=root");
});

/** Rules, or the names on the path. */
function outcome(leaf: Certificate, options: Partial<PathOptions> = {}): readonly string[] {
  const result = validatePath(leaf, { intermediates: [], anchors: [root], at: NOON, ...options });
  return result.kind === "valid"
    ? result.path.map(({ subject }) => subject.text)
    : [...new Set(result.problems.map(({ rule }) => rule))];
}

describe("a leaf below a root", () => {
  it("is valid", async () => {
    expect(outcome(await leafOf(rootKey, "CN=root"))).toEqual(["CN=leaf", "CN=root"]);
  });

  it("is valid to the end of its last second, and from its first", async () => {
    const leaf = await leafOf(rootKey, "CN=root", { notBefore: NOON, notAfter: NOON + 5000 });

    expect(outcome(leaf, { at: NOON })).toHaveLength(2);
    expect(outcome(leaf, { at: NOON - 1 })).toEqual(["x509/not-yet-valid"]);
    expect(outcome(leaf, { at: NOON + 5999 })).toHaveLength(2);
    expect(outcome(leaf, { at: NOON + 6000 })).toEqual(["x509/expired"]);
  });

  it.each([
    [
      "no purpose",
      [basicConstraints(false), keyUsage("digitalSignature")],
      ["x509/no-code-signing"],
    ],
    [
      "any purpose",
      [keyUsage("digitalSignature"), extendedKeyUsage([EKU.any])],
      ["x509/no-code-signing"],
    ],
    ["no key usage", [extendedKeyUsage([EKU.codeSigning])], ["x509/no-digital-signature"]],
    [
      "another key usage",
      [keyUsage("keyAgreement"), extendedKeyUsage([EKU.codeSigning])],
      ["x509/no-digital-signature"],
    ],
    [
      "the powers of an authority",
      [...caExtensions(), extendedKeyUsage([EKU.codeSigning])],
      ["x509/is-a-ca", "x509/no-digital-signature"],
    ],
    [
      "an unknown critical extension",
      [...LEAF_EXTENSIONS, { oid: "1.2.3.4", critical: true, value: Buffer.from("0500", "hex") }],
      ["x509/critical-extension"],
    ],
    [
      "name constraints",
      [
        ...LEAF_EXTENSIONS,
        { oid: "2.5.29.30", critical: false, value: Buffer.from("3000", "hex") },
      ],
      ["x509/constraints"],
    ],
  ])("is refused with %s", async (_what, extensions, rules) => {
    expect(outcome(await leafOf(rootKey, "CN=root", { extensions }))).toEqual(rules);
  });

  it("may have another purpose where the caller says so", async () => {
    const extensions = [keyUsage("digitalSignature"), extendedKeyUsage(["1.2.3.4.5"])];
    const leaf = await leafOf(rootKey, "CN=root", { extensions });

    expect(outcome(leaf)).toEqual(["x509/no-code-signing"]);
    expect(outcome(leaf, { eku: [EKU.codeSigning, "1.2.3.4.5"] })).toHaveLength(2);
    expect(outcome(leaf, { eku: [EKU.timeStamping] })).toEqual(["x509/wrong-purpose"]);
  });

  it("is refused when the root did not sign it, is another one or is not there", async () => {
    const forged = await leafOf(otherKey, "CN=root");
    const leaf = await leafOf(rootKey, "CN=root");
    const stranger = await authority(otherKey, otherKey, "CN=other", "CN=other");

    expect(outcome(forged)).toEqual(["x509/bad-signature"]);
    expect(outcome(leaf, { anchors: [stranger] })).toEqual(["x509/untrusted"]);
    expect(outcome(leaf, { anchors: [] })).toEqual(["x509/untrusted"]);
    // A root that comes along is not one that the caller trusts.
    expect(outcome(leaf, { anchors: [stranger], intermediates: [root] })).toEqual([
      "x509/untrusted",
    ]);
  });

  it("is refused when a byte of it changed", async () => {
    const { der } = await leafOf(rootKey, "CN=root");
    const changed = Buffer.from(der);
    changed.write("lead", changed.lastIndexOf("leaf"), "latin1");

    expect(outcome(parsed(changed))).toEqual(["x509/bad-signature"]);
  });

  it.each(["rsa1024", "secp256k1"] as const)("is refused with a key of %s", async (kind) => {
    const leaf = await makeCertificate(makeKey(kind), rootKey, {
      subject: "CN=leaf",
      extensions: LEAF_EXTENSIONS,
    });

    expect(outcome(leaf)).toEqual(["x509/weak-algorithm"]);
  });

  it("is refused with a key that is none, such as a point beside its curve", async () => {
    const publicKey = Buffer.from(leafKey.publicKey);
    publicKey[publicKey.length - 1] = (publicKey.at(-1) ?? 0) ^ 1;
    const leaf = await leafOf(rootKey, "CN=root", { publicKey });

    expect(leaf.publicKey.algorithm).toEqual({ kind: "other", name: "no key of its kind" });
    expect(outcome(leaf)).toEqual(["x509/weak-algorithm"]);
  });

  it.each(["P-384", "P-521", "rsa2048", "ed25519"] as const)("is valid below %s", async (kind) => {
    const key = makeKey(kind);
    const anchor = await authority(key, key, "CN=root", "CN=root");

    expect(outcome(await leafOf(key, "CN=root"), { anchors: [anchor] })).toHaveLength(2);
  });

  it("is refused below a weak root, for that reason", async () => {
    const key = makeKey("rsa1024");
    const anchor = await authority(key, key, "CN=root", "CN=root");

    expect(outcome(await leafOf(key, "CN=root"), { anchors: [anchor] })).toEqual([
      "x509/weak-algorithm",
    ]);
  });
});

describe("authorities in between", () => {
  it.each([
    [
      "no authority",
      { extensions: [basicConstraints(false), keyUsage("keyCertSign")] },
      ["x509/not-a-ca"],
    ],
    ["nothing that says so", { extensions: [] }, ["x509/not-a-ca"]],
    [
      "a key for other things",
      { extensions: [basicConstraints(true), keyUsage("digitalSignature")] },
      ["x509/not-a-ca"],
    ],
    [
      "other purposes",
      { extensions: [...caExtensions(), extendedKeyUsage([EKU.timeStamping])] },
      ["x509/wrong-purpose"],
    ],
    [
      "name constraints",
      {
        extensions: [
          ...caExtensions(),
          { oid: "2.5.29.30", critical: true, value: Buffer.from("3000", "hex") },
        ],
      },
      ["x509/constraints"],
    ],
    ["an expired one", { notAfter: NOON - 60_000 }, ["x509/expired"]],
  ])("are refused with %s", async (_what, options, rules) => {
    const middle = await authority(middleKey, rootKey, "CN=middle", "CN=root", options);
    const leaf = await leafOf(middleKey, "CN=middle");

    expect(outcome(leaf, { intermediates: [middle] })).toEqual(rules);
  });

  it("count towards path lengths, unless they issued themselves", async () => {
    const short = await authority(rootKey, rootKey, "CN=root", "CN=root", {
      extensions: caExtensions(0),
    });
    const middle = await authority(middleKey, rootKey, "CN=middle", "CN=root");
    const renewed = await authority(otherKey, rootKey, "CN=root", "CN=root");
    const below = { intermediates: [middle, renewed], anchors: [short] };

    expect(outcome(await leafOf(middleKey, "CN=middle"), below)).toEqual(["x509/path-length"]);
    expect(outcome(await leafOf(otherKey, "CN=root"), below)).toEqual([
      "CN=leaf",
      "CN=root",
      "CN=root",
    ]);
  });

  it("are tried in all ways: one that expired does not hide one that is valid", async () => {
    const expired = await authority(middleKey, rootKey, "CN=middle", "CN=root", {
      notAfter: NOON - 1000,
    });
    const valid = await authority(middleKey, rootKey, "CN=middle", "CN=root");
    const leaf = await leafOf(middleKey, "CN=middle");

    for (const intermediates of [
      [expired, valid],
      [valid, expired],
    ]) {
      expect(outcome(leaf, { intermediates })).toEqual(["CN=leaf", "CN=middle", "CN=root"]);
    }
    expect(outcome(leaf, { intermediates: [expired] })).toEqual(["x509/expired"]);
  });

  it("may sign each other across, in loops", async () => {
    const a = await authority(middleKey, otherKey, "CN=a", "CN=b");
    const b = await authority(otherKey, middleKey, "CN=b", "CN=a");
    const leaf = await leafOf(middleKey, "CN=a");

    expect(outcome(leaf, { intermediates: [a, b] })).toEqual(["x509/untrusted"]);
    const bridge = await authority(otherKey, rootKey, "CN=b", "CN=root");
    expect(outcome(leaf, { intermediates: [a, b, bridge] })).toEqual([
      "CN=leaf",
      "CN=a",
      "CN=b",
      "CN=root",
    ]);
  });

  it("may be eight with leaf and root, and no more", async () => {
    const keys = Array.from({ length: 7 }, () => makeKey());
    const chain: Certificate[] = [];
    for (const [index, key] of keys.entries()) {
      const signer = keys[index - 1] ?? rootKey;
      const issuer = index === 0 ? "CN=root" : `CN=ca${index - 1}`;
      chain.push(await authority(key, signer, `CN=ca${index}`, issuer));
    }

    expect(outcome(await leafOf(keys[5]!, "CN=ca5"), { intermediates: chain })).toHaveLength(8);
    expect(outcome(await leafOf(keys[6]!, "CN=ca6"), { intermediates: chain })).toEqual([
      "x509/too-complex",
    ]);
  });

  it("end at one that the caller names alone, and above it where both are named", async () => {
    const middle = await authority(middleKey, rootKey, "CN=middle", "CN=root");
    const old = await authority(rootKey, rootKey, "CN=root", "CN=root", { notAfter: NOON - 1000 });
    const leaf = await leafOf(middleKey, "CN=middle");

    expect(outcome(leaf, { anchors: [middle] })).toEqual(["CN=leaf", "CN=middle"]);
    expect(outcome(leaf, { anchors: [middle, root] })).toHaveLength(3);
    expect(outcome(leaf, { anchors: [middle, old] })).toEqual(["x509/expired"]);
  });
});

describe("hostile sets of certificates", () => {
  it("cost no more than so many signatures, and ten thousand are not too many", async () => {
    const middle = await authority(middleKey, rootKey, "CN=middle", "CN=root");
    const serial = Buffer.from("5e71a1000000", "hex");
    const decoy = await authority(otherKey, otherKey, "CN=middle", "CN=root", { serial });
    const position = Buffer.from(decoy.der).indexOf(serial);
    const decoys = Array.from({ length: 10_000 }, (_, index) => {
      const copy = Buffer.from(decoy.der);
      copy.writeUInt16BE(index, position + 4);
      return parsed(copy);
    });
    const leaf = await leafOf(middleKey, "CN=middle");

    expect(outcome(leaf, { intermediates: [middle, ...decoys] })).toHaveLength(3);
    expect(outcome(leaf, { intermediates: [...decoys, middle] })).toContain("x509/too-complex");
  });

  it("that all signed each other are looked through in bounded time", async () => {
    const key = makeKey();
    const names = Array.from({ length: 12 }, (_, index) => `CN=x${index}`);
    const web: Certificate[] = [];
    for (const subject of names) {
      for (const issuer of names) {
        web.push(await authority(key, key, subject, issuer));
      }
    }
    const rules = outcome(await leafOf(key, "CN=x0"), { intermediates: web });

    expect(rules).toContain("x509/too-complex");
  });
});
