import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { appendClaim } from "./append-claim.ts";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-claims-"));
  path = join(folder, "claims.jsonl");
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("claims.jsonl", () => {
  it("is made where it is missing, and added to afterwards", async () => {
    await appendClaim(path, "{1}\n");
    await appendClaim(path, "{2}\n");

    expect(readFileSync(path, "utf8")).toBe("{1}\n{2}\n");
    expect(readdirSync(folder)).toEqual(["claims.jsonl"]);
  });

  it("has whole lines, however many write at once and whatever was torn before", async () => {
    writeFileSync(path, "torn");
    const lines = Array.from({ length: 20 }, (_, at) => `{"line":${at}}`);
    await Promise.all(lines.map((line) => appendClaim(path, `${line}\n`)));

    const [first, ...rest] = readFileSync(path, "utf8").split("\n");
    expect(first).toBe("torn");
    expect(rest.pop()).toBe("");
    expect(rest.toSorted()).toEqual(lines.toSorted());
  });

  it("is not kept from being written by a lock that somebody left behind", async () => {
    mkdirSync(join(folder, ".weighbridge"));
    const lock = join(folder, ".weighbridge/claims.jsonl.lock");
    writeFileSync(lock, "");
    utimesSync(lock, 0, 0);
    await appendClaim(path, "{1}\n");

    expect(readFileSync(path, "utf8")).toBe("{1}\n");
  });

  it("says where it cannot be written", async () => {
    const missing = join(folder, "missing/deeper/claims.jsonl");
    writeFileSync(join(folder, "missing"), "a file");

    await expect(appendClaim(missing, "{1}\n")).rejects.toThrow("cannot add to");
  });
});
