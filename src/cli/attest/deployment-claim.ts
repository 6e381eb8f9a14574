/** The record of where a model is in use, and by which decision it may be. */

import { AppError } from "../../kernel/errors.ts";
import { DEPLOYMENT_TYPE, VSA_TYPE } from "../../provenance/attestations/namespace.ts";
import type { JsonObject } from "../../provenance/attestations/statement.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { readFile } from "./collect-claims.ts";
import { predicateFile } from "./predicate-file.ts";

/** Throws `AppError` USAGE where the environment is missing. */
export function deploymentClaim(
  given: Arguments,
  spec: CommandSpec,
): { readonly type: string; readonly predicate: JsonObject } {
  if (given.has("predicate")) {
    return { type: DEPLOYMENT_TYPE, predicate: predicateFile(given, spec) };
  }
  const environment = given.value("environment");
  if (environment === undefined) {
    throw new AppError("USAGE", `${spec.name} needs to know where: --environment NAME`);
  }
  const endpoint = given.value("endpoint");
  const approver = given.value("approver");
  const decision = given.value("decision");
  const predicate = {
    environment,
    startedOn: given.value("started-on") ?? new Date().toISOString(),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(approver === undefined ? {} : { approver }),
    ...(decision === undefined ? {} : { decision: decisionOf(decision) }),
  };
  return { type: DEPLOYMENT_TYPE, predicate };
}

/** The bundle of a verification summary, by its digest; the last one where a file has several claims. */
function decisionOf(path: string): JsonObject {
  const found = readFile(path).attestations.findLast(
    ({ statement }) => statement.predicateType === VSA_TYPE,
  );
  if (found === undefined) {
    throw new AppError("USAGE", `${path} has no verification summary in it`, {
      hint: "weighbridge attest vsa makes one",
    });
  }
  return { name: "decision", digest: { sha256: found.digest } };
}
