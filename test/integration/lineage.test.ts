/** Lineages by their commands: out of a log, and with names that try to be more than names. */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";

import { SIGN, TRUST, validate, workplace } from "./attesting.ts";

const place = workplace();
const { run, ok } = place;
let work: string;

beforeEach(async () => {
  work = await place.enter();
});

afterAll(() => {
  place.remove();
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
