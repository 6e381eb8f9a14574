/** `scan --verify`: a scan and a verification in one read, from the scan's side. */

import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { hostile } from "../builders/pytorch.ts";
import { place, weighbridge } from "./signing.ts";

const current = place();

/** Signs the model and gives the public key's place. */
async function signed(): Promise<string> {
  const { home, model } = current;
  const key = join(home, "k");
  await weighbridge("keygen", key);
  const signature = join(model, "model.sig");
  const options = ["--private-key", `${key}.key`, "--signature", signature, "--no-scan"];
  expect((await weighbridge("sign", "key", model, ...options)).code).toBe(0);
  return `${key}.pub`;
}

describe("scan --verify", () => {
  it("says who signed and what the files do", async () => {
    const key = await signed();
    const { code, stdout } = await weighbridge("scan", current.model, "--verify", key);

    expect(code).toBe(0);
    expect(stdout).toContain("verified ");
    expect(stdout).toMatch(/scan: 0 clean, \d unknown/);
  });

  it("fails for a file that changed, and for one that is signed and hostile", async () => {
    const { model } = current;
    writeFileSync(join(model, "hostile.pkl"), hostile());
    const key = await signed();
    const first = await weighbridge("scan", model, "--verify", key);
    expect([first.code, first.stdout]).toEqual([1, expect.stringContaining("malicious")]);

    appendFileSync(join(model, "config.json"), " ");
    const { stdout } = await weighbridge("scan", model, "--verify", key);
    expect(stdout).toContain("oms/file-changed");
  });

  it("takes roots for certificates, and no option that verifying does not have", async () => {
    const { home, model } = current;
    const key = await signed();
    await weighbridge("ca", "init", join(home, "ca"), "--name", "Root");
    const roots = await weighbridge("scan", model, "--verify", join(home, "ca", "ca.pem"));
    expect([roots.code, roots.stdout]).toEqual([1, expect.stringContaining("oms/method-mismatch")]);

    for (const option of ["--quick", "--cache", "--trace"]) {
      const { code, stderr } = await weighbridge("scan", model, "--verify", key, option);
      expect([code, stderr]).toEqual([2, expect.stringContaining(`${option} exclude each other`)]);
    }
  });
});
