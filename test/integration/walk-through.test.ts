/** The walk-through of a model from its dataset to its deployment: every command of the page is run as it is written. */

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, describe, expect, it } from "vitest";

import { readText } from "../architecture/files.ts";
import { main } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "weighbridge-walk-"));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A shell in which `weighbridge` is this program. */
function runScript(script: string): { readonly code: number | null; readonly output: string } {
  const bin = join(folder, "bin");
  const work = join(folder, "work");
  mkdirSync(bin);
  mkdirSync(work);
  writeFileSync(join(bin, "weighbridge"), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  chmodSync(join(bin, "weighbridge"), 0o755);
  const { status, stdout, stderr } = spawnSync("sh", ["-e", "-c", script], {
    cwd: work,
    env: { PATH: `${bin}:${process.env["PATH"] ?? ""}` },
    encoding: "utf8",
  });
  return { code: status, output: `${stdout}${stderr}` };
}

function blocks(page: string): string[] {
  return Array.from(readText(page).matchAll(/^```sh\n([\s\S]*?)^```$/gm), (match) => match[1]!);
}

describe.skipIf(process.platform === "win32")("docs/walk-through.md", () => {
  it("works as it is written", () => {
    const script = blocks("docs/walk-through.md");
    const { code, output } = runScript(script.join("\n"));

    expect(script.length).toBeGreaterThan(8);
    expect({ code, tail: code === 0 ? "" : output }).toEqual({ code: 0, tail: "" });
    expect(output).toContain("complete: every step is claimed by somebody whom you trust");
    expect(output).toContain("(lineage/digest-mismatch)");
    expect(output).toContain("(lineage/gap)");
    expect(output).toContain("(lineage/unsigned-step)");
    const lineage = JSON.parse(readFileSync(join(folder, "work/lineage.json"), "utf8")) as object;
    const validate = new Ajv2020({ allErrors: true }).compile(
      JSON.parse(readText("assets/schemas/lineage-v1.schema.json")) as object,
    );
    validate(lineage);
    expect(validate.errors).toBeNull();
    expect(readFileSync(join(folder, "work/lineage.md"), "utf8")).toMatch(/^flowchart LR\n/);
  });
});
