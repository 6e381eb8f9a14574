/** Paths that others made: ten chains with one flaw each, and the certificates of the OMS conformance suite. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import type { Certificate } from "../../src/provenance/x509/certificate.ts";
import { parseCertificates } from "../../src/provenance/x509/parse-certificates.ts";
import { validatePath } from "../../src/provenance/x509/validate-path.ts";
import { vectors } from "../vectors.ts";

function read(...path: readonly string[]): readonly Certificate[] {
  const result = parseCertificates(readFileSync(join(...path)));
  if (result.kind === "damaged") {
    throw new Error(result.problem);
  }
  return result.certificates;
}

/** The rules that speak, or nothing where the path is valid. */
function verdict(
  leaf: readonly Certificate[],
  intermediates: readonly Certificate[],
  anchors: readonly Certificate[],
  at: string,
): readonly string[] {
  const result = validatePath(leaf[0]!, { intermediates, anchors, at: Date.parse(at) });
  return result.kind === "valid" ? [] : result.problems.map(({ rule }) => rule);
}

const chains = vectors("certificate-chains");

describe.skipIf(chains === undefined)("ten chains", () => {
  it.each([
    ["ok", []],
    ["exp-leaf", ["x509/expired"]],
    ["exp-int", ["x509/expired"]],
    ["exp-root", ["x509/expired"]],
    ["exp-int-leaf", ["x509/expired", "x509/expired"]],
    ["all-exp", ["x509/expired", "x509/expired", "x509/expired"]],
    ["nyv-leaf", ["x509/not-yet-valid"]],
    ["nyv-int", ["x509/not-yet-valid"]],
    ["no-eku", ["x509/no-code-signing"]],
    ["pathlen", ["x509/path-length"]],
  ])("%s", (name, expected) => {
    const folder = join(chains!, name);
    const [leaf, above, ca] = ["leaf", "int", "ca"].map((file) => read(folder, `${file}.pem`));

    expect(verdict(leaf!, above!, ca!, "2026-11-21T12:00:00Z")).toEqual(expected);
  });

  it("all-exp, at a trusted time at which all of it was valid", () => {
    const folder = join(chains!, "all-exp");
    const [leaf, above, ca] = ["leaf", "int", "ca"].map((file) => read(folder, `${file}.pem`));

    expect(verdict(leaf!, above!, ca!, "2020-03-01T00:00:00Z")).toEqual([]);
  });
});

const suite = vectors("oms-conformance");

describe.skipIf(suite === undefined)("certificates of the OMS conformance suite", () => {
  const keys = join(suite ?? "", "assets/keys");
  const at = "2026-11-21T12:00:00Z";

  it("hold where they should, though the leaf claims to be an authority without any power", () => {
    const leaf = read(keys, "certificate/signing-key-cert.pem");
    const above = read(keys, "certificate/int-ca-cert.pem");
    const root = read(keys, "certificate/ca-cert.pem");

    expect(verdict(leaf, above, root, at)).toEqual([]);
    expect(verdict(leaf, [], [...above, ...root], at)).toEqual([]);
    expect(verdict(leaf, [], root, at)).toEqual(["x509/untrusted"]);
    expect(verdict(leaf, above, read(keys, "wrong/wrong-ca-cert.pem"), at)).toEqual([
      "x509/untrusted",
    ]);
  });

  it("hold where one is its own root, and only then", () => {
    const own = read(keys, "self-signed/signing-cert.pem");

    expect(verdict(own, [], own, at)).toEqual([]);
    expect(verdict(own, own, read(keys, "certificate/ca-cert.pem"), at)).toEqual([
      "x509/untrusted",
    ]);
  });

  it("have expired where they have", () => {
    const leaf = read(keys, "expired/signing-key-cert.pem");
    const above = read(keys, "certificate/int-ca-cert.pem");

    expect(verdict(leaf, above, read(keys, "certificate/ca-cert.pem"), at)).toEqual([
      "x509/expired",
    ]);
  });
});
