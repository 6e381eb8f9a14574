/** What was stored comes back, or nothing does: damage, strangers and others who may write are all misses or refused. */

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { fileReport, finding } from "../../../test/builders/report.ts";
import type { FileReport } from "../../kernel/report.ts";
import type { NewEntry } from "../../kernel/result-cache.ts";
import { openResultCache } from "./open-result-cache.ts";

const NOW = Date.UTC(2026, 10, 21);
const DAY = 86_400_000;
const OLD = { key: "1:2:100:3:4", changed: NOW - 10_000 };
const onPosix = process.platform !== "win32";

let work: string;
let folder: string;

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "weighbridge-test-"));
  folder = join(work, "cache", "weighbridge");
});

afterEach(() => {
  rmSync(work, { recursive: true, force: true });
});

function entry(report: FileReport, given: Partial<NewEntry> = {}): NewEntry {
  return { state: OLD, digest: report.digests["sha256"], result: { report }, ...given };
}

function open(now = NOW) {
  return openResultCache({ folder, trustsState: true, now });
}

/** Stores reports by their paths. */
function keep(reports: readonly FileReport[], now = NOW): void {
  const cache = open(now);
  const results = cache.folder("folder /models", "scope");
  for (const report of reports) {
    results.store(report.path, entry(report));
  }
  expect(cache.close()).toBeUndefined();
}

function found(path: string, scope = "scope", name = "folder /models"): FileReport | undefined {
  return open().folder(name, scope).find(path)?.result()?.report;
}

function segments(): string[] {
  return readdirSync(folder).map((name) => join(folder, name));
}

describe("openResultCache", () => {
  it("gives back what was stored, whatever the names", () => {
    const reports = ["a.pkl", "tab\tand\nline", "\ud800", "模型", '"quoted" \\'].map((path) =>
      fileReport({ path, findings: [finding({ message: `${path}\t\n` })] }),
    );
    keep(reports);

    expect(segments()).toHaveLength(1);
    for (const report of reports) {
      expect(found(report.path)).toEqual(report);
    }
    const result = open().folder("folder /models", "scope").find("a.pkl");
    expect(result).toMatchObject({ state: OLD.key, digest: "ab".repeat(32) });
    expect(found("b.pkl")).toBeUndefined();
  });

  it("keeps what it has when more is stored, and writes nothing where nothing is new", () => {
    keep([fileReport({ path: "a" })]);
    keep([fileReport({ path: "b" })]);
    expect([found("a")?.path, found("b")?.path]).toEqual(["a", "b"]);

    const [path = ""] = segments();
    const before = statSync(path).ino;
    keep([fileReport({ path: "a" })]);
    expect(statSync(path).ino).toBe(before);
  });

  it("has other results for another folder and another scope", () => {
    keep([fileReport({ path: "a" })]);

    expect(found("a", "another scope")).toBeUndefined();
    expect(found("a", "scope", "folder /other")).toBeUndefined();

    const cache = open();
    cache.folder("folder /other", "scope").store("b", entry(fileReport({ path: "b" })));
    cache.close();
    const [first = "", second = ""] = segments();
    renameSync(first, `${first}.x`);
    renameSync(second, first);
    renameSync(`${first}.x`, second);
    expect(found("a")).toBeUndefined();
  });

  it("takes a damaged file for none, wherever the damage is", () => {
    keep([fileReport({ path: "a" }), fileReport({ path: "b" })]);
    const [path = ""] = segments();
    const sound = readFileSync(path);
    for (let at = 0; at < sound.length; at += 7) {
      const damaged = Buffer.from(sound);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(path, damaged);
      expect(found("a")).toBeUndefined();
      writeFileSync(path, sound.subarray(0, at));
      expect(found("a")).toBeUndefined();
    }
    keep([fileReport({ path: "a" })]);
    expect(found("a")).toBeDefined();
  });

  it("gives no report that is not one, or not of that file", () => {
    const report = fileReport({ path: "a" });
    const cache = open();
    const results = cache.folder("folder /models", "scope");
    const broken = { ...report, verdict: "fine" } as unknown as FileReport;
    results.store("a", entry(broken));
    results.store("b", entry(report));
    results.store("c", entry(fileReport({ path: "c" }), { digest: "cd".repeat(32) }));
    results.store("d", entry({ ...report, path: "d", children: [broken] }));
    cache.close();

    expect(["a", "b", "c", "d"].map((path) => found(path))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("does not tell by its state a file that may change again under the same time", () => {
    const cache = open();
    const results = cache.folder("folder /models", "scope");
    const state = { key: "new", changed: NOW - 1000 };
    results.store("a", entry(fileReport({ path: "a" }), { state }));
    cache.close();

    const result = open().folder("folder /models", "scope").find("a");
    expect(result?.state).toBeUndefined();
    expect(result?.result()?.report.path).toBe("a");
  });

  it("makes very large reports again instead of keeping them", () => {
    keep([fileReport({ path: "a", facts: { text: "x".repeat(1024 * 1024) } })]);

    expect(segments()).toEqual([]);
  });

  it("drops from a folder what was of no use for a month", () => {
    keep([fileReport({ path: "a" }), fileReport({ path: "b" })]);
    const cache = open(NOW + 20 * DAY);
    cache.folder("folder /models", "scope").find("a");
    cache.close();
    keep([fileReport({ path: "c" })], NOW + 40 * DAY);

    expect([found("a")?.path, found("b")?.path, found("c")?.path]).toEqual(["a", undefined, "c"]);
  });

  it("removes what is old where it has grown large", () => {
    keep([fileReport({ path: "a" })]);
    const old = join(folder, `${"0".repeat(32)}.results`);
    const other = join(folder, "mine.txt");
    writeFileSync(old, "");
    writeFileSync(other, "");
    for (const path of [old, other]) {
      utimesSync(path, (NOW - 31 * DAY) / 1000, (NOW - 31 * DAY) / 1000);
    }
    keep([fileReport({ path: "b" })]);
    expect(segments()).toHaveLength(3);

    const large = join(folder, `${"1".repeat(32)}.results`);
    writeFileSync(large, "");
    truncateSync(large, 257 * 1024 * 1024);
    keep([fileReport({ path: "c" })]);
    expect(segments()).not.toContain(old);
    expect(segments()).toContain(other);
    expect(segments()).toContain(large);
  });

  it("says that it could not write, and throws nothing", () => {
    const cache = open();
    cache.folder("folder /models", "scope").store("a", entry(fileReport({ path: "a" })));
    rmSync(folder, { recursive: true });

    expect(cache.close()).toMatch(/^the results could not be kept in .*ENOENT/);
  });
});

describe.skipIf(!onPosix)("a cache that others may write to", () => {
  it("is refused", () => {
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o770);

    expect(() => open()).toThrow(expect.objectContaining({ code: "USAGE" }));
    chmodSync(folder, 0o755);
    expect(() => open()).not.toThrow();
  });

  it("is made for the user alone", () => {
    keep([fileReport({ path: "a" })]);
    const [path = ""] = segments();

    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("gives nothing out of files that others may write to, nor out of links", () => {
    keep([fileReport({ path: "a" })]);
    const [path = ""] = segments();
    for (const mode of [0o666, 0o644]) {
      chmodSync(path, mode);
      expect(found("a")).toBeUndefined();
    }
    chmodSync(path, 0o600);
    expect(found("a")).toBeDefined();

    renameSync(path, join(work, "elsewhere"));
    symlinkSync(join(work, "elsewhere"), path);
    expect(found("a")).toBeUndefined();
  });

  it("is a mistake of the user where it is no folder", () => {
    writeFileSync(join(work, "cache"), "");

    expect(() => open()).toThrow(
      expect.objectContaining({ code: "USAGE", hint: "give another folder: --cache-dir DIR" }),
    );
  });
});
