/** Repositories that are in the local cache of huggingface_hub, scanned without a network. */

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";

import { pickle } from "../builders/pickle.ts";
import { gitBlob, sha256Of } from "../hub/content.ts";
import { COMMIT, remoteTests, TARGET } from "./remote.ts";

const { home, scan } = remoteTests();

const PICKLE = pickle().proto(2).value("a").op("STOP").bytes();
const README = Buffer.from("# Model\n");
const OTHER_COMMIT = `cccc${"d".repeat(36)}`;

let cache = "";
let repository = "";

/** Writes a file as huggingface_hub does: a blob, and a link to it from a snapshot. */
function keep(commit: string, path: string, content: Uint8Array, name: string): void {
  const link = join(repository, "snapshots", commit, path);
  const blob = join(repository, "blobs", name);
  mkdirSync(dirname(link), { recursive: true });
  mkdirSync(dirname(blob), { recursive: true });
  writeFileSync(blob, content);
  symlinkSync(relative(dirname(link), blob), link);
}

function refer(name: string, commit: string): void {
  const path = join(repository, "refs", name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, commit);
}

beforeEach(() => {
  cache = mkdtempSync(join(home, "cache-"));
  repository = join(cache, "models--org--model");
  keep(COMMIT, "a.pkl", PICKLE, sha256Of(PICKLE));
  keep(COMMIT, "sub/README.md", README, gitBlob(README));
  refer("main", COMMIT);
});

/** With the cache of the test, and an endpoint where nobody is. */
function scanOffline(target: string, ...args: string[]) {
  return scan([target, "--offline", ...args], {
    HF_HUB_CACHE: cache,
    HF_ENDPOINT: "http://127.0.0.1:1",
  });
}

describe("an offline scan", () => {
  it.each([
    [TARGET, ["a.pkl", "sub/README.md"]],
    ["hf:org/model@main/a.pkl", ["a.pkl"]],
    ["hf:org/model/sub", ["sub/README.md"]],
    [`hf:org/model@${COMMIT}`, ["a.pkl", "sub/README.md"]],
    [`hf:org/model@${COMMIT.slice(0, 7)}`, ["a.pkl", "sub/README.md"]],
    ["hf:org/model@refs/pr/1", ["a.pkl", "sub/README.md"]],
    ["hf:org/model@feature%2Fx", ["a.pkl", "sub/README.md"]],
    ["http://127.0.0.1:1/org/model/blob/main/a.pkl", ["a.pkl"]],
  ])("of %s reads the snapshot, and compares the digests", async (target, paths) => {
    refer("refs/pr/1", COMMIT);
    refer("feature/x", COMMIT);
    const { code, report, stderr } = await scanOffline(target);
    const [subject] = report?.subjects ?? [];
    expect([code, stderr]).toEqual([0, ""]);
    expect([subject?.kind, subject?.ref, subject?.revision]).toEqual(["hub", target, COMMIT]);
    expect(subject?.files.map(({ path }) => path)).toEqual(paths);
    expect(subject?.files.every(({ digestBasis }) => digestBasis === "computed")).toBe(true);
    expect([subject?.findings, subject?.files.flatMap(({ findings }) => findings)]).toEqual([
      [],
      [],
    ]);
  });

  it.each(["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])("is what %s asks for", async (name) => {
    const { code } = await scan([TARGET], { HF_HUB_CACHE: cache, [name]: "1" });
    expect(code).toBe(0);
  });

  it("finds a blob that is not what its name says", async () => {
    writeFileSync(join(repository, "blobs", sha256Of(PICKLE)), Buffer.concat([PICKLE, PICKLE]));
    writeFileSync(join(repository, "blobs", gitBlob(README)), "# Other\n");
    const { code, report } = await scanOffline(TARGET);
    expect(code).toBe(1);
    for (const { findings } of report?.subjects[0]?.files ?? []) {
      expect(findings.map(({ rule }) => rule)).toContain("scan/digest-mismatch");
    }
  });

  it("does so for a large object of git as well", async () => {
    const large = Buffer.alloc(5 * 1024 * 1024, "text\n");
    keep(COMMIT, "large.txt", large, gitBlob(large));
    expect((await scanOffline("hf:org/model/large.txt")).file?.findings).toEqual([]);
    large[4_500_000] = 0x41;
    writeFileSync(join(repository, "blobs", gitBlob(Buffer.alloc(large.length, "text\n"))), large);
    const { file } = await scanOffline("hf:org/model/large.txt");
    expect(file?.findings.map(({ rule }) => rule)).toContain("scan/digest-mismatch");
  });

  it("does not follow a link that leads out of the repository", async () => {
    writeFileSync(join(home, "secret.pkl"), PICKLE);
    const link = join(repository, "snapshots", COMMIT, "z.pkl");
    symlinkSync(relative(dirname(link), join(home, "secret.pkl")), link);
    const { code, report } = await scanOffline(TARGET);
    const file = report?.subjects[0]?.files.find(({ path }) => path === "z.pkl");
    expect([code, file?.verdict, file?.size]).toEqual([1, "suspicious", 0]);
    expect(file?.findings.map(({ rule }) => rule)).toEqual(["tree/link-escape"]);
  });

  it.each([
    ["hf:org/other", "hf:org/other is not in the cache at"],
    ["hf:org/model@v9", "hf:org/model@v9 is not in the cache at"],
    ["hf:datasets/org/model", "is not in the cache at"],
    ["hf:org/model/none.bin", "there is no none.bin in the cache"],
    ["hf:org/model@..", "the revision after @ leads nowhere"],
    ["hf:org/model@..%2F..", "the revision after @ leads nowhere"],
    [
      "https://a.example/m.bin?key=s3cr3t",
      "https://a.example/m.bin?key=REDACTED cannot be fetched",
    ],
  ])("of %s has a sentence", async (target, sentence) => {
    const { code, report, stderr } = await scanOffline(target);
    expect([code, report]).toEqual([2, undefined]);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain("s3cr3t");
  });

  it.each(["../../../outside", "../../outside", "/etc", "main", "", COMMIT.toUpperCase(), "\0"])(
    "does not follow a ref to %j",
    async (content) => {
      mkdirSync(join(cache, "outside"), { recursive: true });
      mkdirSync(join(repository, "snapshots", "main"), { recursive: true });
      writeFileSync(join(cache, "outside", "a.pkl"), PICKLE);
      refer("main", content);
      const { code, stderr } = await scanOffline(TARGET);
      expect([code, stderr.includes("is not in the cache")]).toEqual([2, true]);
    },
  );

  it("does not guess which of two commits is meant", async () => {
    keep(OTHER_COMMIT, "b.pkl", PICKLE, sha256Of(PICKLE));
    expect((await scanOffline(`hf:org/model@${OTHER_COMMIT.slice(0, 8)}`)).code).toBe(0);
    const twin = `${COMMIT.slice(0, 20)}${"e".repeat(20)}`;
    keep(twin, "b.pkl", PICKLE, sha256Of(PICKLE));
    expect((await scanOffline(`hf:org/model@${COMMIT.slice(0, 8)}`)).code).toBe(2);
  });

  it("says of a blob that is gone that it cannot be read", async () => {
    rmSync(join(repository, "blobs", sha256Of(PICKLE)));
    const { code, file } = await scanOffline(TARGET);
    expect([code, file?.path, file?.verdict]).toEqual([3, "a.pkl", "incomplete"]);
  });
});
