/**
 * The newest `model-signing` of PyPI against ours, both ways: keys on three curves and certificates, models of 1 to
 * 2,000 files, names with blanks, colons, Unicode. Skipped where it is not installed; WEIGHBRIDGE_PYTHON names a
 * Python that has it, and `--install` puts it into a temporary folder of its own.
 */

import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const SKIPPED = 77;
const PROGRAM = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const LIBRARY = fileURLToPath(new URL("model-signing.py", import.meta.url));
const CURVES = ["prime256v1", "secp384r1", "secp521r1"];
const PACKAGES = ["model-signing", "pyopenssl"];

interface Ran {
  readonly code: number | null;
  readonly text: string;
}

function run(command: string, args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  return { code: status, text: `${stdout}${stderr}` };
}

function ours(...args: readonly string[]): Ran {
  return run(process.execPath, [PROGRAM, ...args]);
}

/** A Python that can import it. */
function findPython(folder: string): string | undefined {
  const named = process.env["WEIGHBRIDGE_PYTHON"] ?? "python3";
  const has = (python: string): boolean => run(python, ["-c", "import model_signing"]).code === 0;
  if (has(named)) {
    return named;
  }
  if (!process.argv.includes("--install") && process.env["WEIGHBRIDGE_INSTALL"] === undefined) {
    console.log("model-signing is not installed; WEIGHBRIDGE_INSTALL=1 installs it for this run");
    return undefined;
  }
  const venv = join(folder, "venv");
  const python = join(venv, "bin", "python");
  run(named, ["-m", "venv", venv]);
  const { code, text } = run(python, ["-m", "pip", "install", "--quiet", ...PACKAGES]);
  if (code !== 0) {
    console.log(text.trim().split("\n").at(-1));
  }
  return has(python) ? python : undefined;
}

const MODELS: Readonly<Record<string, readonly string[]>> = {
  one: ["model.bin"],
  odd: [
    "a b.bin",
    "a-b.bin",
    "a/b.bin",
    "a:b:1:2.bin",
    "--flag",
    "'quoted' \"twice\".txt",
    "back\\slash",
    "line\nfeed",
    "\u6a21\u578b.bin",
    "\u00e9.bin",
    "e\u0301.bin",
    "\u{1f600}/\uffee.bin",
    ".hidden/.file",
    "A.bin",
    "a.bin",
  ],
  many: Array.from({ length: 2000 }, (_, index) => `shard-${index % 40}/part ${index}.bin`),
};

function writeModel(folder: string, paths: readonly string[]): string {
  for (const [index, path] of paths.entries()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), `content ${index} of ${path}\n`);
  }
  return folder;
}

/** One way of signing: what each side is called with. */
interface Way {
  readonly name: string;
  readonly sign: readonly string[];
  readonly verify: readonly string[];
  readonly wrong: readonly string[];
  readonly method: string;
}

function keyWay(folder: string, namedCurve: string): Way {
  const file = (name: string): string => join(folder, `${namedCurve}-${name}`);
  for (const name of ["right", "wrong"]) {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve });
    writeFileSync(file(`${name}.key`), privateKey.export({ type: "pkcs8", format: "pem" }));
    writeFileSync(file(`${name}.pub`), publicKey.export({ type: "spki", format: "pem" }));
  }
  return {
    name: `key ${namedCurve}`,
    method: "key",
    sign: ["--private_key", file("right.key")],
    verify: ["--public_key", file("right.pub")],
    wrong: ["--public_key", file("wrong.pub")],
  };
}

/** Root, intermediate and signer, made by openssl. */
function certificateWay(folder: string): Way | undefined {
  const at = (name: string): string => join(folder, name);
  const extensions = at("extensions.cnf");
  writeFileSync(
    extensions,
    "[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n[leaf]\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n",
  );
  const issuers = { root: undefined, stranger: undefined, middle: "root", leaf: "middle" };
  for (const [name, issuer] of Object.entries(issuers)) {
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384", "-nodes"];
    const request = ["req", "-new", ...key, "-keyout", at(`${name}.key`), "-subj", `/CN=${name}`];
    const made = run("openssl", [...request, "-out", at(`${name}.csr`)]);
    const signer =
      issuer === undefined
        ? ["-signkey", at(`${name}.key`)]
        : ["-CA", at(`${issuer}.pem`), "-CAkey", at(`${issuer}.key`), "-CAcreateserial"];
    const section = name === "leaf" ? "leaf" : "ca";
    const request509 = ["x509", "-req", "-in", at(`${name}.csr`), "-days", "30"];
    const purpose = ["-extfile", extensions, "-extensions", section, "-out", at(`${name}.pem`)];
    const issued = run("openssl", [...request509, ...purpose, ...signer]);
    if (made.code !== 0 || issued.code !== 0) {
      return undefined;
    }
  }
  return {
    name: "certificate",
    method: "certificate",
    sign: [
      "--private_key",
      at("leaf.key"),
      "--signing_certificate",
      at("leaf.pem"),
      "--certificate_chain",
      at("middle.pem"),
    ],
    verify: ["--certificate_chain", at("root.pem")],
    wrong: ["--certificate_chain", at("stranger.pem")],
  };
}

function main(): number {
  const folder = mkdtempSync(join(tmpdir(), "weighbridge-interop-"));
  const failures: string[] = [];
  let checks = 0;
  const expect = (what: string, { code, text }: Ran, wanted: boolean): void => {
    checks += 1;
    if ((code === 0) !== wanted) {
      failures.push(`${what}: ${text.trim().split("\n").at(-1) ?? ""}`);
    }
  };
  try {
    const python = findPython(folder);
    if (python === undefined) {
      return SKIPPED;
    }
    const theirs = (...args: readonly string[]): Ran =>
      run(python, ["-m", "model_signing", ...args]);
    const certificate = certificateWay(folder);
    const ways = CURVES.map((curve) => keyWay(folder, curve));
    if (certificate === undefined) {
      console.log("without certificates: openssl is not there");
    } else {
      ways.push(certificate);
    }
    for (const [name, paths] of Object.entries(MODELS)) {
      const model = writeModel(join(folder, name), paths);
      const theirDigest = /sha256:[0-9a-f]{64}/.exec(theirs("digest", model).text)?.[0];
      const ourDigest = ours("digest", model).text.trim();
      // Releases up to 1.1.1 sort by folders, and have no command for it.
      if (theirDigest !== undefined && theirDigest !== ourDigest) {
        console.log(`note: ${name} has another digest there: its order is another one`);
      }
      for (const { name: way, method, sign, verify, wrong } of ways) {
        const what = `${name}, ${way}`;
        const [by, of] = [join(folder, `${name}-ours.sig`), join(folder, `${name}-theirs.sig`)];
        expect(`${what}: we sign`, ours("sign", method, model, "--signature", by, ...sign), true);
        const read = ["verify", method, model, "--signature"];
        expect(`${what}: they verify ours`, theirs(...read, by, ...verify), true);
        expect(`${what}: we verify ours`, ours(...read, by, ...verify), true);
        expect(
          `${what}: they sign`,
          theirs("sign", method, model, "--signature", of, ...sign),
          true,
        );
        expect(`${what}: we verify theirs`, ours(...read, of, ...verify), true);
        expect(`${what}: we refuse theirs by others`, ours(...read, of, ...wrong), false);
        expect(`${what}: they refuse ours by others`, theirs(...read, by, ...wrong), false);
        const added = join(model, "added later.bin");
        writeFileSync(added, "x");
        expect(`${what}: they refuse an added file`, theirs(...read, by, ...verify), false);
        expect(`${what}: we refuse an added file`, ours(...read, of, ...verify), false);
        expect(
          `${what}: we let it pass where that is asked for`,
          ours(...read, of, ...verify, "--ignore_unsigned_files"),
          true,
        );
        rmSync(added);
      }
    }
    single(folder, ways, { theirs, expect });
    otherDigests(folder, python, expect);
    for (const failure of failures) {
      console.log(failure);
    }
    console.log(`${checks} checks, ${failures.length} differ`);
    return failures.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Methods and digests that their library writes, and their own program does not always read. */
function otherDigests(folder: string, python: string, expect: Sides["expect"]): void {
  const model = writeModel(join(folder, "digests"), ["longer than a shard.bin", "a/b:c:1:2.bin"]);
  writeFileSync(join(model, "empty"), "");
  const key = join(folder, `${CURVES[0] ?? ""}-right`);
  for (const method of ["files", "shards"]) {
    for (const algorithm of ["sha256", "blake2", "blake3"]) {
      const what = `${method} by ${algorithm}`;
      const signature = join(folder, `${method}-${algorithm}.sig`);
      const made = run(python, [LIBRARY, model, `${key}.key`, signature, method, algorithm]);
      const verify = ["verify", "key", model, "--signature", signature];
      expect(`${what}: they sign`, made, true);
      expect(`${what}: we verify`, ours(...verify, "--public-key", `${key}.pub`), true);
      const added = join(model, "added.bin");
      writeFileSync(added, "x");
      expect(`${what}: we refuse`, ours(...verify, "--public-key", `${key}.pub`), false);
      rmSync(added);
    }
  }
}

interface Sides {
  readonly theirs: (...args: readonly string[]) => Ran;
  readonly expect: (what: string, ran: Ran, wanted: boolean) => void;
}

/** A model that is one file: releases up to 1.1.1 call it `.`, against the specification. */
function single(folder: string, ways: readonly Way[], { theirs, expect }: Sides): void {
  const model = join(folder, "single.bin");
  writeFileSync(model, "a model of one file");
  for (const { name, method, sign, verify } of ways) {
    const [by, of] = [`${model}-ours.sig`, `${model}-theirs.sig`];
    const read = ["verify", method, model, "--signature"];
    const compat = ["--oms-compat", "python-1.1"];
    expect(
      `${name}: sign`,
      ours("sign", method, model, "--signature", by, ...sign, ...compat),
      true,
    );
    expect(`${name}: they verify our single file`, theirs(...read, by, ...verify), true);
    expect(`${name}: they sign`, theirs("sign", method, model, "--signature", of, ...sign), true);
    expect(`${name}: we verify their single file`, ours(...read, of, ...verify), true);
    expect(`${name}: and ours`, ours(...read, by, ...verify), true);
  }
}

process.exitCode = main();
