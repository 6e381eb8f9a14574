import { createPublicKey } from "node:crypto";
import { describe, expect, it } from "vitest";

import { makeKey } from "../../../test/builders/certificates.ts";
import type { TestKey } from "../../../test/builders/certificates.ts";
import { artifact, built, digestSet, scanned } from "../../../test/builders/claims.ts";
import { judgeClaims } from "./judge-claims.ts";
import type { JudgedClaims } from "./judge-claims.ts";
import { readClaims } from "./read-claims.ts";
import { signAttestation } from "./sign-attestation.ts";
import type { Statement } from "./statement.ts";
import { verifyAttestation } from "./verify-attestation.ts";
import { modelSubjects } from "./write-statement.ts";

const model = artifact("model");
const ours = makeKey();
const theirs = makeKey("P-384");
const scan = scanned(model, "clean").statement;

async function line(statement: Statement, signer: TestKey = ours): Promise<string> {
  return (await signAttestation(statement, { signer })).bundle;
}

function judge(text: string, wanted: readonly string[] = [], about = model): JudgedClaims {
  const { attestations, problems } = readClaims(Buffer.from(text), "claims.jsonl");
  const judged = judgeClaims(
    attestations,
    modelSubjects(about),
    (each) => verifyAttestation(each, { keys: [createPublicKey(ours.key)] }),
    wanted,
  );
  return { ...judged, problems: [...problems, ...judged.problems] };
}

function rules({ problems }: JudgedClaims): string[] {
  return problems.map(({ rule }) => rule.id);
}

describe("claims about a model", () => {
  it("count where somebody who is trusted signed them, whoever else did", async () => {
    const training = built("training", model, []).statement;
    const judged = judge(
      (await line(scan)) + (await line(training, theirs)) + (await line(training)),
    );

    expect(judged.verified.map(({ source }) => source)).toEqual([
      "claims.jsonl:1",
      "claims.jsonl:3",
    ]);
    expect(judged.verified[0]!.statement).toEqual(JSON.parse(JSON.stringify(scan)));
    expect(judged.verified[0]!.signer.kind).toBe("key");
    expect(rules(judged)).toEqual(["attestation/stranger"]);
  });

  it("are asked for by a word or a type", async () => {
    const text = await line(scan);

    expect(rules(judge(text, ["scan"]))).toEqual([]);
    expect(rules(judge(text, [scan.predicateType]))).toEqual([]);
    expect(rules(judge(text, ["scan", "training"]))).toEqual(["attestation/no-claims"]);
    expect(rules(judge(await line(scan, theirs), ["scan"]))).toEqual([
      "attestation/stranger",
      "attestation/no-claims",
    ]);
  });

  it("do not count for another model, nor for the same contents under other names", async () => {
    const text = await line(scan);
    const renamed = artifact("model", ["a.py", "b.py"]);

    expect(rules(judge(text, [], artifact("other")))).toEqual([
      "attestation/other-artifact",
      "attestation/no-claims",
    ]);
    expect(rules(judge(text, [], renamed))).toEqual([
      "attestation/renamed",
      "attestation/no-claims",
    ]);
  });

  it("do not count where they have the root alone", async () => {
    const text = await line({ ...scan, subject: [{ digest: { sha256: model.root } }] });

    expect(rules(judge(text))).toEqual(["attestation/names-unbound", "attestation/no-claims"]);
  });

  it("are refused where they were changed after they were signed", async () => {
    const bundle = JSON.parse(await line(scan)) as { dsseEnvelope: { payload: string } };
    const payload = Buffer.from(bundle.dsseEnvelope.payload, "base64").toString();
    const changed = payload.replace('"verdict":"clean"', '"verdict":"unknown"');
    bundle.dsseEnvelope.payload = Buffer.from(changed).toString("base64");

    expect(changed).not.toBe(payload);
    expect(rules(judge(`${JSON.stringify(bundle)}\n`))).toEqual([
      "oms/signature-invalid",
      "attestation/no-claims",
    ]);
  });

  it("are named by an envelope's key, which has to be the one that signed", async () => {
    const bundle = JSON.parse(await line(scan, theirs)) as {
      verificationMaterial: { publicKey: { hint: string } };
    };
    const own = JSON.parse(await line(scan)) as typeof bundle;
    bundle.verificationMaterial.publicKey.hint = own.verificationMaterial.publicKey.hint;

    expect(rules(judge(`${JSON.stringify(bundle)}\n`))).toContain("oms/signature-invalid");
  });

  it("lack nothing that their type asks for", async () => {
    const other = await line({ ...scan, predicateType: "https://example.org/x/v1", predicate: {} });
    const text = Buffer.from(
      (JSON.parse(other) as { dsseEnvelope: { payload: string } }).dsseEnvelope.payload,
      "base64",
    );
    await expect(line({ ...scan, predicate: {} })).rejects.toThrow("there is no predicate.scanner");
    const payload = Buffer.from(
      text.toString().replace("https://example.org/x/v1", scan.predicateType),
    );
    const { pae } = await import("../dsse/pae.ts");
    const bundle = JSON.parse(other) as {
      dsseEnvelope: { payload: string; signatures: { sig: string }[] };
    };
    bundle.dsseEnvelope.payload = payload.toString("base64");
    bundle.dsseEnvelope.signatures[0]!.sig = Buffer.from(
      await ours.sign(pae("application/vnd.in-toto+json", payload)),
    ).toString("base64");

    expect(rules(judge(`${JSON.stringify(bundle)}\n`))).toEqual([
      "attestation/incomplete-predicate",
      "attestation/no-claims",
    ]);
    expect(judge(`${JSON.stringify(bundle)}\n`).verified).toEqual([]);
  });

  it("that are signatures bind names by the files that they list, whatever their subject has", async () => {
    const { root, files } = model;
    const resources = files.map(({ name, digest }) => ({ name, digest, algorithm: "sha256" }));
    const serialization = { method: "files", hash_type: "sha256", allow_symlinks: false };
    const signature = {
      subject: [{ name: "model", digest: { sha256: root } }],
      predicateType: "https://model_signing/signature/v1.0",
      predicate: { serialization, resources },
    };

    expect(judge(await line(signature), ["signature"]).verified).toHaveLength(1);
    const renamed = artifact("model", ["a.py", "b.py"]);
    expect(rules(judge(await line(signature), [], renamed))).toContain("attestation/renamed");
    const other = {
      ...signature,
      subject: [{ digest: { sha256: root, dirHash1: renamed.dirHash1! } }],
    };
    expect(rules(judge(await line(other), [], renamed))).toContain("oms/dir-hash-mismatch");
  });

  it("say which of a single file and its root they are about", async () => {
    const file = artifact("model.gguf", ["model.gguf"]);
    const byFile = {
      ...scan,
      subject: [{ name: "model.gguf", digest: { sha256: file.files[0]!.digest } }],
    };

    expect(judge(await line(byFile), [], file).verified).toHaveLength(1);
    expect(modelSubjects(file).map(({ digest }) => digest)).toEqual([
      digestSet(file),
      { sha256: file.files[0]!.digest },
    ]);
  });
});

describe("claims.jsonl", () => {
  it("tells of a last line that is cut off, and reads the others", async () => {
    const whole = await line(scan);
    for (const length of [1, 10, whole.length - 2]) {
      const judged = judge(whole + whole.slice(0, length));
      expect(rules(judged)).toEqual(["attestation/torn-line"]);
      expect(judged.verified).toHaveLength(1);
    }
    // A line that only lacks its line feed is whole.
    expect(judge(whole.trimEnd()).verified).toHaveLength(1);
    // The next writer has ended the torn line.
    const judged = judge(`${whole.slice(0, 100)}\n${whole}`);
    expect(rules(judged)).toEqual(["attestation/torn-line"]);
    expect(judged.verified).toHaveLength(1);
  });

  it("tells of lines that are no claims, and not of each of thousands", async () => {
    const whole = await line(scan);
    const judged = judge(`{}\n\n${whole}`);
    expect(judged.verified).toHaveLength(1);
    expect(rules(judged).length).toBeGreaterThan(0);
    expect(rules(judge("[]\n".repeat(5000) + whole)).length).toBeLessThan(100);
  });
});
