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

function load(targets: readonly string[], options: { named?: string; trust?: boolean } = {}) {
  const { named, trust = false } = options;
  return loadConfig({ named, trust, targets }, folder);
}

function write(...path: string[]): string {
  const file = join(folder, ...path);
  writeFileSync(file, FAIL);
  return file;
}

describe("loadConfig", () => {
  it("reads the file in the working folder when there is one", async () => {
    expect(await load(["models"])).toEqual({ config: {}, found: [] });

    write("weighbridge.yaml");
    expect(await load([join(folder, "models")])).toEqual({
      config: { failOn: "unknown" },
      found: [],
    });
  });

  it.each(["the folder", "a link to it", "the file itself", "a file beside it"])(
    "does not believe a file that comes with what is scanned: %s",
    async (how) => {
      write("weighbridge.yaml");
      write("model.pkl");
      symlinkSync(folder, join(folder, "models", "link"));
      const targets = {
        "the folder": folder,
        "a link to it": join(folder, "models", "link"),
        "the file itself": join(folder, "weighbridge.yaml"),
        "a file beside it": join(folder, "model.pkl"),
      };
      const subject = targets[how as keyof typeof targets];
      const { config, note, found } = await load(["-", subject]);

      expect(config).toEqual({});
      expect(note).toMatch(/^weighbridge\.yaml is not used, because it lies (in|beside) /);
      expect(found).toEqual([{ subject, path: "weighbridge.yaml", used: false }]);
    },
  );

  it("finds one in a target where the user does not stand, and one deeper in it where he does", async () => {
    write("models", "weighbridge.yaml");
    const models = join(folder, "models");

    expect(await load([models])).toMatchObject({
      config: {},
      found: [{ subject: models, path: "weighbridge.yaml", used: false }],
    });
    const inner = await loadConfig({ named: undefined, trust: false, targets: [folder] }, models);
    expect(inner).toMatchObject({
      config: {},
      found: [{ subject: folder, path: "models/weighbridge.yaml", used: false }],
    });
  });

  it("believes it with --trust-config, and says that it did", async () => {
    write("models", "weighbridge.yaml");
    const models = join(folder, "models");

    expect(await load([models], { trust: true })).toEqual({
      config: { failOn: "unknown" },
      found: [{ subject: models, path: "weighbridge.yaml", used: true }],
    });
  });

  it("does not choose between several", async () => {
    write("models", "weighbridge.yaml");
    write("weighbridge.yaml");
    const models = join(folder, "models");

    expect((await load([models])).config).toEqual({ failOn: "unknown" });
    await expect(load([models], { trust: true })).rejects.toMatchObject({
      code: "USAGE",
      message: "--trust-config finds 2 configurations",
    });
  });

  it("believes a file that the user names, wherever it lies", async () => {
    const named = write("models", "mine.yaml");

    expect(await load([folder], { named })).toEqual({
      config: { failOn: "unknown" },
      found: [{ subject: folder, path: "models/mine.yaml", used: true }],
    });
  });

  it("says what is wrong with a file that the user names", async () => {
    await expect(load([], { named: join(folder, "gone.yaml") })).rejects.toThrow(
      /gone\.yaml: there is no such file$/,
    );
    await expect(load([], { named: folder })).rejects.toMatchObject({ code: "CONFIG_INVALID" });

    const large = join(folder, "large.yaml");
    writeFileSync(large, `# ${"x".repeat(1024 * 1024)}`);
    await expect(load([], { named: large })).rejects.toThrow("larger than a configuration");
  });
});
