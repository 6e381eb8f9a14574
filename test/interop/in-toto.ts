/**
 * Claims of ours in other people's programs: in-toto's Python packages read and verify every type, and cosign verifies
 * the claim about a single file against the file itself. Skipped where neither is there; WEIGHBRIDGE_PYTHON names a
 * Python, WEIGHBRIDGE_INSTALL=1 installs the packages for this run, WEIGHBRIDGE_COSIGN names a cosign.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SKIPPED = 77;
const PROGRAM = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const SCRIPT = fileURLToPath(new URL("in-toto.py", import.meta.url));
const PACKAGES = ["in-toto-attestation", "securesystemslib", "cryptography"];
const TEMPLATES = ["training", "merge", "vsa", "scai", "test-result", "vulns", "cyclonedx", "spdx"];
const TRAINED = ["--param", "lr=0.001", "--command", "python train.py", "--commit", "a".repeat(40)];

interface Ran {
  readonly code: number | null;
  readonly text: string;
}

const folder = mkdtempSync(join(tmpdir(), "weighbridge-in-toto-"));

function run(command: string, args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", cwd: folder });
  return { code: status, text: `${stdout ?? ""}${stderr ?? ""}` };
}

/** Throws where our own side fails: there is nothing to compare then. */
function ours(...args: readonly string[]): string {
  const { code, text } = run(process.execPath, [PROGRAM, ...args]);
  if (code !== 0) {
    throw new Error(`weighbridge ${args.join(" ")}: ${text}`);
  }
  return text;
}

function findPython(): string | undefined {
  const named = process.env["WEIGHBRIDGE_PYTHON"] ?? "python3";
  const code = "import in_toto_attestation, securesystemslib, cryptography";
  const has = (python: string): boolean => run(python, ["-c", code]).code === 0;
  if (has(named)) {
    return named;
  }
  if (process.env["WEIGHBRIDGE_INSTALL"] === undefined) {
    return undefined;
  }
  const python = join(folder, "venv", "bin", "python");
  run(named, ["-m", "venv", "venv"]);
  run(python, ["-m", "pip", "install", "--quiet", ...PACKAGES]);
  return has(python) ? python : undefined;
}

/** One claim of each type, about a model that is one file. */
function writeClaims(): number {
  mkdirSync(join(folder, "model"));
  writeFileSync(join(folder, "model/weights.bin"), "weights");
  ours("keygen", "me");
  const sign = ["--private-key", "me.key"];
  ours("attest", "training", "model/weights.bin", ...TRAINED, ...sign);
  ours("attest", "deployment", "model/weights.bin", "--environment", "production", ...sign);
  for (const name of TEMPLATES) {
    writeFileSync(join(folder, "predicate.json"), ours("attest", "template", name));
    ours("attest", name, "model/weights.bin", "--predicate", "predicate.json", ...sign);
  }
  return TEMPLATES.length + 2;
}

function checkPython(python: string, claims: number): boolean {
  const { code, text } = run(python, [SCRIPT, "model/claims.jsonl", "me.pub"]);
  const lines = text.trim().split("\n");
  const read = lines.filter((line) => line.startsWith("read ")).length;
  console.log(
    `in-toto-attestation, securesystemslib: ${lines.length} claims, ${read} predicates read`,
  );
  if (code !== 0 || lines.length !== claims || read < 5) {
    console.log(text);
    return false;
  }
  return true;
}

/** Its own trusted root is somewhere on the web; the one that ships does as well, since no log is asked. */
function writeTrustedRoot(): void {
  const shipped = new URL("../../assets/sigstore/public-good.json", import.meta.url);
  const { trustedRoot } = JSON.parse(readFileSync(shipped, "utf8")) as { trustedRoot: object };
  writeFileSync(join(folder, "root.json"), JSON.stringify(trustedRoot));
}

function checkCosign(cosign: string): boolean {
  const [first = ""] = readFileSync(join(folder, "model/claims.jsonl"), "utf8").split("\n");
  writeFileSync(join(folder, "bundle.json"), first);
  writeTrustedRoot();
  const options =
    "--key me.pub --bundle bundle.json --new-bundle-format --insecure-ignore-tlog --trusted-root root.json --type slsaprovenance1";
  const args = ["verify-blob-attestation", ...options.split(" ")];
  const good = run(cosign, [...args, "model/weights.bin"]);
  writeFileSync(join(folder, "other.bin"), "other");
  const bad = run(cosign, [...args, "other.bin"]);
  const words = [good, bad].map(({ code }) => (code === 0 ? "verified" : "refused"));
  console.log(`cosign: our claim ${words[0]}, about other bytes ${words[1]}`);
  const isRead = readsCosign(cosign);
  console.log(`cosign: its claim ${isRead ? "verified" : "REFUSED"} here`);
  if (good.code !== 0 || bad.code === 0) {
    console.log(good.text);
  }
  return good.code === 0 && bad.code !== 0 && isRead;
}

/** The other way round: what cosign claims with the same key. */
function readsCosign(cosign: string): boolean {
  process.env["COSIGN_PASSWORD"] = "";
  writeFileSync(join(folder, "result.json"), ours("attest", "template", "test-result"));
  run(cosign, "import-key-pair --key me.key --yes --output-key-prefix imported".split(" "));
  const options =
    "--key imported.key --predicate result.json --type https://in-toto.io/attestation/test-result/v0.1 " +
    "--bundle theirs.json --new-bundle-format --tlog-upload=false --use-signing-config=false --yes model/weights.bin";
  const { code, text } = run(cosign, ["attest-blob", ...options.split(" ")]);
  if (code !== 0) {
    console.log(text);
    return false;
  }
  rmSync(join(folder, "model/claims.jsonl"));
  const verified = ours(
    "attest",
    "verify",
    "model/weights.bin",
    "--key",
    "me.pub",
    "--claims",
    "theirs.json",
    "--type",
    "test-result",
  );
  return verified.includes("test-result");
}

function main(): number {
  const python = findPython();
  const cosign = process.env["WEIGHBRIDGE_COSIGN"] ?? "cosign";
  const hasCosign = run(cosign, ["version"]).code === 0;
  if (python === undefined && !hasCosign) {
    console.log("neither in-toto-attestation nor cosign is installed");
    return SKIPPED;
  }
  const claims = writeClaims();
  for (const name of [
    ...(python === undefined ? ["in-toto-attestation"] : []),
    ...(hasCosign ? [] : ["cosign"]),
  ]) {
    console.log(`${name}: not installed`);
  }
  const fits = [
    python === undefined || checkPython(python, claims),
    !hasCosign || checkCosign(cosign),
  ];
  return fits.every(Boolean) ? 0 : 1;
}

try {
  process.exitCode = main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
