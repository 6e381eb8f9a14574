/** A model on a hub against its signature, by the digests that the hub states. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";

import type { HubFile } from "../hub/repo.ts";
import { startTestHub } from "../hub/test-hub.ts";
import type { TestHub } from "../hub/test-hub.ts";
import { checkedReport, place, signedModel, weighbridge } from "./signing.ts";

const here = place();
const at = (...names: readonly string[]): string => join(here.home, ...names);

let hub: TestHub | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await hub?.close();
});

type Content = Omit<HubFile, "path">;

const WEIGHTS = Buffer.alloc(3_000_000, 7);

/** A hub with the signed model, and what else or otherwise is to lie there. */
async function published(changes: Readonly<Record<string, Content | undefined>> = {}) {
  writeFileSync(join(here.model, "sub", "weights.bin"), WEIGHTS);
  await signedModel(here);
  const read = (name: string): Content => ({ content: readFileSync(join(here.model, name)) });
  const files = {
    "config.json": read("config.json"),
    "model.sig": read("model.sig"),
    "sub/weights.bin": { content: WEIGHTS, lfs: true },
    ...changes,
  };
  const kept = Object.entries(files).flatMap(([path, file]) =>
    file === undefined ? [] : [{ path, ...file }],
  );
  const sha = "a".repeat(40);
  hub = await startTestHub({
    repos: [
      { type: "models", id: "acme/bert", commits: [{ sha, files: kept }], refs: { main: sha } },
    ],
  });
  vi.stubEnv("HF_ENDPOINT", hub.endpoint);
  vi.stubEnv("HF_HOME", at("hf"));
  return hub;
}

async function verified(...options: readonly string[]) {
  const verify = ["verify", "--remote", "hf:acme/bert", "--key", at("me.pub"), "-f", "json"];
  const { code, stdout, stderr } = await weighbridge(...verify, ...options);
  expect(stderr).toBe("");
  const report = checkedReport(stdout);
  return {
    code,
    report,
    rules: report.findings.map(({ rule, path }) => `${rule} ${path ?? ""}`.trim()),
  };
}

describe("a model on a hub", () => {
  it("is verified without fetching its weights, and says whose word that is", async () => {
    const { requests } = await published();
    const { code, rules, report } = await verified();

    expect([code, rules]).toEqual([0, ["oms/stated-digests"]]);
    expect(report).toMatchObject({
      model: { kind: "hub", ref: "hf:acme/bert", revision: "a".repeat(40) },
      files: {
        basis: "stated",
        stated: ["sub/weights.bin"],
        verified: ["config.json", "sub/weights.bin"],
      },
    });
    expect(requests.some(({ url }) => url.includes("weights.bin"))).toBe(false);
  });

  it("is refused where a file is another one, is missing, or was added", async () => {
    await published({
      "sub/weights.bin": { content: Buffer.from("other"), lfs: true },
      "config.json": undefined,
      "modeling.py": { content: Buffer.from("import os") },
    });
    const { code, rules } = await verified();

    expect(code).toBe(1);
    expect(rules).toEqual([
      "oms/file-extra modeling.py",
      "oms/file-missing config.json",
      "oms/file-changed sub/weights.bin",
      "oms/stated-digests",
    ]);
  });

  it("may have its signature here, or none at all", async () => {
    await published({ "model.sig": undefined });

    expect((await verified()).rules).toEqual(["oms/unsigned"]);
    const local = ["--signature", join(here.model, "model.sig")];
    expect((await verified(...local)).code).toBe(0);
  });

  it("is named by --remote alone", async () => {
    for (const args of [
      ["verify", here.model, "--remote", "hf:acme/bert"],
      ["verify", "--remote", "acme/bert"],
      ["verify", "--remote", "hf:acme/bert", "--strict"],
    ]) {
      expect(await weighbridge(...args, "--key", at("me.pub"))).toMatchObject({ code: 2 });
    }
  });
});
