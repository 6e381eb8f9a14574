/** Trust policies about keyless signers, against an instance on loopback: by the program, from signing to the decision. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { run } from "../../src/cli/program.ts";
import { recordingTerminal } from "../builders/terminal.ts";
import { trustConfigOf } from "./instance.ts";
import { startServers } from "./servers.ts";
import type { Servers } from "./servers.ts";
import { ISSUER, MAIL, makeToken } from "./token.ts";

let servers: Servers;
let folder: string;
const before = process.env["SIGSTORE_ID_TOKEN"];

beforeAll(async () => {
  servers = await startServers();
});
afterAll(async () => await servers.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-trust-"));
  mkdirSync(join(folder, "model"));
  writeFileSync(join(folder, "model", "weights.bin"), "weights");
  const config = JSON.stringify(trustConfigOf(servers.instance, 2));
  writeFileSync(join(folder, "instance.json"), config);
  process.env["SIGSTORE_ID_TOKEN"] = makeToken();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  if (before === undefined) delete process.env["SIGSTORE_ID_TOKEN"];
  else process.env["SIGSTORE_ID_TOKEN"] = before;
});

const at = (name: string): string => join(folder, name);

async function weighbridge(...args: readonly string[]) {
  const terminal = recordingTerminal();
  const code = await run(args, terminal);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

async function sign(): Promise<void> {
  const options = ["--signature", at("model/model.sig"), "--trust-config", at("instance.json")];
  expect(await weighbridge("sign", "sigstore", at("model"), ...options)).toMatchObject({ code: 0 });
}

interface Asked {
  readonly issuer?: string;
  readonly identity?: string;
  readonly sigstore?: string;
  readonly require?: string;
}

/** The decision, and the rule that decided. */
async function ask({
  issuer = ISSUER,
  identity = MAIL,
  sigstore = "instance.json",
  require = "signature: release",
}: Asked): Promise<readonly [string, string]> {
  const policy = `apiVersion: weighbridge.trust/v1
version: 1
expires: 2099-01-01
trustRoots: { instance: { sigstore: ${sigstore} } }
authorities:
  - { name: release, keyless: { root: instance, issuer: "${issuer}", identity: "${identity}" } }
rules:
  - { match: "file:**", require: { ${require} } }
`;
  writeFileSync(at("trust.yaml"), policy);
  const options = ["--policy", at("trust.yaml"), "--memory", at("memory.json"), "--format", "json"];
  const { stdout, stderr } = await weighbridge("verify", at("model"), ...options);
  expect(stderr).toBe("");
  const { decision, decidedBy } = JSON.parse(stdout) as {
    decision: string;
    decidedBy: { rule: string };
  };
  return [decision, decidedBy.rule];
}

describe("a policy about keyless signers", () => {
  it("allows the identity, by the word of its provider, with the proofs that the bundle brings", async () => {
    await sign();

    expect(await ask({})).toEqual(["allow", "trust/fulfilled"]);
    expect(await ask({ require: "signature: release, log: true, timestamp: true" })).toEqual([
      "allow",
      "trust/fulfilled",
    ]);
  });

  it("denies everybody else", async () => {
    await sign();

    expect(await ask({ identity: `x${MAIL}` })).toEqual(["deny", "trust/identity-mismatch"]);
    expect(await ask({ identity: MAIL.replace("acme", "acm\u0435") })).toEqual([
      "deny",
      "trust/look-alike",
    ]);
    expect(await ask({ issuer: "https://other.example" })).toEqual([
      "deny",
      "trust/issuer-mismatch",
    ]);
    expect(await ask({ sigstore: "embedded" })).toEqual(["deny", "trust/threshold"]);
  });

  it("denies files that are not what was signed", async () => {
    await sign();
    writeFileSync(at("model/weights.bin"), "weighed");

    expect(await ask({})).toEqual(["deny", "trust/tampered"]);
  });
});
