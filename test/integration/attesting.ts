/** What tests of claims share: the published schemas, and what lies in a bundle. */

import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";

import { readText } from "../architecture/files.ts";

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
