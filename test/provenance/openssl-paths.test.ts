/**
 * A few hundred chains that are wrong in one place or in none, as `openssl verify -x509_strict` sees them. Where the
 * two disagree it is for a reason that this file names: what openssl is not asked (it judges no purpose of the leaf
 * here), and where it asks for more than RFC 5280 does of those who verify.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

import type { Certificate, Extension } from "../../src/provenance/x509/certificate.ts";
import {
  authorityKeyId,
  basicConstraints,
  extendedKeyUsage,
  keyIdOf,
  keyUsage,
  subjectKeyId,
} from "../../src/provenance/x509/issue.ts";
import { EKU } from "../../src/provenance/x509/oids.ts";
import { parseCertificate } from "../../src/provenance/x509/parse-certificate.ts";
import { validatePath } from "../../src/provenance/x509/validate-path.ts";
import { makeDer, makeKey, NOON, pem } from "../builders/certificates.ts";
import type { CertificateOptions, KeyKind, TestKey } from "../builders/certificates.ts";
import { Random } from "../fuzz/random.ts";

const HOUR = 3_600_000;
const KINDS: readonly KeyKind[] = ["P-256", "P-384", "P-521", "rsa2048", "ed25519"];
const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** Leaf first, root last, in DER. */
interface Chain {
  readonly certificates: readonly Uint8Array[];
  /** `expired of ca`. */
  readonly change: string;
}

interface Link extends CertificateOptions {
  readonly key: TestKey;
  readonly signer: TestKey;
  readonly extensions: readonly Extension[];
}

/** What is done to one link; which it is depends on the round. */
const CHANGES: Readonly<Record<string, (link: Link) => Partial<Link>>> = {
  nothing: () => ({}),
  expired: () => ({ notAfter: NOON - HOUR }),
  "not yet valid": () => ({ notBefore: NOON + HOUR }),
  "another signer": () => ({ signer: makeKey() }),
  "another issuer": () => ({ issuer: "CN=somebody else" }),
  "no authority": ({ extensions }) => ({
    extensions: [basicConstraints(false), ...without(extensions, "2.5.29.19")],
  }),
  "no basic constraints": ({ extensions }) => ({ extensions: without(extensions, "2.5.29.19") }),
  "path length 0": ({ extensions }) => ({
    extensions: [basicConstraints(true, 0), ...without(extensions, "2.5.29.19")],
  }),
  "path length 1": ({ extensions }) => ({
    extensions: [basicConstraints(true, 1), ...without(extensions, "2.5.29.19")],
  }),
  "a key that may not sign certificates": ({ extensions }) => ({
    extensions: [keyUsage("digitalSignature", "cRLSign"), ...without(extensions, "2.5.29.15")],
  }),
  "no key usage": ({ extensions }) => ({ extensions: without(extensions, "2.5.29.15") }),
  "no key identifier": ({ extensions }) => ({ extensions: without(extensions, "2.5.29.14") }),
  "no identifier of the key above": ({ extensions }) => ({
    extensions: without(extensions, "2.5.29.35"),
  }),
  "a wrong identifier of the key above": ({ extensions }) => ({
    extensions: [...without(extensions, "2.5.29.35"), authorityKeyId("00".repeat(20))],
  }),
  "an unknown critical extension": ({ extensions }) => ({
    extensions: [...extensions, { oid: "1.2.3.4", critical: true, value: Buffer.of(5, 0) }],
  }),
  "an unknown extension": ({ extensions }) => ({
    extensions: [...extensions, { oid: "1.2.3.4", critical: false, value: Buffer.of(5, 0) }],
  }),
  "an extension twice": ({ extensions }) => ({
    extensions: [...extensions, ...extensions.slice(0, 1)],
  }),
  "name constraints": ({ extensions }) => ({
    extensions: [
      ...extensions,
      { oid: "2.5.29.30", critical: true, value: Buffer.from("3008a006300482027879", "hex") },
    ],
  }),
  "other purposes": ({ extensions }) => ({
    extensions: [...without(extensions, "2.5.29.37"), extendedKeyUsage(["1.3.6.1.5.5.7.3.1"])],
  }),
  "a weak key": () => ({ key: makeKey("rsa1024") }),
  "another curve": () => ({ key: makeKey("secp256k1") }),
};

/**
 * Differences that are meant: which of the two accepts.
 *
 * - No key usage, no key identifier, none of the key above, a path length where no certificates may be signed:
 *   RFC 5280 tells that to authorities and not to verifiers, and openssl asks for it under -x509_strict. Roots that
 *   people make by hand lack them.
 * - A wrong identifier of the key above is a hint that leads nowhere (RFC 5280, 4.2.1.1); the signature decides.
 * - A root whose own signature or issuer is another one: it is trusted by its bytes. openssl wants roots self-signed.
 * - Name constraints are refused here wherever they are; openssl evaluates them, and they say nothing about names
 *   that are not there.
 * - Other purposes, and no key usage of a leaf: openssl is not asked for a purpose.
 * - Another curve: openssl takes any that it knows.
 */
const MEANT: Readonly<Record<string, "ours" | "openssl">> = {
  "no key usage of ca": "ours",
  "no key usage of root": "ours",
  "no key identifier of ca": "ours",
  "no key identifier of root": "ours",
  "no identifier of the key above of ca": "ours",
  "no identifier of the key above of leaf": "ours",
  "path length 0 of leaf": "ours",
  "path length 1 of leaf": "ours",
  "a wrong identifier of the key above of ca": "ours",
  "a wrong identifier of the key above of leaf": "ours",
  "a wrong identifier of the key above of root": "ours",
  "another signer of root": "ours",
  "another issuer of root": "ours",
  "name constraints of ca": "openssl",
  "name constraints of leaf": "openssl",
  "name constraints of root": "openssl",
  "other purposes of ca": "openssl",
  "other purposes of leaf": "openssl",
  "other purposes of root": "openssl",
  "no key usage of leaf": "openssl",
  "another curve of leaf": "openssl",
};

function without(extensions: readonly Extension[], oid: string): readonly Extension[] {
  return extensions.filter((extension) => extension.oid !== oid);
}

function extensionsOf(
  index: number,
  key: TestKey,
  signer: TestKey,
  last: number,
): readonly Extension[] {
  const ids = [subjectKeyId(keyIdOf(key.publicKey)), authorityKeyId(keyIdOf(signer.publicKey))];
  const own = index === last ? ids.slice(0, 1) : ids;
  return index === 0
    ? [
        basicConstraints(false),
        keyUsage("digitalSignature"),
        extendedKeyUsage([EKU.codeSigning]),
        ...own,
      ]
    : [basicConstraints(true), keyUsage("keyCertSign", "cRLSign"), ...own];
}

/** Keys are made once: which kinds meet is what matters. */
const KEYS = KINDS.map((kind) => [makeKey(kind), makeKey(kind), makeKey(kind), makeKey(kind)]);

async function makeChain(change: string, random: Random): Promise<Chain> {
  const length = random.between(2, 4);
  // Our writer signs on no other curve, so that only a leaf can have one.
  const target = change === "another curve" ? 0 : random.int(length);
  const keys = Array.from({ length }, (_, index) => KEYS[random.int(KEYS.length)]![index]!);
  const links = keys.map((key, index): Link => {
    const signer = keys[index + 1] ?? key;
    const last = length - 1;
    return {
      key,
      signer,
      subject: `CN=${index} of ${length}`,
      issuer: `CN=${Math.min(index + 1, last)} of ${length}`,
      extensions: extensionsOf(index, key, signer, last),
    };
  });
  const changed = { ...links[target]!, ...CHANGES[change]!(links[target]!) };
  const below = links[target - 1];
  if (changed.key !== links[target]!.key && below !== undefined) {
    links[target - 1] = { ...below, signer: changed.key };
  }
  links[target] =
    changed.key !== links[target]!.key && target === length - 1
      ? { ...changed, signer: changed.key }
      : changed;
  const certificates: Uint8Array[] = [];
  for (const link of links) {
    certificates.push(await makeDer(link.key, link.signer, link));
  }
  const between = target === 0 ? "leaf" : "ca";
  return { certificates, change: `${change} of ${target === length - 1 ? "root" : between}` };
}

function ours({ certificates }: Chain): boolean {
  const all: Certificate[] = [];
  for (const der of certificates) {
    const result = parseCertificate(der);
    if (result.kind === "damaged") {
      return false;
    }
    all.push(result.certificate);
  }
  const [leaf, ...above] = all;
  const options = { intermediates: above.slice(0, -1), anchors: above.slice(-1), at: NOON };
  return leaf !== undefined && validatePath(leaf, options).kind === "valid";
}

describe.skipIf(!hasOpenssl)("openssl", () => {
  const folder = mkdtempSync(join(tmpdir(), "weighbridge-paths-"));

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function theirs({ certificates }: Chain): boolean {
    const all = certificates.map((der) => ({ der }));
    writeFileSync(join(folder, "leaf.pem"), pem(...all.slice(0, 1)));
    writeFileSync(join(folder, "between.pem"), pem(...all.slice(1, -1)));
    writeFileSync(join(folder, "root.pem"), pem(...all.slice(-1)));
    const between = all.length > 2 ? ["-untrusted", "between.pem"] : [];
    const at = ["-attime", String(NOON / 1000), "-auth_level", "2"];
    const args = ["verify", "-x509_strict", ...at, "-CAfile", "root.pem", ...between, "leaf.pem"];
    return spawnSync("openssl", args, { cwd: folder }).status === 0;
  }

  it("accepts and refuses the same paths, but for what is meant", async () => {
    const random = new Random(5280);
    const names = Object.keys(CHANGES);
    const differences = new Map<string, Set<string>>();
    const counts = { accepted: 0, refused: 0, different: 0 };
    for (let round = 0; round < 300; round += 1) {
      const chain = await makeChain(names[round % names.length]!, random);
      const [mine, other] = [ours(chain), theirs(chain)];
      if (mine === other) {
        counts[mine ? "accepted" : "refused"] += 1;
      } else {
        counts.different += 1;
        const who = mine ? "ours" : "openssl";
        differences.set(chain.change, (differences.get(chain.change) ?? new Set()).add(who));
      }
    }
    const found = [...differences].map(([change, who]) => [change, [...who].join()]);

    expect(Object.fromEntries(found)).toEqual(MEANT);
    expect(counts.accepted).toBeGreaterThan(30);
    expect(counts.refused).toBeGreaterThan(100);
  });
});
