/** What need not be read again: --cache and --incremental, and the scan before signing. */

import { statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { pickle } from "../builders/pickle.ts";
import { place, rulesOf, signedModel, weighbridge } from "./signing.ts";

const here = place();
const at = (...names: readonly string[]): string => join(here.home, ...names);

/** The clock of who keeps digests, so that files count as older than a moment. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
  return () => void vi.useRealTimers();
});

function cached(...options: readonly string[]): string[] {
  return ["--cache-dir", at("cache"), ...options];
}

async function sign(...options: readonly string[]) {
  const { code, stdout, stderr } = await weighbridge(
    "sign",
    "key",
    here.model,
    "--private-key",
    at("me.key"),
    "--signature",
    join(here.model, "model.sig"),
    ...options,
  );
  const lines = Array.from(stdout.matchAll(/not read again: (.*)/g), (match) => match[1]);
  return { code, stderr, lines };
}

describe("an earlier signature", () => {
  it("spares reading what did not change since", async () => {
    await signedModel(here, ...cached("--cache"));
    writeFileSync(join(here.model, "README.md"), "new");
    writeFileSync(join(here.model, "config.json"), "{ }");
    const again = await sign(...cached("--incremental", join(here.model, "model.sig")));

    expect(again).toEqual({ code: 0, stderr: expect.any(String), lines: ["sub/weights.bin"] });
    expect(await rulesOf(here)).toEqual([0, []]);
  });

  it("spares nothing where nothing is known of the files", async () => {
    await signedModel(here);

    expect((await sign(...cached("--incremental", join(here.model, "model.sig")))).lines).toEqual(
      [],
    );
  });

  it("has to be by the key that signs now, and over the same digests", async () => {
    await signedModel(here, ...cached("--cache"));
    await weighbridge("keygen", at("other"), "--no-password");
    const other = await weighbridge(
      "sign",
      "key",
      here.model,
      "--private-key",
      at("other.key"),
      ...cached("--incremental", join(here.model, "model.sig")),
    );

    expect(other).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("is nothing to build upon"),
    });
  });
});

describe("a verification with --cache", () => {
  it("says what was not read, and finds what changed", async () => {
    await signedModel(here);
    const path = join(here.model, "sub", "weights.bin");

    expect(await rulesOf(here, ...cached("--cache"))).toEqual([0, []]);
    expect(await rulesOf(here, ...cached("--cache"))).toEqual([0, ["oms/cached-digests"]]);
    const { atime, mtime } = statSync(path);
    writeFileSync(path, "4321");
    // Times of content can be set back, those of status cannot.
    utimesSync(path, atime, mtime);
    expect(await rulesOf(here, ...cached("--cache"))).toEqual([
      1,
      ["oms/file-changed sub/weights.bin", "oms/cached-digests"],
    ]);
  });

  it("is not to be had with --strict, nor with a folder in the model", async () => {
    await signedModel(here);
    const verify = ["verify", here.model, "--key", at("me.pub"), "--cache"];

    expect(await weighbridge(...verify, "--strict")).toMatchObject({ code: 2 });
    expect(await weighbridge(...verify, "--cache-dir", here.model)).toMatchObject({ code: 2 });
  });
});

describe("a model that harms", () => {
  beforeEach(async () => {
    await weighbridge("keygen", at("me"), "--no-password");
    const bytes = pickle().proto(2).call("os", "system", "touch wb_canary").op("STOP").bytes();
    writeFileSync(join(here.model, "model.pkl"), bytes);
  });

  it("is not signed, also where its digests are known", async () => {
    for (let round = 0; round < 2; round += 1) {
      const refused = await sign(...cached("--cache"));

      expect(refused).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("pickle/dangerous-call"),
      });
    }
  });

  it("is signed where its signer insists, or does not look", async () => {
    expect(await sign("--sign-anyway")).toMatchObject({ code: 0 });
    expect(await sign("--no-scan", ...cached("--cache"))).toMatchObject({ code: 0 });
    expect(await sign(...cached("--cache"))).toMatchObject({ code: 1 });
  });
});

describe("a verification with --scan", () => {
  it("reads once for both, and fails for either", async () => {
    await signedModel(here);
    expect(await rulesOf(here, "--scan")).toEqual([0, []]);
    const bytes = pickle().proto(2).call("os", "system", "touch wb_canary").op("STOP").bytes();
    writeFileSync(join(here.model, "extra.pkl"), bytes);
    const verify = ["verify", here.model, "--key", at("me.pub"), "--ignore-unsigned-files"];
    const told = await weighbridge(...verify, "--scan");

    expect(await weighbridge(...verify)).toMatchObject({ code: 0 });
    expect(told.code).toBe(1);
    expect(told.stdout).toMatch(/^verified /);
    expect(told.stdout).toContain("pickle/dangerous-call");
    expect(told.stdout).toMatch(/scan: .*1 malicious\n$/);
    expect((await weighbridge(...verify, "--scan", "--cache")).code).toBe(2);
    expect((await rulesOf(here, "--scan"))[0]).toBe(1);
  });
});
