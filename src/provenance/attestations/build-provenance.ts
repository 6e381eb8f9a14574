/**
 * SLSA provenance 1.0 for models: what was run with which parameters on which inputs. Each input's part in it is told
 * by the annotation `role`, which lineages are walked along.
 */

import type { JsonValue } from "../../kernel/rule.ts";
import { buildTypeOf } from "./namespace.ts";
import type { BuildKind } from "./namespace.ts";
import type { DigestSet, JsonObject, ResourceDescriptor } from "./statement.ts";

export interface BuildInput {
  /** `dataset`, `base-model`, `model`, `calibration-data`, `code`, `tokenizer`, `container`, `tool` … */
  readonly role: string;
  readonly name?: string;
  readonly uri?: string;
  readonly digest: DigestSet;
  /** What else is known of it. */
  readonly annotations?: JsonObject;
}

export interface BuildRecord {
  readonly kind: BuildKind;
  readonly parameters: JsonObject;
  /** As it was typed. */
  readonly command?: string;
  readonly inputs: readonly BuildInput[];
  /** Logs, metrics. */
  readonly byproducts: readonly ResourceDescriptor[];
  /** A URI for whoever ran it and answers for this record. */
  readonly builder: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly invocation?: string;
  /** ISO 8601, UTC. */
  readonly startedOn?: string;
  readonly finishedOn?: string;
}

/** The predicate. */
export function buildProvenance(record: BuildRecord): JsonObject {
  const { kind, parameters, command, inputs, byproducts, builder, versions } = record;
  const { invocation, startedOn, finishedOn } = record;
  const metadata = {
    ...(invocation === undefined ? {} : { invocationId: invocation }),
    ...(startedOn === undefined ? {} : { startedOn }),
    ...(finishedOn === undefined ? {} : { finishedOn }),
  };
  return {
    buildDefinition: {
      buildType: buildTypeOf(kind),
      externalParameters: { ...(command === undefined ? {} : { command }), parameters },
      resolvedDependencies: inputs.map(inputDescriptor),
    },
    runDetails: {
      builder: { id: builder, version: versions },
      ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
      ...(byproducts.length === 0 ? {} : { byproducts: byproducts as unknown as JsonValue[] }),
    },
  };
}

function inputDescriptor({ role, name, uri, digest, annotations }: BuildInput): JsonObject {
  return {
    ...(name === undefined ? {} : { name }),
    ...(uri === undefined ? {} : { uri }),
    digest,
    annotations: { role, ...annotations },
  };
}
