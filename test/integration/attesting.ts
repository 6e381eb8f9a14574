/** What tests of claims share: a folder with a model and a key in it, the published schemas, what lies in a bundle. */

import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";

import { readText } from "../architecture/files.ts";
import { runHere, writeSamples } from "./program.ts";
import type { Outcome } from "./program.ts";

export const SIGN = ["--private-key", "me.key"];
export const TRUST = ["--key", "me.pub"];

/** Runs the program in a fresh folder for each test, in which `model` lies and a pair of keys called `me`. */
export function workplace() {
  const samples = writeSamples();
  let work = "";
  const run = async (args: readonly string[]): Promise<Outcome> => await runHere(work, args);
  const ok = async (args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(args);
    const told = code === 0 ? "" : `${stdout}${stderr}`;
    expect({ args, code, told }).toEqual({ args, code: 0, told: "" });
    return stdout;
  };
  return {
    run,
    /** Gives what was printed. */
    ok,
    /** Gives the folder. */
    enter: async (): Promise<string> => {
      work = samples.freshFolder();
      mkdirSync(join(work, "model"));
      copyFileSync(samples.harmless, join(work, "model/weights.bin"));
      writeFileSync(join(work, "model/config.json"), "{}\n");
      await ok(["keygen", "me"]);
      return work;
    },
    remove: () => samples.remove(),
  };
}

/** Gives the value. @param schema the name of a file in `assets/schemas`. */
export function validate(schema: string, text: string): unknown {
  const value: unknown = JSON.parse(text);
  const check = new Ajv2020({ allErrors: true }).compile(
    JSON.parse(readText(`assets/schemas/${schema}.schema.json`)) as object,
  );
  check(value);
  expect(check.errors).toBeNull();
  return value;
}

/** What was signed. */
export function statement(line: string): Record<string, unknown> {
  const { dsseEnvelope } = JSON.parse(line) as { dsseEnvelope: { payload: string } };
  return JSON.parse(Buffer.from(dsseEnvelope.payload, "base64").toString()) as Record<
    string,
    unknown
  >;
}
