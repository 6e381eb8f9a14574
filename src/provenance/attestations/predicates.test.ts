import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";

import { artifact, deployed, frozen, scanned } from "../../../test/builders/claims.ts";
import {
  BUILD_KINDS,
  DATASET_TYPE,
  DEPLOYMENT_TYPE,
  PROVENANCE_TYPE,
  SCAN_TYPE,
} from "./namespace.ts";
import { kindOfStatement, predicateProblem, PREDICATES } from "./predicates.ts";
import type { JsonObject } from "./statement.ts";
import { attestationTemplate, TEMPLATE_NAMES } from "./templates.ts";

const OWN = [
  [DATASET_TYPE, "dataset-manifest-v1", frozen(artifact("data"))],
  [SCAN_TYPE, "model-scan-v1", scanned(artifact("model"), "clean")],
  [DEPLOYMENT_TYPE, "deployment-v1", deployed(artifact("model"), "a".repeat(64))],
] as const;

function typeOf(name: string): string {
  return PREDICATES.find((known) => known.name === name)?.uri ?? PROVENANCE_TYPE;
}

/** Every way of leaving out one field, with its path. */
function* without(value: JsonObject, path = ""): Iterable<readonly [string, JsonObject]> {
  for (const [name, member] of Object.entries(value)) {
    const { [name]: _left, ...rest } = value;
    yield [`${path}${name}`, rest];
    if (typeof member === "object" && member !== null && !Array.isArray(member)) {
      for (const [inner, changed] of without(member as JsonObject, `${path}${name}.`)) {
        yield [inner, { ...value, [name]: changed }];
      }
    }
  }
}

describe("predicates", () => {
  it.each(TEMPLATE_NAMES)("of the template %s are complete", (name) => {
    expect(predicateProblem(typeOf(name), attestationTemplate(name)!)).toBeUndefined();
  });

  it.each([
    ["training", "buildDefinition.buildType"],
    ["training", "buildDefinition.externalParameters"],
    ["training", "runDetails.builder.id"],
    ["vsa", "verifier.id"],
    ["vsa", "policy"],
    ["vsa", "verificationResult"],
    ["vsa", "verifiedLevels"],
    ["scai", "attributes"],
    ["test-result", "result"],
    ["test-result", "configuration"],
    ["vulns", "scanner.uri"],
    ["vulns", "scanner.result"],
    ["vulns", "metadata.scanFinishedOn"],
    ["cyclonedx", "bomFormat"],
    ["spdx", "@graph"],
    ["deployment", "environment"],
  ])("%s need %s", (name, field) => {
    const changed = [...without(attestationTemplate(name)!)].find(([path]) => path === field)![1];

    expect(predicateProblem(typeOf(name), changed)).toContain(field);
  });

  it("of types that are not known are let pass", () => {
    expect(predicateProblem("https://example.org/review/v1", {})).toBeUndefined();
  });

  it.each(BUILD_KINDS)("of %s are known by their build type", (kind) => {
    const predicate = attestationTemplate(kind)!;

    expect(kindOfStatement({ subject: [], predicateType: PROVENANCE_TYPE, predicate })).toBe(kind);
  });

  it.each([
    {},
    { buildDefinition: null },
    { buildDefinition: "x" },
    { buildDefinition: { buildType: 1 } },
  ])("that are damaged are provenance: %j", (predicate) => {
    expect(kindOfStatement({ subject: [], predicateType: PROVENANCE_TYPE, predicate })).toBe(
      "provenance",
    );
  });
});

describe("our own predicates", () => {
  it.each(OWN)("%s need what their published schema needs", (type, file, { statement }) => {
    const path = new URL(`../../../assets/schemas/${file}.schema.json`, import.meta.url);
    const validate = new Ajv2020({ allErrors: true }).compile(
      JSON.parse(readFileSync(path, "utf8")) as object,
    );
    const { predicate } = statement;

    expect(predicateProblem(type, predicate)).toBeUndefined();
    expect(validate(predicate)).toBe(true);
    for (const [, changed] of without(predicate)) {
      expect(predicateProblem(type, changed) === undefined).toBe(validate(changed));
    }
  });
});
