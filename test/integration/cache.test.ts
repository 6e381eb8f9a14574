/** A second scan with `--cache`, as users run it. */

import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeEach, describe, expect, it } from "vitest";

import { runHere, writeSamples } from "./program.ts";

const samples = writeSamples();
/** Files that nobody wrote to in the last seconds. */
const SETTLED = fileURLToPath(new URL("../../assets/schemas", import.meta.url));
let work: string;

beforeEach(() => {
  work = samples.freshFolder();
});

afterAll(() => {
  samples.remove();
});

function scan(...args: readonly string[]) {
  return runHere(work, ["scan", ...args]);
}

describe("weighbridge scan --cache", () => {
  it("says the same, byte for byte, until something changes", async () => {
    const args = [samples.models, "--cache", "--cache-dir", "kept", "--format", "json"];
    const plain = await scan(samples.models, "--format", "json");
    const first = await scan(...args);
    const second = await scan(...args);

    expect(first).toEqual(plain);
    expect(second).toEqual(plain);
    expect(readdirSync(join(work, "kept"))).toHaveLength(1);

    mkdirSync(join(work, "mine"));
    copyFileSync(samples.harmless, join(work, "mine", "a.pkl"));
    const mine = ["mine", "--cache", "--cache-dir", "kept"];
    expect((await scan(...mine)).code).toBe(0);
    copyFileSync(samples.hostile, join(work, "mine", "a.pkl"));
    expect((await scan(...mine)).code).toBe(1);
  });

  it("reads nothing with =stat, and says so", async () => {
    const args = [SETTLED, "--cache=stat", "--cache-dir", "kept"];
    const count = readdirSync(SETTLED).length;
    const first = await scan(...args);
    const second = await scan(...args);

    expect(first.stdout).not.toContain("not read");
    expect(second.stdout).toContain(
      `${count} of ${count} files taken from the cache by size and time, not read\n`,
    );
    const notified = JSON.parse((await scan(...args, "--format", "sarif")).stdout) as object;
    expect(notified).toMatchObject({
      runs: [
        {
          invocations: [
            {
              toolExecutionNotifications: expect.arrayContaining([
                expect.objectContaining({ descriptor: { id: "cached" } }),
              ]) as unknown,
            },
          ],
        },
      ],
    });
    expect((await scan(...args, "--format", "markdown")).stdout).toContain(
      "cache by size and time",
    );
  });

  it("knows single files by the folder that they are in", async () => {
    const [name = ""] = readdirSync(SETTLED);
    const args = [join(SETTLED, name), "--cache=stat", "--cache-dir", "kept"];
    await scan(...args);

    expect((await scan(...args)).stdout).toContain("1 of 1 file taken from the cache");
  });

  it.each([
    [["--cache-dir", "kept"], "--cache-dir is for --cache or --cache=stat"],
    [["--cache", "--quick"], "--quick makes no digests, by which --cache knows files"],
    [["--cache=size"], "--cache= takes stat, and not size"],
  ])("refuses %j", async (args, message) => {
    const { code, stderr } = await scan(samples.harmless, ...args);

    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(join(work, "kept"))).toBe(false);
  });

  it("believes no results that lie in what is scanned", async () => {
    mkdirSync(join(work, "mine"));
    copyFileSync(samples.harmless, join(work, "mine", "a.pkl"));
    for (const args of [
      ["mine", "--cache-dir", "mine/new/cache"],
      [".", "--cache-dir", "mine"],
      ["mine", "--cache-dir", "mine"],
    ]) {
      const { code, stderr } = await scan(...args, "--cache");
      expect([code, stderr]).toEqual([2, expect.stringContaining("which is being scanned")]);
    }
    expect((await scan("mine/a.pkl", "--cache-dir", "kept", "--cache")).code).toBe(0);
  });

  it("never takes a value for the file that follows", async () => {
    writeFileSync(join(work, "stat"), "");

    expect((await scan("--cache", "stat", "--cache-dir", "kept")).stdout).toContain("1 file:");
  });
});
