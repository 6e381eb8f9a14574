/**
 * Keyless signatures that this program makes, as other people's programs take them: `sigstore` from PyPI verifies the
 * bundles, and `model-signing`, the reference, the model with them. Against an instance on loopback, both versions of
 * the log, and the reference's signatures here. WEIGHBRIDGE_PYTHON names a Python that has both; what it lacks is skipped.
 */

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { run } from "../../src/cli/program.ts";
import { recordingTerminal } from "../builders/terminal.ts";
import { trustConfigOf } from "../sigstore/instance.ts";
import { startProvider } from "../sigstore/provider.ts";
import { startServers } from "../sigstore/servers.ts";
import { ISSUER, MAIL, makeToken } from "../sigstore/token.ts";

const PYTHON = process.env["WEIGHBRIDGE_PYTHON"] ?? "python3";
const PROGRAM = fileURLToPath(new URL("keyless.py", import.meta.url));
const SKIPPED = 77;

interface Signed {
  readonly path: string;
  readonly trust: string;
  /** SHA-256 of the payload. */
  readonly payload: string;
}

async function signModel(folder: string, version: 1 | 2, config: object): Promise<Signed> {
  const trust = join(folder, `trust${version}.json`);
  const path = join(folder, `model${version}.sig`);
  writeFileSync(trust, JSON.stringify(config));
  process.env["SIGSTORE_ID_TOKEN"] = makeToken();
  const terminal = recordingTerminal();
  const args = ["sign", "sigstore", join(folder, "model"), "--signature", path];
  const code = await run([...args, "--trust-config", trust], terminal);
  if (code !== 0) {
    throw new Error(terminal.stderr);
  }
  const { dsseEnvelope } = JSON.parse(readFileSync(path, "utf8")) as {
    dsseEnvelope: { payload: string };
  };
  const bytes = Buffer.from(dsseEnvelope.payload, "base64");
  return { path, trust, payload: createHash("sha256").update(bytes).digest("hex") };
}

/** Counts what differs. */
function askSigstore(signed: readonly Signed[]): number {
  const [{ trust } = { trust: "" }] = signed;
  const paths = signed.map(({ path }) => path);
  const ask = (identity: string): readonly { payload?: string; error?: string }[] => {
    const args = [PROGRAM, trust, identity, ISSUER, ...paths];
    const { stdout, stderr } = spawnSync(PYTHON, args, { encoding: "utf8" });
    if (stdout === "") {
      throw new Error(stderr);
    }
    return JSON.parse(stdout) as { payload?: string; error?: string }[];
  };
  let differing = 0;
  for (const [index, { payload, error }] of ask(MAIL).entries()) {
    const agrees = payload === signed[index]?.payload;
    differing += agrees ? 0 : 1;
    console.log(`sigstore, version ${index + 1} of the log: ${agrees ? "verified" : error}`);
  }
  const strangers = ask(`x${MAIL}`).filter(({ error }) => error === undefined).length;
  console.log(`sigstore, another identity: ${strangers} of ${signed.length} verified`);
  return differing + strangers;
}

/** The reference reads the signature and the model. */
function askReference(folder: string, signed: readonly Signed[]): number {
  let differing = 0;
  for (const { path, trust } of signed) {
    const { status, stderr } = spawnSync(
      PYTHON,
      ["-m", "model_signing", "verify", "sigstore", join(folder, "model")].concat(
        ["--signature", path, "--trust_config", trust],
        ["--identity", MAIL, "--identity_provider", ISSUER],
      ),
      { encoding: "utf8" },
    );
    differing += status === 0 ? 0 : 1;
    console.log(`model_signing: ${status === 0 ? "verified" : stderr.trim()}`);
  }
  return differing;
}

/** The reference signs, and this program verifies. */
async function verifyReference(folder: string, signed: readonly Signed[]): Promise<number> {
  let differing = 0;
  for (const [index, { trust }] of signed.entries()) {
    const path = join(folder, `reference${index + 1}.sig`);
    const { status, stderr } = await ended(
      ["-m", "model_signing", "sign", "sigstore", join(folder, "model")].concat(
        ["--signature", path, "--trust_config", trust],
        ["--identity_token", makeToken()],
      ),
    );
    const terminal = recordingTerminal();
    const names = ["--identity", MAIL, "--identity-provider", ISSUER, "--trust-config", trust];
    const args = ["verify", "sigstore", join(folder, "model"), "--signature", path, ...names];
    const code = status === 0 ? await run(args, terminal) : 1;
    differing += code;
    const outcome = code === 0 ? "verified" : `${stderr}${terminal.stdout}${terminal.stderr}`;
    console.log(`signed by model_signing, version ${index + 1}: ${outcome}`);
  }
  return differing;
}

/** A program that talks to the servers of this one, which have to run meanwhile. */
async function ended(args: readonly string[]): Promise<{ status: number; stderr: string }> {
  const child = spawn(PYTHON, args, { stdio: ["ignore", "ignore", "pipe"] });
  const closed = once(child, "close") as Promise<[number | null]>;
  const stderr = Buffer.concat(await child.stderr.toArray()).toString();
  const [code] = await closed;
  return { status: code ?? 1, stderr };
}

function has(module: string): boolean {
  return spawnSync(PYTHON, ["-c", `import ${module}`]).status === 0;
}

async function main(): Promise<number> {
  if (!has("sigstore")) {
    console.log("sigstore is not installed (pip install sigstore model-signing)");
    return SKIPPED;
  }
  const folder = mkdtempSync(join(tmpdir(), "weighbridge-keyless-"));
  const servers = await startServers();
  // The reference wants to know where it could log in, even with a token.
  const provider = await startProvider();
  try {
    mkdirSync(join(folder, "model"));
    writeFileSync(join(folder, "model/weights.bin"), "weights");
    writeFileSync(join(folder, "model/config.json"), "{}");
    const signed: Signed[] = [];
    for (const version of [1, 2] as const) {
      signed.push(
        await signModel(
          folder,
          version,
          trustConfigOf(servers.instance, version, provider.url) as object,
        ),
      );
    }
    const differing = askSigstore(signed);
    const hasReference = has("model_signing");
    const more = hasReference ? askReference(folder, signed) : 0;
    const back = hasReference ? await verifyReference(folder, signed) : 0;
    return differing + more + back === 0 ? 0 : 1;
  } finally {
    provider.close();
    await servers.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
