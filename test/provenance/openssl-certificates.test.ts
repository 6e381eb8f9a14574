/** Certificates that openssl makes, in the ways that its users make them, by each kind of key and signature. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

import type { Certificate } from "../../src/provenance/x509/certificate.ts";
import { parseCertificates } from "../../src/provenance/x509/parse-certificates.ts";
import { validatePath } from "../../src/provenance/x509/validate-path.ts";

const EC = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
const RSA = ["-newkey", "rsa:2048"];
const PSS = ["-sigopt", "rsa_padding_mode:pss"];

const LEAF = `basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = codeSigning
subjectAltName = email:release@acme.example, URI:https://acme.example/, dirName:dir, otherName:1.2.3;UTF8:x
certificatePolicies = 1.2.3.4
authorityInfoAccess = OCSP;URI:http://ocsp.acme.example/
crlDistributionPoints = URI:http://crl.acme.example/
[dir]
CN = somebody
`;

describe.skipIf(spawnSync("openssl", ["version"]).status !== 0)("what openssl makes", () => {
  const folder = mkdtempSync(join(tmpdir(), "weighbridge-openssl-"));

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function openssl(...args: readonly string[]): void {
    execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  }

  function read(file: string): readonly Certificate[] {
    const result = parseCertificates(readFileSync(join(folder, file)));
    if (result.kind === "damaged") {
      throw new TypeError(result.problem);
    }
    return result.certificates;
  }

  /** A root and a leaf below it; their validity begins now. */
  function make(kind: readonly string[], signing: readonly string[]): readonly string[] {
    writeFileSync(join(folder, "leaf.cnf"), LEAF);
    const quiet = ["-nodes", "-batch", "-days", "30"];
    const root = ["-x509", "-subj", "/O=Acme/CN=root", "-keyout", "root.key", "-out", "root.pem"];
    openssl("req", ...root, ...quiet, ...kind, ...signing);
    openssl(
      "req",
      "-new",
      "-subj",
      "/CN=leaf",
      "-keyout",
      "leaf.key",
      "-out",
      "leaf.csr",
      ...EC,
      "-nodes",
      "-batch",
    );
    const authority = ["-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial"];
    openssl(
      "x509",
      "-req",
      "-in",
      "leaf.csr",
      ...authority,
      "-extfile",
      "leaf.cnf",
      "-days",
      "30",
      "-out",
      "leaf.pem",
      ...signing,
    );
    const [leaf] = read("leaf.pem");
    const options = { intermediates: [], anchors: read("root.pem"), at: Date.now() + 60_000 };
    const result = validatePath(leaf!, options);
    return result.kind === "valid" ? [] : result.problems.map(({ rule }) => rule);
  }

  it.each([
    ["P-256", EC, []],
    ["P-384 with SHA-512", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"], ["-sha512"]],
    ["P-521", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"], ["-sha512"]],
    ["Ed25519", ["-newkey", "ed25519"], []],
    ["RSA", RSA, []],
    ["RSA-PSS", RSA, [...PSS, "-sha256"]],
    ["RSA-PSS with a salt of its own", RSA, [...PSS, "-sha384", "-sigopt", "rsa_pss_saltlen:20"]],
    ["RSA-PSS keys", ["-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"], ["-sha256"]],
  ])("by %s is valid", (_name, kind, signing) => {
    expect(make(kind, signing)).toEqual([]);
  });

  it.each([
    ["SHA-1", EC, ["-sha1"]],
    ["SHA-224", EC, ["-sha224"]],
    ["RSA with SHA-1", RSA, ["-sha1"]],
    ["RSA-PSS with SHA-1 in its mask", RSA, [...PSS, "-sha256", "-sigopt", "rsa_mgf1_md:sha1"]],
    ["RSA of 1024 bits", ["-newkey", "rsa:1024"], []],
    [
      "a curve of its own",
      ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:explicit"],
      [],
    ],
  ])("by %s is refused", (_name, kind, signing) => {
    expect(make(kind, signing)).toEqual(["x509/weak-algorithm"]);
  });

  it("shows names as openssl does by RFC 4514", () => {
    make(EC, []);
    const subject = String.raw`/C=DE/O=Müller, Söhne + Co/OU=#1/CN= "x" <y>; z=\\ `;
    openssl(
      "req",
      "-x509",
      "-utf8",
      "-subj",
      subject,
      "-keyout",
      "n.key",
      "-out",
      "n.pem",
      ...EC,
      "-nodes",
      "-batch",
    );
    const format = ["-noout", "-subject", "-nameopt", "RFC2253,-esc_msb"];
    const shown = execFileSync("openssl", ["x509", "-in", "n.pem", ...format], {
      cwd: folder,
      encoding: "utf8",
    });

    // An equals sign need not be escaped, and may be.
    expect(read("n.pem")[0]!.subject.text.replaceAll(String.raw`\=`, "=")).toBe(
      shown.replace(/^subject=/, "").replace(/\n$/, ""),
    );
  });

  it("reads all that it writes about a leaf", () => {
    make(EC, []);

    expect(read("leaf.pem")[0]).toMatchObject({
      extendedKeyUsage: ["1.3.6.1.5.5.7.3.3"],
      subjectAltNames: [
        { kind: "email", value: "release@acme.example" },
        { kind: "uri", value: "https://acme.example/" },
        { kind: "directory", value: "CN=somebody" },
        { kind: "other" },
      ],
    });
  });
});
