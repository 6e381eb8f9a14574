/** An authority of one's own, as a user makes it, and what other people's programs think of what it issues. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { parseCertificates } from "../../src/provenance/x509/parse-certificates.ts";
import { extendedKeyUsage, keyUsage } from "../../src/provenance/x509/issue.ts";
import { caExtensions, makeCertificate, makeKey, pem } from "../builders/certificates.ts";
import { hasPython } from "../fuzz/oracle.ts";
import { runHere, runProcess } from "./program.ts";
import type { Outcome } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "weighbridge-ca-"));
const here = (...args: readonly string[]): Promise<Outcome> => runHere(folder, args);
const read = (file: string): string => readFileSync(join(folder, file), "utf8");

let made: readonly Outcome[];

beforeAll(async () => {
  const init = ["ca", "init", "pki", "--name", "CN=Models,O=Acme", "--curve", "p384"];
  const names = ["--email", "release@acme.example", "--uri", "https://acme.example/release"];
  const issue = ["ca", "issue", "pki", "--subject", "Release, Ltd", "--out", "release.pem"];
  made = [await here(...init), await here(...issue, ...names)];
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("an authority", () => {
  it("keeps private keys for their owner, and says what it made", async () => {
    const modes = ["pki", "pki/ca.key", "release.key"].map(
      (file) => statSync(join(folder, file)).mode & 0o777,
    );
    const result = parseCertificates(Buffer.from(read("release.pem")));

    expect(made.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ""],
      [0, ""],
    ]);
    expect(made[1]?.stdout).toMatch(
      /^private key {2}release\.key, not encrypted: .*\ncertificate {2}release\.pem, .*\nsubject {6}CN=Release\\, Ltd\nvalid until {2}[\d-]+ [\d:]+ UTC\nSHA-256 {6}[\da-f]{64}\n$/,
    );
    expect(modes).toEqual([0o700, 0o600, 0o600]);
    expect(result).toMatchObject({
      certificates: [
        {
          subject: { text: String.raw`CN=Release\, Ltd` },
          issuer: { text: "CN=Models,O=Acme" },
          keyUsage: ["digitalSignature"],
          subjectAltNames: [
            { kind: "email", value: "release@acme.example" },
            { kind: "uri", value: "https://acme.example/release" },
          ],
        },
      ],
    });
  });

  it("never overwrites", async () => {
    const before = [read("pki/ca.key"), read("release.pem")];

    for (const args of [
      ["ca", "init", "pki", "--name", "x"],
      ["ca", "issue", "pki", "--subject", "x", "--out", "release.pem"],
    ]) {
      const { code, stderr } = await here(...args);
      expect(code).toBe(2);
      expect(stderr).toContain("is there already, and is not overwritten");
    }
    expect([read("pki/ca.key"), read("release.pem")]).toEqual(before);
  });

  it("certifies keys that it does not see", async () => {
    await here("keygen", "ada");
    const issue = ["ca", "issue", "pki", "--subject", "Ada", "--out", "ada.pem"];
    const { code, stdout } = await here(...issue, "--public-key", "ada.pub", "--days", "7");

    expect(code).toBe(0);
    expect(stdout).not.toContain("private key");
    expect(read("ada.pem")).toContain("BEGIN CERTIFICATE");
  });

  it("signs models with what it issues", async () => {
    writeFileSync(join(folder, "weights.bin"), "weights");
    const signer = ["--private-key", "release.key", "--signing-certificate", "release.pem"];
    const signature = ["--signature", "weights.sig"];

    expect(await here("sign", "certificate", "weights.bin", ...signer, ...signature)).toMatchObject(
      {
        code: 0,
      },
    );
    const verify = ["verify", "certificate", "weights.bin", ...signature, "--certificate-chain"];
    expect(await here(...verify, "pki/ca.pem")).toMatchObject({ code: 0 });
    await here("ca", "init", "other", "--name", "CN=Models,O=Acme");
    const refused = await here(...verify, "other/ca.pem");
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain("x509/bad-signature");
  });

  it("issues for further purposes", async () => {
    const purpose = "1.3.6.1.4.1.99999.1";
    const issue = [
      "ca",
      "issue",
      "pki",
      "--subject",
      "x",
      "--out",
      "purpose.pem",
      "--eku",
      purpose,
    ];
    await here(...issue);

    expect(parseCertificates(Buffer.from(read("purpose.pem")))).toMatchObject({
      certificates: [{ extendedKeyUsage: ["1.3.6.1.5.5.7.3.3", purpose] }],
    });
  });

  it("of somebody else, with a purpose of its own, is taken where the user says so", async () => {
    const purpose = "1.3.6.1.4.1.99999.1";
    const [root, key] = [makeKey(), makeKey()];
    const validity = { notBefore: 0, notAfter: Date.UTC(2200, 0) };
    const extensions = [keyUsage("digitalSignature"), extendedKeyUsage([purpose])];
    const subject = { subject: "CN=own", extensions };
    const authority = await makeCertificate(root, root, {
      ...validity,
      extensions: caExtensions(),
    });
    const leaf = await makeCertificate(key, root, { ...validity, ...subject });
    for (const [name, text] of Object.entries({
      root: pem(authority),
      own: pem(leaf),
      key: key.pem,
    })) {
      writeFileSync(join(folder, `eku-${name}.pem`), text);
    }
    const files = ["--signature", "eku.sig", "--certificate-chain", "eku-root.pem"];
    const signer = ["--private-key", "eku-key.pem", "--signing-certificate", "eku-own.pem"];
    await here("sign", "certificate", "pki", ...signer, ...files, "--sign-anyway");
    const verify = ["verify", "certificate", "pki", ...files];

    expect((await here(...verify)).stdout).toContain("x509/no-code-signing");
    expect((await here(...verify, "--allow-eku", "1.2.3")).code).toBe(1);
    expect((await here(...verify, "--allow-eku", purpose)).code).toBe(0);
    const wrong = await here(...verify, "--allow-eku", "models");
    expect(wrong.stderr).toContain("--allow-eku is one such as");
  });

  it.each([
    [["ca", "init"], "ca init needs one folder"],
    [["ca", "init", "x"], "ca init needs --name"],
    [["ca", "init", "x", "--name", "C=Germany"], "the value of C is longer than 2 characters"],
    [["ca", "init", "x", "--name", "x", "--days", "0"], "--days is a number from 1 to 36500"],
    [["ca", "issue", "none", "--subject", "x", "--out", "x.pem"], "there is no such file"],
    [
      ["ca", "issue", "pki", "--subject", "x", "--out", "x.pem", "--email", "x y@z"],
      "--email is one such as",
    ],
    [
      ["ca", "issue", "pki", "--subject", "x", "--out", "x.pem", "--eku", "code"],
      "--eku is one such as",
    ],
    [
      ["ca", "issue", "pki", "--subject", "x", "--out", "x.pem", "--public-key", "release.key"],
      "is a private key",
    ],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await here(...args);

    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it("with an encrypted key asks for its password", () => {
    const args = ["ca", "issue", "locked", "--subject", "x", "--out", "locked.pem"];
    const input = Buffer.from("secret\n");
    const init = ["ca", "init", "locked", "--name", "x", "--password-stdin"];

    expect(runProcess(folder, init, { input }).code).toBe(0);
    expect(read("locked/ca.key")).toContain("BEGIN ENCRYPTED PRIVATE KEY");
    expect(runProcess(folder, args).stderr).toContain("is encrypted, and there is no password");
    const wrong = runProcess(folder, [...args, "--password-stdin"], { input: Buffer.from("x") });
    expect(wrong.stderr).toContain("cannot be opened with this password");
    expect(runProcess(folder, [...args, "--password-stdin"], { input }).code).toBe(0);
  });
});

describe.skipIf(spawnSync("openssl", ["version"]).status !== 0)("openssl", () => {
  it("verifies what is issued, strictly", () => {
    const args = ["verify", "-x509_strict", "-CAfile", "pki/ca.pem", "release.pem"];

    expect(execFileSync("openssl", args, { cwd: folder, encoding: "utf8" })).toContain("OK");
  });
});

const PROGRAM = `
import datetime
from cryptography import x509
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store
root, leaf = (x509.load_pem_x509_certificate(open(f, "rb").read()) for f in ("pki/ca.pem", "release.pem"))
policy = PolicyBuilder().store(Store([root])).extension_policies(
    ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=ExtensionPolicy.permit_all())
print(len(policy.build_client_verifier().verify(leaf, []).chain))
print(leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value[0].dotted_string)
`;
const python = hasPython()
  ? spawnSync("python3", ["-c", "from cryptography.x509.verification import ExtensionPolicy"])
  : undefined;

describe.skipIf(python?.status !== 0)("Python's cryptography", () => {
  it("verifies what is issued, by its rules for authorities of the web", () => {
    const output = execFileSync("python3", ["-c", PROGRAM], { cwd: folder, encoding: "utf8" });

    expect(output).toBe("2\n1.3.6.1.5.5.7.3.3\n");
  });
});
