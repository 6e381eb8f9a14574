/** Claims, datasets and lineages by their commands, on real folders. */

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";

import { SIGN, statement, TRUST, validate, workplace } from "./attesting.ts";

const place = workplace();
const { run, ok } = place;
let work: string;

beforeEach(async () => {
  work = await place.enter();
});

afterAll(() => {
  place.remove();
});

function claims(): string[] {
  return readFileSync(join(work, "model/claims.jsonl"), "utf8").trimEnd().split("\n");
}

describe("attest scan", () => {
  it("takes a report of the very bytes, and no other", async () => {
    await ok(["scan", "model", "--output", "json=report.json"]);
    await ok(["attest", "scan", "model", "--report", "report.json", ...SIGN]);
    // The claim lies in the model now, and a report of it with the claim is as good.
    await ok(["scan", "model", "--output", "json=again.json"]);
    await ok(["attest", "scan", "model", "--report", "again.json", ...SIGN]);
    const { predicate } = statement(claims()[0]!) as {
      predicate: { verdict: string; report: { digest: { sha256: string } } };
    };
    // The configuration is a format that nobody here reads.
    expect(predicate.verdict).toBe("unknown");
    expect(predicate.report.digest.sha256).toBe(
      createHash("sha256")
        .update(readFileSync(join(work, "report.json")))
        .digest("hex"),
    );

    writeFileSync(join(work, "model/config.json"), '{"a": 1}\n');
    expect(
      await run(["attest", "scan", "model", "--report", "report.json", ...SIGN]),
    ).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("had other bytes when it was scanned") as string,
    });
    writeFileSync(join(work, "model/new.bin"), "new");
    writeFileSync(join(work, "model/config.json"), "{}\n");
    expect(
      (await run(["attest", "scan", "model", "--report", "report.json", ...SIGN])).stderr,
    ).toContain('it has no "new.bin"');
    expect(claims()).toHaveLength(2);
  });

  it("refuses the report of a quick scan, and what is no report", async () => {
    await run(["scan", "model", "--quick", "--output", "json=quick.json"]);
    writeFileSync(join(work, "text.json"), "{}");

    for (const file of ["quick.json", "text.json"]) {
      const { code } = await run(["attest", "scan", "model", "--report", file, ...SIGN]);
      expect(code).toBe(2);
    }
    expect(existsSync(join(work, "model/claims.jsonl"))).toBe(false);
  });
});

describe("attest training", () => {
  it("takes down inputs, parameters, the commit, and files", async () => {
    const commit = "3f786850e387550fdab836ed7e6dc881de23001b";
    mkdirSync(join(work, "code/.git/refs/heads"), { recursive: true });
    writeFileSync(join(work, "code/.git/HEAD"), "ref: refs/heads/main\n");
    writeFileSync(join(work, "code/.git/refs/heads/main"), `${commit}\n`);
    writeFileSync(
      join(work, "code/.git/config"),
      '[remote "origin"]\n\turl = https://token:secret@example.org/lab/train.git\n',
    );
    writeFileSync(join(work, "uv.lock"), "lock");
    mkdirSync(join(work, "data"));
    writeFileSync(join(work, "data/a.csv"), "1\n");
    await ok(["dataset", "manifest", "data", "--license", "MIT", "-o", "data.json"]);
    const options =
      "--dataset data.json --code code --material lockfile=uv.lock --param lr=0.001 --param name=001 --param deep=true " +
      "--started-on 2026-01-31T09:00:00Z --byproduct uv.lock --builder https://example.org/ci";
    const command = ["--command", "python train.py"];
    await ok(["attest", "training", "model", ...options.split(" "), ...command, ...SIGN]);

    const made = statement(claims()[0]!);
    expect(made).toMatchObject({
      _type: "https://in-toto.io/Statement/v1",
      predicateType: "https://slsa.dev/provenance/v1",
      subject: [
        {
          name: "model",
          digest: { sha256: expect.any(String) as string, dirHash1: expect.any(String) as string },
        },
      ],
      predicate: {
        buildDefinition: {
          buildType: "urn:weighbridge:attestation:training/v1",
          externalParameters: {
            command: "python train.py",
            parameters: { lr: 0.001, name: "001", deep: true },
          },
          resolvedDependencies: [
            { name: "data", annotations: { role: "dataset", license: "MIT", files: 1 } },
            { uri: "git+https://example.org/lab/train.git", digest: { gitCommit: commit } },
            { name: "uv.lock", annotations: { role: "lockfile" } },
          ],
        },
        runDetails: {
          builder: { id: "https://example.org/ci" },
          metadata: { startedOn: "2026-01-31T09:00:00Z" },
        },
      },
    });
    expect(JSON.stringify(made)).not.toContain("secret");
  });

  it.each([
    [["--started-on", "yesterday"], "no time in UTC"],
    [["--builder", "me"], "no URI"],
    [["--base", "base@sha256:abc"], "no sha256"],
    [["--base", "nowhere"], "nowhere"],
    [["--param", "alone"], "KEY=VALUE"],
    [["--code", "."], "no git repository"],
    [["--dataset", "me.pub"], "no manifest"],
  ])("refuses %j and writes nothing", async (args, expected) => {
    const { code, stderr } = await run(["attest", "training", "model", ...args, ...SIGN]);

    expect(code).toBe(2);
    expect(stderr).toContain(expected);
    expect(readdirSync(join(work, "model")).sort()).toEqual(["config.json", "weights.bin"]);
  });
});

describe("attest verify", () => {
  it("gives 0 for a claim that counts and 1 for one that does not, in the published form", async () => {
    await ok(["attest", "template", "test-result"]).then((text) =>
      writeFileSync(join(work, "result.json"), text),
    );
    await ok(["attest", "test-result", "model", "--predicate", "result.json", ...SIGN]);
    await ok(["attest", "verify", "model", ...TRUST, "--type", "test-result"]);
    const json = await ok(["attest", "verify", "model", ...TRUST, "--format", "json"]);
    expect(validate("claims-v1", json)).toMatchObject({ verified: true, findings: [] });

    const missing = await run(["attest", "verify", "model", ...TRUST, "--type", "scan"]);
    expect(missing).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("attestation/no-claims") as string,
    });
    await ok(["keygen", "other"]);
    expect((await run(["attest", "verify", "model", "--key", "other.pub"])).code).toBe(1);
    expect((await run(["attest", "verify", "model"])).code).toBe(2);
    writeFileSync(join(work, "model/config.json"), "other");
    expect((await run(["attest", "verify", "model", ...TRUST])).code).toBe(1);
  });

  it("takes certificates by their root", async () => {
    await ok(["ca", "init", "pki", "--name", "Acme", "--no-password"]);
    await ok(["ca", "issue", "pki", "--subject", "CN=Release,O=Acme", "--out", "release.pem"]);
    const sign = ["--private-key", "release.key", "--signing-certificate", "release.pem"];
    await ok(["attest", "training", "model", ...sign]);
    await ok(["ca", "init", "other", "--name", "Other", "--no-password"]);

    const json = await ok([
      "attest",
      "verify",
      "model",
      "--certificate-chain",
      "pki/ca.pem",
      "-f",
      "json",
    ]);
    expect(validate("claims-v1", json)).toMatchObject({
      claims: [
        { signer: { kind: "certificate", issuer: expect.stringContaining("Acme") as string } },
      ],
    });
    const others = await run([
      "attest",
      "verify",
      "model",
      "--certificate-chain",
      "other/ca.pem",
      "-v",
    ]);
    expect(others).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("attestation/stranger") as string,
    });
  });

  it("trusts the authorities of a policy where nobody is named", async () => {
    await ok(["attest", "training", "model", ...SIGN]);
    await ok(["trust", "init", "--key", "me.pub"]);
    expect(await ok(["attest", "verify", "model"])).toContain("training");
    expect(
      (await run(["attest", "verify", "model", "--policy", "weighbridge.trust.yaml", ...TRUST]))
        .code,
    ).toBe(2);

    await ok(["keygen", "other"]);
    await ok(["trust", "init", "other.yaml", "--key", "other.pub"]);
    const { code, stdout } = await run([
      "attest",
      "verify",
      "model",
      "--policy",
      "other.yaml",
      "-v",
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain("attestation/stranger");
    const policy = readFileSync(join(work, "weighbridge.trust.yaml"), "utf8");
    writeFileSync(join(work, "old.yaml"), policy.replace(/^expires:.*$/m, "expires: 2020-01-01"));
    const old = await run(["attest", "verify", "model", "--policy", "old.yaml"]);
    expect(old).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("not believed") as string,
    });
    // One that comes with the model is perhaps its author's.
    rmSync(join(work, "weighbridge.trust.yaml"));
    writeFileSync(join(work, "model/weighbridge.trust.yaml"), policy);
    expect((await run(["attest", "verify", "model"])).code).toBe(2);
  });

  it("shows claims without judging them", async () => {
    await ok([
      "attest",
      "claim",
      "model",
      "--type",
      "https://example.org/x/v1",
      "--predicate",
      "model/config.json",
      ...SIGN,
    ]);
    rmSync(join(work, "model/weights.bin"));

    expect(await ok(["attest", "show", "model"])).toContain("nothing of this is verified");
    expect(
      JSON.parse(await ok(["attest", "show", "model/claims.jsonl", "--format", "json"])),
    ).toMatchObject([
      { signedWith: "key", statement: { predicateType: "https://example.org/x/v1" } },
    ]);
  });
});

describe("claims.jsonl", () => {
  it("leaves signatures valid", async () => {
    await ok(["sign", "key", "model", ...SIGN, "--signature", "model/model.sig"]);
    await ok(["attest", "training", "model", "--param", "epochs=1", ...SIGN]);

    expect((await run(["verify", "key", "model", "--public-key", "me.pub"])).code).toBe(0);
  });

  it("lies beside a model that is one file, and is not touched with --output", async () => {
    await ok(["attest", "quantize", "model/weights.bin", ...SIGN, "--output", "claim.json"]);
    expect(existsSync(join(work, "model/claims.jsonl"))).toBe(false);
    await ok(["attest", "quantize", "model/weights.bin", ...SIGN]);
    const file = createHash("sha256")
      .update(readFileSync(join(work, "model/weights.bin")))
      .digest("hex");
    expect(statement(claims()[0]!)).toMatchObject({
      subject: [{}, { name: "weights.bin", digest: { sha256: file } }],
    });
  });
});

describe("dataset", () => {
  it("is held against its manifest", async () => {
    mkdirSync(join(work, "data"));
    for (const name of ["a", "b", "c"]) writeFileSync(join(work, "data", name), name);
    writeFileSync(join(work, "data/notes"), "none of it");
    // A manifest in the dataset would be a part of it.
    expect(
      (await run(["dataset", "manifest", "data", "--output", "data/manifest.json"])).code,
    ).toBe(2);
    await ok([
      "dataset",
      "manifest",
      "data",
      "--ignore-paths",
      "data/notes",
      "-o",
      "manifest.json",
    ]);
    await ok(["attest", "dataset", "data", "--manifest", "manifest.json", ...SIGN]);
    validate("dataset-manifest-v1", readFileSync(join(work, "manifest.json"), "utf8"));
    await ok(["dataset", "verify", "data", "--manifest", "manifest.json"]);

    rmSync(join(work, "data/a"));
    writeFileSync(join(work, "data/b"), "changed");
    writeFileSync(join(work, "data/d"), "new");
    const { code, stdout } = await run([
      "dataset",
      "verify",
      "data",
      "--manifest",
      "manifest.json",
      "--format",
      "json",
    ]);
    expect(code).toBe(1);
    expect(validate("dataset-verification-v1", stdout)).toMatchObject({
      verified: false,
      changed: ["b"],
      missing: ["a"],
      added: ["d"],
      ignored: ["notes"],
    });
    expect(
      (await run(["attest", "dataset", "data", "--manifest", "manifest.json", ...SIGN])).code,
    ).toBe(2);
  });
});
