/** What is claimed, as a file of the user's. */

import { AppError } from "../../kernel/errors.ts";
import type { JsonObject } from "../../provenance/attestations/statement.ts";
import { asObject, parseStrictJson } from "../../provenance/dsse/strict-json.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { readNamedFile } from "../provenance/model-target.ts";

const LARGEST = 12 * 1024 * 1024;

/** Throws `AppError` USAGE where there is none, or it is no JSON object. */
export function predicateFile(given: Arguments, { name }: CommandSpec): JsonObject {
  const path = given.value("predicate");
  if (path === undefined) {
    throw new AppError("USAGE", `${name} needs what is claimed: --predicate FILE`, {
      hint: "weighbridge attest template TYPE shows how it looks",
    });
  }
  const json = parseStrictJson(readNamedFile(path, "the predicate", LARGEST));
  const object = json.kind === "value" ? asObject(json.value) : undefined;
  if (object === undefined) {
    const why = json.kind === "failed" ? json.detail : "it is no object";
    throw new AppError("USAGE", `${path} is no predicate: ${why}`);
  }
  return object;
}
