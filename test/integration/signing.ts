/** Folders that are signed and verified by the program's own command lines. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeEach, expect } from "vitest";

import { run } from "../../src/cli/program.ts";
import { recordingTerminal } from "../builders/terminal.ts";

const schema = JSON.parse(
  readFileSync(
    new URL("../../assets/schemas/verification-v1.schema.json", import.meta.url),
    "utf8",
  ),
) as object;
const validate = new Ajv2020({ strict: false }).compile(schema);

export interface Place {
  /** Of a test alone. */
  home: string;
  /** A folder with two files. */
  model: string;
}

/** A fresh place for each test of the file. */
export function place(): Place {
  const scratch = mkdtempSync(join(tmpdir(), "weighbridge-sign-"));
  const current: Place = { home: "", model: "" };
  beforeEach(() => {
    current.home = mkdtempSync(join(scratch, "case-"));
    current.model = join(current.home, "bert");
    mkdirSync(join(current.model, "sub"), { recursive: true });
    writeFileSync(join(current.model, "config.json"), "{}");
    writeFileSync(join(current.model, "sub", "weights.bin"), "1234");
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));
  return current;
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function weighbridge(...args: readonly string[]): Promise<Outcome> {
  const terminal = recordingTerminal();
  const code = await run(args, terminal);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

/** Keys `me.key` and `me.pub`, and the model signed with them. */
export async function signedModel(
  { home, model }: Place,
  ...options: readonly string[]
): Promise<void> {
  const key = join(home, "me");
  await weighbridge("keygen", key, "--no-password");
  const sign = ["sign", "key", model, "--private-key", `${key}.key`];
  const signed = await weighbridge(...sign, "--signature", join(model, "model.sig"), ...options);
  expect(signed).toMatchObject({ code: 0, stderr: "" });
}

/** A report in JSON, held against the schema. */
export function checkedReport(text: string): {
  readonly findings: readonly { readonly rule: string; readonly path: string | null }[];
} {
  const report = JSON.parse(text) as ReturnType<typeof checkedReport>;
  expect(validate(report) ? [] : validate.errors).toEqual([]);
  return report;
}

/** Exit code and findings of a verification with `me.pub`. */
export async function rulesOf(
  { home, model }: Place,
  ...options: readonly string[]
): Promise<[number, string[]]> {
  const verify = ["verify", model, "--key", join(home, "me.pub"), "--format", "json"];
  const { code, stdout, stderr } = await weighbridge(...verify, ...options);
  expect(stderr).toBe("");
  const { findings } = checkedReport(stdout);
  return [code, findings.map(({ rule, path }) => (path === null ? rule : `${rule} ${path}`))];
}
