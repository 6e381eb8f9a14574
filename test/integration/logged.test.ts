/** What is scanned, signed and verified with `--log` is a history that anybody can walk, with its evidence beside it. */

import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { place, weighbridge } from "./signing.ts";

interface Told {
  readonly index: number;
  readonly linked: boolean;
  readonly entry: {
    readonly type: string;
    readonly subject: Readonly<Record<string, unknown>>;
    readonly result?: Readonly<Record<string, unknown>>;
    readonly evidence?: readonly { readonly sha256: string }[];
  };
}

const current = place();

async function history(log: string): Promise<Told[]> {
  const { stdout } = await weighbridge("history", "bert", "--log", log, "--json");
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Told);
}

describe("--log", () => {
  it("adds what was done, each entry linked to the one before it", async () => {
    const { home, model } = current;
    const [log, key] = [join(home, "log"), join(home, "k")];
    const signature = join(model, "model.sig");
    await weighbridge("log", "init", log, "--origin", "example.org/log");
    await weighbridge("keygen", key);

    const scanned = await weighbridge("scan", model, "--log", log);
    expect(scanned.stderr).toContain(`logged: entry 0 of ${log}`);
    const signing = ["--private-key", `${key}.key`, "--signature", signature, "--log", log];
    expect((await weighbridge("sign", "key", model, ...signing)).code).toBe(0);
    const verifying = ["verify", "key", model, "--public-key", `${key}.pub`, "--log", log];
    expect((await weighbridge(...verifying)).code).toBe(0);
    appendFileSync(join(model, "config.json"), " ");
    expect((await weighbridge(...verifying)).code).toBe(1);

    const told = await history(log);
    expect(told.map(({ entry, linked }) => [entry.type, linked])).toEqual([
      ["verified", true],
      ["verified", true],
      ["signed", true],
      ["scanned", true],
    ]);
    expect(told.map(({ entry }) => entry.result)).toEqual([
      expect.objectContaining({ verified: false, problems: "oms/file-changed" }),
      expect.objectContaining({ verified: true }),
      undefined,
      expect.objectContaining({ verdict: "unknown", files: 2 }),
    ]);
    // A signature that does not hold proves no digest.
    expect(told[0]?.entry.subject).toEqual({ name: "bert" });
    expect(told[1]?.entry.subject).toEqual(told[2]?.entry.subject);
    const kept = told[3]?.entry.evidence?.[0]?.sha256 ?? "";
    const report = JSON.parse(
      readFileSync(join(log, "evidence/sha256", kept.slice(0, 2), kept), "utf8"),
    ) as { schema: string };
    expect(report.schema).toBe("weighbridge.report/v1");
    expect((await weighbridge("log", "audit", log)).code).toBe(0);
  });

  it("adds what verifying by the signature's own way came to", async () => {
    const { home, model } = current;
    const [log, key] = [join(home, "log"), join(home, "k")];
    await weighbridge("log", "init", log, "--origin", "example.org/log");
    await weighbridge("keygen", key);
    const signature = ["--signature", join(model, "model.sig")];
    await weighbridge("sign", "key", model, "--private-key", `${key}.key`, ...signature);
    const { code } = await weighbridge("verify", model, "--key", `${key}.pub`, "--log", log);

    expect(code).toBe(0);
    expect((await history(log)).map(({ entry }) => entry.type)).toEqual(["verified"]);
  });

  it("names a single file by its digest", async () => {
    const { home, model } = current;
    const log = join(home, "log");
    await weighbridge("log", "init", log, "--origin", "example.org/log");
    await weighbridge("scan", join(model, "config.json"), "--log", log);

    const { stdout } = await weighbridge("history", "config.json", "--log", log, "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      entry: {
        subject: { name: "config.json", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
      },
    });
  });

  it("is refused before any work where there is no log", async () => {
    const { home, model } = current;
    const gone = join(home, "gone");
    for (const command of [["scan"], ["sign", "key"], ["verify", "key"]]) {
      const { code, stderr } = await weighbridge(...command, model, "--log", gone);
      expect([command, code]).toEqual([command, 2]);
      expect(stderr).toContain("there is no log");
    }
    expect(existsSync(gone)).toBe(false);
  });
});
