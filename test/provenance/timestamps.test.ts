/** Timestamps that others made, and what they say of ours: the sigstore conformance bundles, and openssl. */

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { TimestampResult } from "../../src/provenance/timestamp/verify-timestamp.ts";
import { verifyTimestamp } from "../../src/provenance/timestamp/verify-timestamp.ts";
import { writeRequest } from "../../src/provenance/timestamp/write-request.ts";
import type { Certificate } from "../../src/provenance/x509/certificate.ts";
import { parseCertificate } from "../../src/provenance/x509/parse-certificate.ts";
import { NOON, pem } from "../builders/certificates.ts";
import { granted, makeToken, makeTsa } from "../builders/tsa.ts";
import type { TestTsa } from "../builders/tsa.ts";
import { vectors } from "../vectors.ts";

const bundles = vectors("sigstore-bundles/bundle-verify");

interface Bundle {
  readonly messageSignature?: { readonly signature: string };
  readonly dsseEnvelope?: { readonly signatures: readonly { readonly sig: string }[] };
  readonly verificationMaterial?: {
    readonly timestampVerificationData?: {
      readonly rfc3161Timestamps?: readonly { readonly signedTimestamp: string }[];
    };
  };
}

interface TrustedRoot {
  readonly timestampAuthorities?: readonly {
    readonly certChain: { readonly certificates: readonly { readonly rawBytes: string }[] };
  }[];
}

function certificatesOf({ timestampAuthorities = [] }: TrustedRoot): readonly Certificate[] {
  return timestampAuthorities.flatMap(({ certChain }) =>
    certChain.certificates.flatMap(({ rawBytes }) => {
      const result = parseCertificate(Buffer.from(rawBytes, "base64"));
      return result.kind === "certificate" ? [result.certificate] : [];
    }),
  );
}

/** Results by the names of the bundles that have timestamps and a trusted root beside them. */
function verifyBundles(folder: string): ReadonlyMap<string, readonly TimestampResult[]> {
  const results = new Map<string, readonly TimestampResult[]>();
  for (const name of readdirSync(folder)) {
    const [bundleFile, rootFile] = ["bundle.sigstore.json", "trusted_root.json"].map((file) =>
      join(folder, name, file),
    );
    if (!existsSync(bundleFile!) || !existsSync(rootFile!)) continue;
    const bundle = JSON.parse(readFileSync(bundleFile!, "utf8")) as Bundle;
    const stamps = bundle.verificationMaterial?.timestampVerificationData?.rfc3161Timestamps ?? [];
    const signature = bundle.messageSignature?.signature ?? bundle.dsseEnvelope?.signatures[0]?.sig;
    const roots = certificatesOf(JSON.parse(readFileSync(rootFile!, "utf8")) as TrustedRoot);
    if (stamps.length > 0 && signature !== undefined) {
      results.set(
        name,
        stamps.map(({ signedTimestamp }) =>
          verifyTimestamp(
            Buffer.from(signedTimestamp, "base64"),
            Buffer.from(signature, "base64"),
            { roots },
          ),
        ),
      );
    }
  }
  return results;
}

describe.skipIf(bundles === undefined)("timestamps of the sigstore conformance suite", () => {
  const results = bundles === undefined ? new Map() : verifyBundles(bundles);
  const problems = (name: string): readonly string[] =>
    (results.get(name) ?? []).flatMap((each: TimestampResult) =>
      each.kind === "valid" ? [] : [...new Set(each.problems.map(({ rule }) => rule))],
    );

  it("hold where the bundle does", () => {
    const good = [...results.keys()].filter((name) => !name.endsWith("_fail"));

    expect(good.length).toBeGreaterThanOrEqual(13);
    expect(good.filter((name) => problems(name).length > 0)).toEqual([]);
  });

  // What else is wrong with bundles that fail is not the timestamp's own.
  it.each([
    ["rekor2-timestamp-outside-tsa-cert-validity_fail", "x509/expired"],
    ["rekor2-timestamp-payload-mismatch_fail", "timestamp/mismatch"],
    ["rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail", "x509/untrusted"],
    ["rekor2-timestamp-untrusted-tsa-without-embedded-cert_fail", "x509/untrusted"],
  ])("%s: %s", (name, rule) => {
    expect(problems(name)).toEqual([rule]);
  });
});

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** The configuration of an authority, as `openssl ts -reply` wants it. */
const CONFIG = `[tsa]
default_tsa = t
[t]
serial = serial
default_policy = 1.2.3.4.1
signer_digest = sha256
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
ess_cert_id_alg = ALGORITHM
`;

describe.skipIf(!hasOpenssl)("openssl", () => {
  const folder = mkdtempSync(join(tmpdir(), "weighbridge-tsa-"));
  const signature = Buffer.from("the bytes of a signature");
  let tsa: TestTsa;

  function openssl(...args: readonly string[]): string {
    return execFileSync("openssl", args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
  }

  beforeAll(async () => {
    tsa = await makeTsa();
    writeFileSync(join(folder, "root.pem"), pem(tsa.root));
    writeFileSync(join(folder, "tsa.pem"), pem(tsa.certificate));
    writeFileSync(join(folder, "tsa.key"), tsa.key.pem);
    writeFileSync(join(folder, "data"), signature);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("verifies our timestamps, and refuses those of something else", async () => {
    writeFileSync(join(folder, "ours.tsr"), granted(await makeToken(signature, tsa)));
    writeFileSync(join(folder, "other.tsr"), granted(await makeToken(Buffer.from("x"), tsa)));
    const args = ["-data", "data", "-CAfile", "root.pem", "-attime", String(NOON / 1000)];

    expect(openssl("ts", "-verify", "-in", "ours.tsr", ...args)).toContain("Verification: OK");
    expect(() => openssl("ts", "-verify", "-in", "other.tsr", ...args)).toThrow(
      "message imprint mismatch",
    );
  });

  it.each(["sha1", "sha256", "sha512"])(
    "answers our requests, and binds its certificate by %s",
    (algorithm) => {
      const { request, nonceText } = writeRequest(signature, Uint8Array.of(0xfe, 1, 2, 3));
      writeFileSync(join(folder, "request.tsq"), request);
      writeFileSync(join(folder, "tsa.cnf"), CONFIG.replace("ALGORITHM", algorithm));
      const shown = openssl("ts", "-query", "-in", "request.tsq", "-text");
      const signer = ["-signer", "tsa.pem", "-inkey", "tsa.key", "-config", "tsa.cnf"];
      openssl("ts", "-reply", "-queryfile", "request.tsq", ...signer, "-out", "answer.tsr");
      const answer = readFileSync(join(folder, "answer.tsr"));
      const trust = { roots: [tsa.root], nonce: nonceText };
      const result = verifyTimestamp(answer, signature, trust);

      expect(shown).toContain("Nonce: 0xFE010203");
      expect(shown).toContain("Certificate required: yes");
      expect(result).toMatchObject({ kind: "valid", accuracy: 1501, policy: "1.2.3.4.1" });
      expect(verifyTimestamp(answer, Buffer.from("x"), trust).kind).toBe("invalid");
    },
  );
});
