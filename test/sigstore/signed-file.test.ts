// Bundles over the bytes of one file, as others make them, from the command line.
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { run } from "../../src/cli/program.ts";
import { recordingTerminal } from "../builders/terminal.ts";
import { vectors } from "../vectors.ts";

const folder = join(vectors("sigstore-bundles") ?? "", "bundle-verify");
const scratch = mkdtempSync(join(tmpdir(), "weighbridge-file-"));
afterEach(() => void vi.useRealTimers());
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const BEACON =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";

async function verify(subject: string, name: string) {
  const terminal = recordingTerminal();
  const root = join(folder, name, "trusted_root.json");
  const code = await run(
    ["verify", "sigstore", subject, "--identity", BEACON, "--format", "json"].concat(
      ["--identity-provider", "https://token.actions.githubusercontent.com"],
      ["--signature", join(folder, name, "bundle.sigstore.json")],
      existsSync(root) ? ["--trust-config", root] : [],
    ),
    terminal,
  );
  const { findings, files } = JSON.parse(terminal.stdout) as {
    findings: { rule: string }[];
    files: { verified: string[]; bytes: number } | null;
  };
  return { code, rules: findings.map(({ rule }) => rule), files };
}

describe.skipIf(vectors("sigstore-bundles") === undefined)("a bundle over one file", () => {
  it.each(["happy-path-v0.1", "happy-path-v0.2", "happy-path-v0.3", "rekor2-happy-path"])(
    "verifies it (%s)",
    async (name) => {
      expect(await verify(join(folder, "a.txt"), name)).toEqual({
        code: 0,
        rules: [],
        files: expect.objectContaining({ verified: ["a.txt"] }) as object,
      });
    },
  );

  it("says that the trusted root is old, and verifies all the same", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2027-06-01") });
    const { code, rules } = await verify(join(folder, "a.txt"), "happy-path-v0.3");

    expect(code).toBe(0);
    expect(rules).toEqual(["sigstore/old-root"]);
  });

  it("does not verify another one", async () => {
    const changed = join(scratch, "changed.txt");
    writeFileSync(changed, `${readFileSync(join(folder, "a.txt"), "utf8")}.`);
    const { code, rules, files } = await verify(changed, "happy-path-v0.3");

    expect(code).toBe(1);
    expect(rules).toEqual(["sigstore/content"]);
    expect(files?.verified).toEqual([]);
  });

  it("is of no use for a folder", async () => {
    copyFileSync(join(folder, "a.txt"), join(scratch, "a.txt"));
    const { code, rules } = await verify(scratch, "happy-path-v0.3");

    expect(code).toBe(1);
    expect(rules).toEqual(["sigstore/content"]);
  });

  it("has to be signed by its own certificate", async () => {
    const { code } = await verify(join(folder, "a.txt"), "signature-mismatch_fail");
    expect(code).toBe(1);
  });
});
