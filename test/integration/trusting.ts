/** Policies that decide about a signed folder, by the program's own command lines. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";

import { place, weighbridge } from "./signing.ts";
import type { Place } from "./signing.ts";

const validate = new Ajv2020({ strict: false }).compile(
  JSON.parse(
    readFileSync(
      new URL("../../assets/schemas/trust-decision-v1.schema.json", import.meta.url),
      "utf8",
    ),
  ) as object,
);

export interface DecisionReport {
  readonly decision: string;
  readonly decidedBy: { readonly rule: string; readonly line: number; readonly path: string };
  readonly reasons: readonly { readonly rule: string }[];
}

export const HEAD = `apiVersion: weighbridge.trust/v1
version: 1
expires: 2099-01-01
`;

export const BY_ME = `authorities:
  - { name: me, key: { file: me.pub } }
rules:
  - match: "hf:acme/*"
    require: { signature: me }
`;

export interface Trusting {
  readonly here: Place;
  /** A path in the place of the test. */
  readonly at: (...names: readonly string[]) => string;
  readonly writePolicy: (text: string) => void;
  /** Asks, and holds the report against its schema. */
  readonly decisionOf: (...options: readonly string[]) => Promise<[number, DecisionReport]>;
}

/** A fresh place for each test of the file. */
export function trusting(): Trusting {
  const here = place();
  const at = (...names: readonly string[]): string => join(here.home, ...names);
  const writePolicy = (text: string): void => writeFileSync(at("trust.yaml"), HEAD + text);

  async function decisionOf(...options: readonly string[]): Promise<[number, DecisionReport]> {
    const { code, stdout, stderr } = await weighbridge(
      "verify",
      here.model,
      "--policy",
      at("trust.yaml"),
      "--memory",
      at("memory.json"),
      "--format",
      "json",
      ...options,
    );
    expect(stderr).toBe("");
    const report = JSON.parse(stdout) as DecisionReport;
    expect(validate(report) ? [] : validate.errors).toEqual([]);
    return [code, report];
  }

  return { here, at, writePolicy, decisionOf };
}
