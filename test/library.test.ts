import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { scan, sign, verify } from "../src/index.ts";
import type { ScanEvent } from "../src/index.ts";
import { torchZip } from "./builders/pytorch.ts";
import { startTestHub } from "./hub/test-hub.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-test-"));
  writeFileSync(join(folder, "a.pkl"), Buffer.from("\u0080\u0004].", "latin1"));
  writeFileSync(join(folder, "b.pkl"), Buffer.from("\u0080\u0004}.", "latin1"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function collect(events: AsyncIterable<ScanEvent>): Promise<ScanEvent[]> {
  const all: ScanEvent[] = [];
  for await (const event of events) {
    all.push(event);
  }
  return all;
}

describe("scan", () => {
  it("reads from a hub, as the given environment says", async () => {
    const sha = "1".repeat(40);
    const files = [{ path: "a.pkl", content: Buffer.from("\u0080\u0004].", "latin1"), lfs: true }];
    const hub = await startTestHub({
      repos: [{ type: "models", id: "org/name", commits: [{ sha, files }], refs: { main: sha } }],
    });
    const environment = { HF_ENDPOINT: hub.endpoint, HF_HOME: folder };
    try {
      const last = (await collect(scan("hf:org/name", { environment }))).at(-1)!;

      expect(last.kind === "report" && last.report.subjects[0]).toMatchObject({
        kind: "hub",
        ref: "hf:org/name",
        revision: sha,
        verdict: "clean",
      });
      await expect(
        collect(scan("hf:org/name", { environment, offline: true })),
      ).rejects.toMatchObject({
        code: "SOURCE_NOT_FOUND",
      });
    } finally {
      await hub.close();
    }
  });

  it("tells of each file and ends with the report", async () => {
    const events = await collect(scan(folder));
    const files = events.flatMap((event) => (event.kind === "file" ? [event.report.path] : []));
    const last = events.at(-1)!;

    expect(files).toEqual(["a.pkl", "b.pkl"]);
    expect(last.kind === "report" && [last.report.verdict, last.interrupted]).toEqual([
      "clean",
      false,
    ]);
  });

  it("takes several targets, each a subject", async () => {
    const targets = [join(folder, "b.pkl"), join(folder, "a.pkl")];
    const last = (await collect(scan(targets))).at(-1)!;

    expect(last.kind === "report" && last.report.subjects.map(({ ref }) => ref)).toEqual(targets);
  });

  it("ends early when it is aborted, with what is known by then", async () => {
    const controller = new AbortController();
    const events: ScanEvent[] = [];
    for await (const event of scan(folder, { signal: controller.signal })) {
      events.push(event);
      if (event.kind === "file") {
        controller.abort();
      }
    }
    const last = events.at(-1)!;

    expect(last.kind === "report" && last.interrupted).toBe(true);
    expect(last.kind === "report" && last.report.subjects[0]!.files).toHaveLength(1);
  });

  it("reads only what parsers ask for, and says so", async () => {
    const path = join(folder, "large.pt");
    const data = Buffer.alloc(8 * 1024 * 1024, 1);
    writeFileSync(path, torchZip({ storages: [{ key: "0", elements: data.length / 4, data }] }));
    const [full, quick] = await Promise.all(
      [false, true].map(async (only) => {
        const last = (await collect(scan(path, { quick: only }))).at(-1)!;
        return last.kind === "report" ? last.report.subjects[0]! : undefined;
      }),
    );

    expect(quick).toMatchObject({ quick: true, verdict: "clean" });
    expect(full).not.toHaveProperty("quick");
    expect(full?.files[0]?.digests).toHaveProperty("sha256");
    const { coverage, facts, readings, ...rest } = full!.files[0]!;
    const { weightsOnly, ...pickleFacts } = facts["pickle"] as Record<string, unknown>;
    expect(weightsOnly).toMatchObject({ result: "accepted" });
    expect(quick?.files[0]).toMatchObject({
      ...rest,
      digests: {},
      children: rest.children.map((child) => ({ ...child, digests: {} })),
      facts: { ...facts, pickle: pickleFacts },
      coverage: { inert: coverage.inert, unaccounted: 0 },
      notRun: ["archive/header-mismatch", "archive/hidden-entry"],
    });
    expect(readings).toHaveLength(1);
  });

  it("throws for what is not there, before anything is scanned", async () => {
    await expect(collect(scan([folder, join(folder, "gone")]))).rejects.toMatchObject({
      code: "SOURCE_NOT_FOUND",
    });
  });
});

describe("sign and verify", () => {
  it("make a signature and hold it against a folder", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const trusted = { publicKey: publicKey.export({ type: "spki", format: "pem" }).toString() };
    const signature = Buffer.from(await sign(folder, { key, name: "model" }));

    expect(await verify(folder, { signature, ...trusted })).toMatchObject({ verified: true });
    writeFileSync(join(folder, "c.pkl"), "");
    const { verified, problems } = await verify(folder, { signature, ...trusted });
    expect([verified, problems.map(({ rule }) => rule.id)]).toEqual([false, ["oms/file-extra"]]);
    expect(await verify(folder, { signature, ...trusted, subset: ["a.*"] })).toMatchObject({
      verified: true,
      comparison: { verified: ["a.pkl"] },
    });
  });

  it("say what they cannot use", async () => {
    const empty = join(folder, "empty");
    mkdirSync(empty);
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "secp521r1" });
    const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

    await expect(sign(empty, { key, name: "x" })).rejects.toThrow("there are no files to sign");
    await expect(sign(folder, { key: "no key", name: "x" })).rejects.toThrow("no private key");
    const signature = Buffer.from("{}");
    await expect(verify(folder, { signature, publicKey: "?" })).rejects.toThrow("cannot be read");
    await expect(verify(folder, { signature, roots: "?" })).rejects.toThrow("no certificates");
  });
});
