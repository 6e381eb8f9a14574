/** Claims, datasets and lineages by their commands, on real folders. */

import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";

import { statement, validate } from "./attesting.ts";
import { runHere, writeSamples } from "./program.ts";
import type { Outcome } from "./program.ts";

const samples = writeSamples();
let work: string;

beforeEach(async () => {
  work = samples.freshFolder();
  mkdirSync(join(work, "model"));
  copyFileSync(samples.harmless, join(work, "model/weights.bin"));
  writeFileSync(join(work, "model/config.json"), "{}\n");
  await ok(["keygen", "me"]);
});

afterAll(() => {
  samples.remove();
});

async function run(args: readonly string[]): Promise<Outcome> {
  return await runHere(work, args);
}

async function ok(args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(args);
  expect({ args, code, told: code === 0 ? "" : `${stdout}${stderr}` }).toEqual({
    args,
    code: 0,
    told: "",
  });
  return stdout;
}

const SIGN = ["--private-key", "me.key"];
const TRUST = ["--key", "me.pub"];

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
    // A manifest in the dataset is no part of it.
    await ok(["dataset", "manifest", "data", "--output", "data/manifest.json"]);
    validate("dataset-manifest-v1", readFileSync(join(work, "data/manifest.json"), "utf8"));
    await ok(["dataset", "verify", "data", "--manifest", "data/manifest.json"]);

    rmSync(join(work, "data/a"));
    writeFileSync(join(work, "data/b"), "changed");
    writeFileSync(join(work, "data/d"), "new");
    const { code, stdout } = await run([
      "dataset",
      "verify",
      "data",
      "--manifest",
      "data/manifest.json",
      "--format",
      "json",
    ]);
    expect(code).toBe(1);
    expect(validate("dataset-verification-v1", stdout)).toMatchObject({
      verified: false,
      changed: ["b"],
      missing: ["a"],
      added: ["d"],
    });
    expect(
      (await run(["attest", "dataset", "data", "--manifest", "data/manifest.json", ...SIGN])).code,
    ).toBe(2);
  });
});

describe("lineage", () => {
  it("is walked through the entries of a log, and not through what merely lies in it", async () => {
    await ok(["log", "init", "log", "--origin", "example.org/models"]);
    mkdirSync(join(work, "data"));
    writeFileSync(join(work, "data/a.csv"), "1\n");
    await ok(["dataset", "manifest", "data", "-o", "data.json"]);
    await ok(["attest", "dataset", "data", "--manifest", "data.json", ...SIGN, "--log", "log"]);
    await ok(["attest", "training", "model", "--dataset", "data.json", ...SIGN, "--log", "log"]);
    rmSync(join(work, "model/claims.jsonl"));

    expect((await run(["lineage", "verify", "model", ...TRUST])).code).toBe(1);
    const tree = await ok(["lineage", "verify", "model", ...TRUST, "--log", "log"]);
    expect(tree).toContain("complete");
    expect(tree).toContain("log#1");
    const json = await ok(["lineage", "graph", "model", "--log", "log", "--format", "json"]);
    expect(validate("lineage-v1", json)).toMatchObject({ complete: false, summary: { depth: 0 } });

    // Somebody changes the evidence.
    const folder = join(work, "log/evidence/sha256");
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) {
        const path = join(entry.parentPath, entry.name);
        writeFileSync(path, readFileSync(path, "utf8").replace("publicKey", "publicKex"));
      }
    }
    const changed = await run(["lineage", "verify", "model", ...TRUST, "--log", "log"]);
    expect(changed.code).toBe(2);
    expect(changed.stderr).toContain("no longer what was logged");
  });

  it("cannot be forged by names", async () => {
    const name = 'a\u001b[2J\n"]; click n0 href "javascript:alert(1)"';
    const digest = "a".repeat(64);
    mkdirSync(join(work, "tuned"));
    writeFileSync(join(work, "tuned/w"), "w");
    writeFileSync(
      join(work, "predicate.json"),
      JSON.stringify({
        buildDefinition: {
          buildType: "urn:weighbridge:attestation:finetune/v1",
          externalParameters: { command: name, parameters: { [name]: name } },
          resolvedDependencies: [
            { name, digest: { sha256: digest }, annotations: { role: "base-model" } },
          ],
        },
        runDetails: { builder: { id: "https://example.org" } },
      }),
    );
    await ok(["attest", "finetune", "tuned", "--predicate", "predicate.json", ...SIGN]);

    for (const format of ["tree", "json", "mermaid"]) {
      const text = await ok(["lineage", "graph", "tuned", ...TRUST, "--format", format]);
      expect(text).not.toContain("\u001b");
      expect(
        text.split("\n").some((line) => line.includes("click n0") && !line.includes("a")),
      ).toBe(false);
      if (format === "mermaid") {
        expect(text.match(/"/g)!.length % 2).toBe(0);
        expect(text).not.toContain('javascript:alert(1)"');
        expect(text).not.toContain("(1)");
      }
    }
  });
});
