/** What a claim says of its subject, in the terms of a lineage: a step that made it, a use of it, or anything else. */

import type { JsonValue } from "../../kernel/rule.ts";
import {
  buildKindOf,
  CYCLONEDX_TYPE,
  DATASET_TYPE,
  DEPLOYMENT_TYPE,
  PROVENANCE_TYPE,
} from "../attestations/namespace.ts";
import { kindOfStatement } from "../attestations/predicates.ts";
import type { DigestSet, JsonObject, ResourceDescriptor } from "../attestations/statement.ts";
import { asObject, fieldOf } from "../dsse/strict-json.ts";
import type { Claim, LineageClaim, LineageDeployment, LineageStep, Said } from "./lineage.ts";

/** Inputs that are themselves made from something. */
const TRACED: ReadonlySet<string> = new Set([
  "adapter",
  "base-model",
  "calibration-data",
  "checkpoint",
  "dataset",
  "model",
]);

export interface StepInput {
  readonly role: string;
  readonly descriptor: ResourceDescriptor & { readonly digest: DigestSet };
}

export interface ReadStep extends Omit<LineageStep, "inputs"> {
  readonly inputs: readonly StepInput[];
}

/** A SLSA provenance as a step; nothing for claims of other kinds. */
export function readStep(claim: Claim): ReadStep | undefined {
  const { predicateType, predicate } = claim.statement;
  if (predicateType !== PROVENANCE_TYPE) {
    return undefined;
  }
  const definition = object(predicate, "buildDefinition");
  const details = object(predicate, "runDetails");
  const external = object(definition, "externalParameters");
  const metadata = object(details, "metadata");
  const buildType = text(definition, "buildType") ?? "";
  const all = inputsOf(fieldOf(definition, "resolvedDependencies"));
  const command = text(external, "command");
  const startedOn = text(metadata, "startedOn");
  const finishedOn = text(metadata, "finishedOn");
  return {
    ...said(claim),
    kind: buildKindOf(buildType) ?? "build",
    builder: text(object(details, "builder"), "id") ?? "",
    ...(command === undefined ? {} : { command }),
    parameters: object(external, "parameters"),
    ...(startedOn === undefined ? {} : { startedOn }),
    ...(finishedOn === undefined ? {} : { finishedOn }),
    inputs: all.filter(({ role }) => TRACED.has(role)),
    materials: all
      .filter(({ role }) => !TRACED.has(role))
      .map(({ role, descriptor }) => ({
        role,
        name: descriptor.name ?? descriptor.uri ?? "",
        digest: descriptor.digest,
      })),
  };
}

/** A record of use; nothing for claims of other kinds. */
export function readDeployment(claim: Claim): LineageDeployment | undefined {
  const { predicateType, predicate } = claim.statement;
  if (predicateType !== DEPLOYMENT_TYPE) {
    return undefined;
  }
  const endedOn = text(predicate, "endedOn");
  return {
    ...said(claim),
    environment: text(predicate, "environment") ?? "",
    startedOn: text(predicate, "startedOn") ?? "",
    ...(endedOn === undefined ? {} : { endedOn }),
  };
}

/** The digest of the decision that a record of use goes by. */
export function decisionOf({ statement }: Claim): string | undefined {
  return text(object(object(statement.predicate, "decision"), "digest"), "sha256");
}

/** Whether a claim vouches for its subject as it is. */
export function vouches({ statement }: Claim): boolean {
  return statement.predicateType === DATASET_TYPE || kindOfStatement(statement) === "signature";
}

/** Any other claim. */
export function readClaim(claim: Claim): LineageClaim {
  const { statement } = claim;
  const { predicate } = statement;
  const result =
    statement.predicateType === CYCLONEDX_TYPE
      ? undefined
      : (text(predicate, "verdict") ??
        text(predicate, "verificationResult") ??
        text(predicate, "result"));
  return {
    ...said(claim),
    kind: kindOfStatement(statement),
    ...(result === undefined ? {} : { result }),
  };
}

function said({ signer, stranger, source, time }: Claim): Said {
  return {
    ...(signer === undefined ? {} : { signer }),
    ...(stranger === undefined ? {} : { stranger }),
    source,
    ...(time === undefined ? {} : { time }),
  };
}

/** Those that have digests: others name nothing that could be traced. */
function inputsOf(value: JsonValue | undefined): StepInput[] {
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
  return list.flatMap((item) => {
    const descriptor = asObject(item) as ResourceDescriptor | undefined;
    const digest = descriptor?.digest;
    if (descriptor === undefined || digest === undefined) {
      return [];
    }
    const role = text(descriptor.annotations ?? {}, "role") ?? "material";
    return [{ role, descriptor: { ...descriptor, digest } }];
  });
}

function object(value: JsonObject, name: string): JsonObject {
  return asObject(fieldOf(value, name)) ?? {};
}

function text(value: JsonObject, name: string): string | undefined {
  const found = fieldOf(value, name);
  return typeof found === "string" ? found : undefined;
}
