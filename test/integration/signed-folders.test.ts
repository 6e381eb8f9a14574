/** What real folders can hold, and their digests. */

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { place, rulesOf, signedModel, weighbridge } from "./signing.ts";

const here = place();
const at = (...names: readonly string[]): string => join(here.home, ...names);

describe("what a folder can hold", () => {
  it("is not signed with a name that is not UTF-8, nor verified", async () => {
    await signedModel(here);
    try {
      writeFileSync(Buffer.concat([Buffer.from(`${here.model}/bad`), Buffer.of(0xff)]), "");
    } catch {
      // File systems of macOS and Windows take no such name.
      return;
    }

    expect(await rulesOf(here)).toEqual([1, [String.raw`oms/bad-path bad\xff`]]);
    const again = await weighbridge(
      "sign",
      "key",
      here.model,
      "--private-key",
      at("me.key"),
      "--signature",
      at("s"),
    );
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("not UTF-8") });
  });

  it("is refused where it has no content of its own", async () => {
    await signedModel(here);
    execFileSync("mkfifo", [join(here.model, "pipe")]);

    expect(await rulesOf(here)).toEqual([1, ["oms/unreadable pipe"]]);
  });

  /** Link, whether signing with and without --allow-symlinks takes it, and the names that are signed. */
  it.each<[string, string, boolean, string[]]>([
    ["to a file", "config.json", true, ["config.json", "l", "sub/weights.bin"]],
    ["to a folder", "sub", true, ["config.json", "l/weights.bin", "sub/weights.bin"]],
    ["to nothing", "none", false, []],
    ["to itself", "l", false, []],
    ["to the model", ".", false, []],
    ["out of the model", "/etc/hostname", false, []],
    ["out of it by steps", "../outside.bin", false, []],
  ])(
    "may be a link %s only where that is allowed and possible",
    async (_, target, allowed, names) => {
      await weighbridge("keygen", at("me"));
      writeFileSync(at("outside.bin"), "x");
      symlinkSync(target, join(here.model, "l"));
      const sign = [
        "sign",
        "key",
        here.model,
        "--private-key",
        at("me.key"),
        "--signature",
        at("s"),
      ];

      expect(await weighbridge(...sign)).toMatchObject({ code: 1 });
      expect((await weighbridge(...sign, "--allow_symlinks")).code).toBe(allowed ? 0 : 1);
      if (allowed) {
        const verify = ["--signature", at("s")];
        expect((await rulesOf(here, ...verify))[0]).toBe(1);
        expect(await rulesOf(here, ...verify, "--allow-symlinks")).toEqual([0, []]);
        const bundle = JSON.parse(readFileSync(at("s"), "utf8")) as {
          dsseEnvelope: { payload: string };
        };
        const statement = JSON.parse(
          Buffer.from(bundle.dsseEnvelope.payload, "base64").toString(),
        ) as {
          predicate: { resources: { name: string }[] };
        };
        expect(statement.predicate.resources.map(({ name }) => name)).toEqual(names);
      }
    },
  );

  it("is links where it is a snapshot of a hub's cache, signed as files", async () => {
    await signedModel(here);
    const repository = at("models--org--bert");
    const snapshot = join(repository, "snapshots", "c".repeat(40));
    mkdirSync(join(snapshot, "sub"), { recursive: true });
    mkdirSync(join(repository, "blobs"));
    for (const [index, path] of ["config.json", "sub/weights.bin"].entries()) {
      const blob = join(repository, "blobs", `${index}`.repeat(40));
      cpSync(join(here.model, path), blob);
      symlinkSync(blob, join(snapshot, path));
    }
    const signature = ["--signature", join(here.model, "model.sig")];
    here.model = snapshot;

    expect((await rulesOf(here, ...signature))[0]).toBe(1);
    expect(await rulesOf(here, ...signature, "--hf-cache")).toEqual([0, []]);
    symlinkSync("/etc/hostname", join(snapshot, "other"));
    expect(await rulesOf(here, ...signature, "--hf-cache")).toEqual([1, ["oms/symlink other"]]);
  });
});

describe("a digest", () => {
  it("is that of the specification's example", async () => {
    const folder = at("multi-file");
    mkdirSync(join(folder, "subdir"), { recursive: true });
    writeFileSync(join(folder, "config.json"), '{"model": "test", "version": "1.0"}');
    writeFileSync(join(folder, "subdir/adapter.bin"), Buffer.alloc(512, 0xcd));
    writeFileSync(join(folder, "weights.bin"), Buffer.alloc(1024, 0xab));

    expect(await weighbridge("digest", folder)).toEqual({
      code: 0,
      stdout: "sha256:f80be2143728d736125937042ab2e36657a156208e98982b99ba13b869c51310\n",
      stderr: "",
    });
  });

  it("of names is another one for the same contents under other names", async () => {
    const digests = async (
      ...names: readonly string[]
    ): Promise<{ sha256: string; dirHash1: string }> => {
      const folder = mkdtempSync(join(here.home, "names-"));
      for (const [index, name] of names.entries()) {
        writeFileSync(join(folder, name), `${index + 1}`);
      }
      const { stdout } = await weighbridge("digest", folder, "--format", "json");
      return (JSON.parse(stdout) as { digests: { sha256: string; dirHash1: string } }).digests;
    };
    const one = await digests("config.json", "weights.bin");
    const other = await digests("chat_template.jinja", "evil.bin");

    expect(one.sha256).toBe(other.sha256);
    expect(one.sha256).toMatch(/^4295f72e.*031a$/);
    expect(one.dirHash1).toMatch(/^f83107c9.*2894$/);
    expect(other.dirHash1).toMatch(/^6a27169b.*c717$/);
  });
});
