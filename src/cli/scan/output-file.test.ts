import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openOutputFile } from "./output-file.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-test-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe("openOutputFile", () => {
  it("puts the file in its place when it is finished, and not before", () => {
    const path = join(folder, "report.json");
    writeFileSync(path, "old", { mode: 0o640 });
    const output = openOutputFile(path);
    output.write("new ");
    output.write("é".repeat(100_000));

    expect(readFileSync(path, "utf8")).toBe("old");
    output.finish();
    output.discard();
    expect(readFileSync(path, "utf8")).toBe(`new ${"é".repeat(100_000)}`);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(["report.json"]);
  });

  it("leaves nothing behind when it is given up", () => {
    const output = openOutputFile(join(folder, "report.json"));
    output.write("half");
    output.discard();

    expect(readdirSync(folder)).toEqual([]);
  });

  it("follows a link to the file that it stands for", () => {
    writeFileSync(join(folder, "real"), "old");
    symlinkSync("real", join(folder, "link"));
    const output = openOutputFile(join(folder, "link"));
    output.write("new");
    output.finish();

    expect(readFileSync(join(folder, "real"), "utf8")).toBe("new");
  });

  it.skipIf(process.platform === "win32")("writes to a device and never replaces it", () => {
    const output = openOutputFile("/dev/null");
    output.write("gone");
    output.finish();
    output.discard();

    expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  it.skipIf(!existsSync("/dev/full"))("says that the disk is full", () => {
    const output = openOutputFile("/dev/full");
    output.write("x");

    expect(() => output.finish()).toThrow(
      expect.objectContaining({
        code: "OUTPUT_FAILED",
        message: "cannot write /dev/full: the disk is full",
      }),
    );
    output.discard();
  });

  it("says before the scan that a place cannot be written to", () => {
    mkdirSync(join(folder, "dir"));

    expect(() => openOutputFile(join(folder, "dir"))).toThrow(
      /cannot write .*dir: it is a folder$/,
    );
    expect(() => openOutputFile(join(folder, "no", "x"))).toThrow(/: its folder does not exist$/);
  });
});
