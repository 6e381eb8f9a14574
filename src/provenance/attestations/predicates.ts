/** The predicates that are known: what they are called here, and what makes one complete. All others are read as they are. */

import { asObject, fieldOf } from "../dsse/strict-json.ts";
import {
  buildKindOf,
  CYCLONEDX_TYPE,
  DATASET_TYPE,
  DEPLOYMENT_TYPE,
  PROVENANCE_TYPE,
  SCAI_TYPE,
  SCAN_TYPE,
  SPDX_TYPE,
  TEST_RESULT_TYPE,
  VSA_TYPE,
  VULNS_TYPE,
} from "./namespace.ts";
import {
  CYCLONEDX_SHAPE,
  DATASET_SHAPE,
  DEPLOYMENT_SHAPE,
  PROVENANCE_SHAPE,
  SCAI_SHAPE,
  SCAN_SHAPE,
  SPDX_SHAPE,
  TEST_RESULT_SHAPE,
  VSA_SHAPE,
  VULNS_SHAPE,
} from "./predicate-shapes.ts";
import { shapeProblem } from "./shape.ts";
import type { Shape } from "./shape.ts";
import type { JsonObject, Statement } from "./statement.ts";

export interface PredicateType {
  /** Of the command that writes it: `attest vsa`. Provenance has one for each kind of build. */
  readonly name: string;
  readonly uri: string;
  /** Lower case, no period. */
  readonly title: string;
  readonly shape: Shape;
}

/** OMS 1.x. */
const SIGNATURE_PREFIX = "https://model_signing/signature/v1";

export const PREDICATES: readonly PredicateType[] = [
  {
    name: "provenance",
    uri: PROVENANCE_TYPE,
    title: "how it was made",
    shape: PROVENANCE_SHAPE,
  },
  { name: "dataset", uri: DATASET_TYPE, title: "what is in a dataset", shape: DATASET_SHAPE },
  { name: "scan", uri: SCAN_TYPE, title: "what a scan of it found", shape: SCAN_SHAPE },
  {
    name: "deployment",
    uri: DEPLOYMENT_TYPE,
    title: "where it is in use",
    shape: DEPLOYMENT_SHAPE,
  },
  { name: "vsa", uri: VSA_TYPE, title: "what somebody verified of it", shape: VSA_SHAPE },
  { name: "scai", uri: SCAI_TYPE, title: "properties of it", shape: SCAI_SHAPE },
  {
    name: "test-result",
    uri: TEST_RESULT_TYPE,
    title: "what tests of it gave",
    shape: TEST_RESULT_SHAPE,
  },
  { name: "vulns", uri: VULNS_TYPE, title: "its known vulnerabilities", shape: VULNS_SHAPE },
  {
    name: "cyclonedx",
    uri: CYCLONEDX_TYPE,
    title: "its parts, as CycloneDX",
    shape: CYCLONEDX_SHAPE,
  },
  { name: "spdx", uri: SPDX_TYPE, title: "its parts, as SPDX 3", shape: SPDX_SHAPE },
];

/** Nothing for a type that is not known here. */
export function predicateTypeOf(uri: string): PredicateType | undefined {
  return PREDICATES.find((known) => known.uri === uri);
}

/** What a predicate lacks, as half a sentence; nothing where it is complete, or of a type that is not known. */
export function predicateProblem(uri: string, predicate: JsonObject): string | undefined {
  const known = predicateTypeOf(uri);
  return known === undefined ? undefined : shapeProblem(predicate, known.shape, "predicate");
}

/** What a statement is, in a word: `training`, `scan`, `signature`; its type where no word is known. */
export function kindOfStatement({ predicateType, predicate }: Statement): string {
  if (predicateType.startsWith(SIGNATURE_PREFIX)) {
    return "signature";
  }
  if (predicateType !== PROVENANCE_TYPE) {
    return predicateTypeOf(predicateType)?.name ?? predicateType;
  }
  const buildType = fieldOf(asObject(fieldOf(predicate, "buildDefinition")) ?? {}, "buildType");
  return (typeof buildType === "string" ? buildKindOf(buildType) : undefined) ?? "provenance";
}
