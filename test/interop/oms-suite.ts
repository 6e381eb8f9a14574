/**
 * The public pytest suite of OpenSSF Model Signing against ours, by the adapter beside this file. It is fetched with
 * git where that works; WEIGHBRIDGE_OMS_SUITE and WEIGHBRIDGE_OMS_SPEC name check-outs of it and of the
 * specification. Skipped where one of them, or a Python with pytest, is not there. `test/integration` replays the
 * cases of June 2026 in any case.
 */

import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SKIPPED = 77;
const ADAPTER = fileURLToPath(new URL("adapter/oms-adapter.ts", import.meta.url));
const SUITE = "https://github.com/sampras343/model-signing-conformance";
const SPEC = "https://github.com/ossf/model-signing-spec";

function runQuietly(command: string, args: readonly string[], cwd?: string): boolean {
  const options = { stdio: "ignore", ...(cwd === undefined ? {} : { cwd }) } as const;
  return spawnSync(command, args, options).status === 0;
}

/** A check-out: the one that is named, or a fresh one. */
function checkout(variable: string, url: string, folder: string): string | undefined {
  const named = process.env[variable];
  if (named !== undefined) {
    return existsSync(named) ? named : undefined;
  }
  const environment = { ...process.env, GIT_TERMINAL_PROMPT: "0" };
  const { status } = spawnSync("git", ["clone", "--quiet", "--depth", "1", url, folder], {
    stdio: "ignore",
    env: environment,
    timeout: 60_000,
  });
  return status === 0 ? folder : undefined;
}

function main(): number {
  const folder = mkdtempSync(join(tmpdir(), "weighbridge-suite-"));
  try {
    const python = process.env["WEIGHBRIDGE_PYTHON"] ?? "python3";
    if (!runQuietly(python, ["-c", "import pytest, jsonschema, referencing, yaml, cryptography"])) {
      console.log("pytest, jsonschema, referencing, yaml or cryptography is not installed");
      return SKIPPED;
    }
    const suite = checkout("WEIGHBRIDGE_OMS_SUITE", SUITE, join(folder, "suite"));
    const spec = checkout("WEIGHBRIDGE_OMS_SPEC", SPEC, join(folder, "spec"));
    if (suite === undefined || spec === undefined) {
      console.log("the suite or the specification cannot be fetched");
      return SKIPPED;
    }
    const work = join(folder, "work");
    cpSync(suite, work, { recursive: true });
    cpSync(join(spec, "schemas"), join(folder, "python", "oms_schemas"), { recursive: true });
    const entry = join(folder, "adapter");
    writeFileSync(entry, `#!/bin/sh\nexec "${process.execPath}" "${ADAPTER}" "$@"\n`);
    chmodSync(entry, 0o755);
    const { status } = spawnSync(
      python,
      [
        "-m",
        "pytest",
        "test/",
        `--entrypoint=${entry}`,
        "-q",
        "-p",
        "no:cacheprovider",
        "--skip-sigstore",
      ],
      { cwd: work, stdio: "inherit", env: { ...process.env, PYTHONPATH: join(folder, "python") } },
    );
    return status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = main();
