/** The content of files on a hub: what is read of it, and what of it is believed. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as WorkerThreads from "node:worker_threads";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it, vi } from "vitest";

import { pickle } from "../builders/pickle.ts";
import { torchZip } from "../builders/pytorch.ts";
import { buildZip } from "../builders/zip.ts";
import type { FileReport } from "../../src/kernel/report.ts";
import { sha256Of, gitBlob } from "../hub/content.ts";
import type { Fault, FaultRule } from "../hub/fault.ts";
import {
  FILES,
  KIB,
  LARGE,
  MIB,
  model,
  named,
  noise,
  requestsFor,
  SMALL,
  spoiled,
} from "./hub-model.ts";
import { root } from "./program.ts";
import { contentRequests, hubWith, remoteTests, TARGET, TOKEN } from "./remote.ts";

vi.mock("node:worker_threads", async (original: () => Promise<typeof WorkerThreads>) =>
  (await import("./bundled-workers.ts")).bundledWorkers(original),
);

const tests = remoteTests();
const { scanHub } = tests;

describe("a file on a hub", () => {
  it("is read as far as its format needs it, and the report says how far", async () => {
    const { hub, code, report, file } = await spoiled(tests, []);
    const large = named(report?.subjects[0]?.files, LARGE);
    const size = LARGE.content.length;

    expect([code, file?.path]).toEqual([0, "config.json"]);
    expect(large).toMatchObject({
      verdict: "clean",
      size,
      digestBasis: "stated",
      digests: { sha256: sha256Of(LARGE.content) },
    });
    expect(Object.keys(large.digests)).toEqual(["sha256"]);
    const read = (large.ranges ?? []).reduce((sum, [start, end]) => sum + end - start, 0);
    expect(large.coverage.read).toBe(read);
    expect(large.ranges?.[0]?.[0]).toBe(0);
    expect(large.ranges?.at(-1)?.[1]).toBe(size);
    const requests = requestsFor(hub, LARGE);
    expect(requests.length).toBeLessThan(6);
    expect(requests.reduce((sum, { bytesSent }) => sum + bytesSent, 0)).toBeLessThan(size / 4);
    expect(report?.subjects[0]).toMatchObject({ quick: true });

    const small = named(report?.subjects[0]?.files, SMALL);
    expect(small).toMatchObject({ digestBasis: "computed", verdict: "clean" });
    expect(small.ranges).toBeUndefined();
  });

  it("gives a report that holds to its schema, and the same one each time", async () => {
    const schema = JSON.parse(
      readFileSync(join(root, "assets/schemas/report-v1.schema.json"), "utf8"),
    ) as object;
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schema);
    const first = await spoiled(tests, []);
    expect(validate(first.report), JSON.stringify(validate.errors)).toBe(true);

    const slow: Fault = { kind: "drip", bytes: 7000, every: 1 };
    for (const rules of [
      [],
      [{ on: "cdn", path: LARGE.path, times: 3, fault: slow }],
      [{ on: "cache", fault: slow }],
      [{ on: "resolve", path: LARGE.path, fault: { kind: "status", status: 503 } }],
    ] satisfies FaultRule[][]) {
      expect((await spoiled(tests, rules)).stdout).toBe(first.stdout);
    }
  });

  it("brings the token to the hub, and never to where the hub sends on to", async () => {
    const hub = await hubWith(FILES, { repo: { private: true }, linkUses: 1 });
    const { code } = await scanHub(hub, [TARGET], { HF_TOKEN: TOKEN });
    expect(code).toBe(0);
    const tokens = (origin: string) =>
      new Set(
        hub.requests
          .filter((request) => request.origin === origin)
          .map(({ headers }) => headers["authorization"]),
      );
    expect(tokens("hub")).toEqual(new Set([`Bearer ${TOKEN}`]));
    expect(tokens("cdn")).toEqual(new Set([undefined]));
  });

  it.each([
    [0, 0],
    [1, 1],
    [64 * KIB, 1],
    [64 * KIB + 1, 1],
    [MIB, 1],
    [MIB + 1, 2],
  ])("of %d bytes costs %d requests at first", async (size, least) => {
    const content = noise(size);
    for (const lfs of [false, true]) {
      const hub = await hubWith([{ path: "a.bin", content, lfs }]);
      const { file } = await scanHub(hub);
      expect([file?.size, file?.issues]).toEqual([size, []]);
      const isWhole = size <= MIB;
      expect(file?.digestBasis).toBe(isWhole ? "computed" : "stated");
      const requests = contentRequests(hub);
      expect(requests.length).toBeGreaterThanOrEqual(least);
      expect(requests.length).toBeLessThanOrEqual(isWhole ? least : 40);
      if (isWhole) {
        expect(file?.digests).toEqual({ sha256: sha256Of(content) });
        expect(requests.map(({ headers }) => headers["range"])).toEqual(
          requests.map(() => undefined),
        );
      }
    }
  });

  const TOO_FAR =
    "a.zip: its parts lie too far apart to be fetched one by one; scan it with --full, which reads all of it";

  /** Each is read at both ends, which lie further apart than anybody reads over. */
  function members(count: number) {
    const data = noise(1100 * KIB);
    return Array.from({ length: count }, (_, index) => ({ name: `m${index}.bin`, data }));
  }

  function limitsOf(file: FileReport | undefined): readonly string[] {
    const issues = (file?.children ?? []).flatMap((child) => child.issues);
    return issues.flatMap(({ kind, message }) => (kind === "limit" ? [message] : []));
  }

  it("is incomplete where it would take more than 40 requests, and not so with --full", async () => {
    const hub = await hubWith([{ path: "a.zip", content: buildZip(members(40)), lfs: true }]);
    const { code, file } = await scanHub(hub);
    expect([code, file?.verdict]).toEqual([3, "incomplete"]);
    expect(limitsOf(file)).toContain(TOO_FAR);
    expect(contentRequests(hub).length).toBeLessThanOrEqual(40);

    const full = await scanHub(hub, [TARGET, "--full"]);
    expect([full.file?.digestBasis, full.file?.issues]).toEqual(["computed", []]);
  });

  it("is a checkpoint without its numbers, and the report says which rules did not run", async () => {
    const storages = Array.from({ length: 60 }, (_, index) => ({
      key: String(index),
      elements: 100_000,
    }));
    const content = torchZip({ storages });
    const hub = await hubWith([{ path: "model.pt", content, lfs: true }]);
    const { code, file, report } = await scanHub(hub);
    expect([code, file?.verdict, file?.issues]).toEqual([0, "clean", []]);
    expect(file?.notRun?.length).toBeGreaterThan(0);
    expect(report?.subjects[0]?.notRun).toEqual(file?.notRun);
    expect(contentRequests(hub).length).toBeLessThan(10);

    const hostile = torchZip({
      object: pickle().proto(2).call("os", "system", "touch wb_canary").op("STOP").bytes(),
      storages,
    });
    const other = await hubWith([{ path: "model.pt", content: hostile, lfs: true }]);
    const judged = await scanHub(other);
    expect([judged.code, judged.file?.verdict]).toEqual([1, "malicious"]);
  });

  it("keeps what was found in it before that", async () => {
    const hostile = pickle().proto(2).call("os", "system", "touch wb_canary").op("STOP").bytes();
    const content = buildZip([{ name: "first.pkl", data: hostile }, ...members(40)]);
    const hub = await hubWith([{ path: "a.zip", content, lfs: true }]);
    const { code, file } = await scanHub(hub);
    expect([code, file?.verdict]).toEqual([1, "malicious"]);
    expect(limitsOf(file)).toContain(TOO_FAR);
    expect(contentRequests(hub).length).toBeLessThanOrEqual(40);
  });
});

describe("--full", () => {
  it("fetches each byte once, and compares the digest", async () => {
    const { hub, code, files, report } = await spoiled(tests, [], ["--full"]);
    expect([code, report?.subjects[0]?.quick]).toEqual([0, undefined]);
    const large = named(files, LARGE);
    expect(large).toMatchObject({
      digestBasis: "computed",
      digests: { sha256: sha256Of(LARGE.content) },
      findings: [],
    });
    expect(large.ranges).toBeUndefined();
    const sent = requestsFor(hub, LARGE).reduce((sum, { bytesSent }) => sum + bytesSent, 0);
    expect(sent).toBe(LARGE.content.length);
  });

  it("manages with a server that serves no parts, still fetching each byte once", async () => {
    const fault: Fault = { kind: "whole" };
    const rule = { on: "cdn", path: LARGE.path, times: Infinity, fault } as const;
    const { hub, code, files } = await spoiled(tests, [rule], ["--full"]);
    expect(code).toBe(0);
    expect(named(files, LARGE).digests).toEqual({ sha256: sha256Of(LARGE.content) });
    expect(requestsFor(hub, LARGE).map(({ status }) => status)).toEqual([200]);
  });

  it.each([
    ["kept by LFS", true, "the SHA-256 is "],
    ["kept by git", false, "the git object id is "],
  ])("finds other bytes than the list promised in a file %s", async (_, lfs, sentence) => {
    for (const size of [2 * MIB, 5 * MIB]) {
      const honest = model(size);
      const other = Buffer.from(honest);
      other[size - 300 * KIB] = (other[size - 300 * KIB] ?? 0) ^ 1;
      const content = lfs ? lie(other, sha256Of(honest)) : other;
      const hub = await hubWith([{ path: "a.safetensors", content, lfs }]);
      if (!lfs) {
        const oid = gitBlob(other);
        for (const on of ["tree", "resolve", "cache"] as const) {
          const set =
            on === "tree" ? undefined : { etag: `"${gitBlob(honest)}"`, "x-linked-etag": null };
          hub.setFault({
            on,
            times: Infinity,
            fault:
              set === undefined
                ? { kind: "text", edit: (text) => text.replaceAll(oid, gitBlob(honest)) }
                : { kind: "headers", set },
          });
        }
      }
      const { code, file } = await scanHub(hub, [TARGET, "--full"]);
      expect([code, file?.verdict]).toEqual([1, "suspicious"]);
      expect(file?.findings[0]).toMatchObject({
        rule: "scan/digest-mismatch",
        message: expect.stringContaining(sentence) as string,
      });
      // By ranges nothing can be said of that.
      const quick = await scanHub(hub);
      expect([quick.file?.findings, quick.file?.digestBasis]).toEqual([[], "stated"]);
    }
  });
});

/** Content under the digest of other content. */
function lie(content: Buffer, sha256: string) {
  return {
    size: content.length,
    sha256,
    read: (start: number, end: number) => content.subarray(start, end),
  };
}
