import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { loadConfig } from "./load.ts";

let folder: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "weighbridge-test-")));
  mkdirSync(join(folder, "models"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const FAIL = "failOn: unknown\n";

describe("loadConfig", () => {
  it("reads the file in the working folder when there is one", async () => {
    expect(await loadConfig(undefined, ["models"], folder)).toEqual({ config: {} });

    writeFileSync(join(folder, "weighbridge.yaml"), FAIL);
    expect(await loadConfig(undefined, [join(folder, "models")], folder)).toEqual({
      config: { failOn: "unknown" },
    });
  });

  it.each(["the folder", "a link to it", "the file itself"])(
    "does not believe a file that lies in what is scanned: %s",
    async (how) => {
      writeFileSync(join(folder, "weighbridge.yaml"), FAIL);
      symlinkSync(folder, join(folder, "models", "link"));
      const targets = {
        "the folder": folder,
        "a link to it": join(folder, "models", "link"),
        "the file itself": join(folder, "weighbridge.yaml"),
      };
      const { config, note } = await loadConfig(
        undefined,
        ["-", targets[how as keyof typeof targets]],
        folder,
      );

      expect(config).toEqual({});
      expect(note).toMatch(/^weighbridge\.yaml is not used, because it lies in /);
    },
  );

  it("believes a file that the user names, wherever it lies", async () => {
    const path = join(folder, "models", "mine.yaml");
    writeFileSync(path, FAIL);

    expect(await loadConfig(path, [folder], folder)).toEqual({ config: { failOn: "unknown" } });
  });

  it("says what is wrong with a file that the user names", async () => {
    await expect(loadConfig(join(folder, "gone.yaml"), [], folder)).rejects.toThrow(
      /gone\.yaml: there is no such file$/,
    );
    await expect(loadConfig(folder, [], folder)).rejects.toMatchObject({ code: "CONFIG_INVALID" });

    const large = join(folder, "large.yaml");
    writeFileSync(large, `# ${"x".repeat(1024 * 1024)}`);
    await expect(loadConfig(large, [], folder)).rejects.toThrow("larger than a configuration");
  });
});
