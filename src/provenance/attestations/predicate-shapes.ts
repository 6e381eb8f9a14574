/**
 * What predicates look like, as their specifications have them: SLSA 1.2 provenance and verification summary, in-toto's
 * SCAI 0.3, test-result 0.1 and vulns 0.2, the roots of CycloneDX and SPDX documents, and our own three.
 */

import { DESCRIPTOR } from "./shape.ts";
import type { Shape } from "./shape.ts";

const TEXT: Shape = { kind: "text" };
const URI: Shape = { kind: "uri" };
const TIME: Shape = { kind: "time" };
const COUNT: Shape = { kind: "count" };
const TEXTS: Shape = { kind: "list", of: TEXT };
const DESCRIPTORS: Shape = { kind: "list", of: DESCRIPTOR };
const OPEN: Shape = { kind: "map", of: { kind: "any" } };
const VERSIONS: Shape = { kind: "map", of: TEXT };

type Fields = Readonly<Record<string, Shape>>;

function object(required: Fields, optional: Fields = {}): Shape {
  return { kind: "object", required, optional };
}

export const PROVENANCE_SHAPE = object({
  buildDefinition: object(
    { buildType: URI, externalParameters: OPEN },
    { internalParameters: OPEN, resolvedDependencies: DESCRIPTORS },
  ),
  runDetails: object(
    { builder: object({ id: URI }, { version: VERSIONS, builderDependencies: DESCRIPTORS }) },
    {
      metadata: object({}, { invocationId: TEXT, startedOn: TIME, finishedOn: TIME }),
      byproducts: DESCRIPTORS,
    },
  ),
});

export const VSA_SHAPE = object(
  {
    verifier: object({ id: URI }, { version: VERSIONS }),
    resourceUri: TEXT,
    policy: DESCRIPTOR,
    verificationResult: { kind: "word", words: ["PASSED", "FAILED"] },
    verifiedLevels: TEXTS,
  },
  {
    timeVerified: TIME,
    inputAttestations: DESCRIPTORS,
    dependencyLevels: { kind: "map", of: COUNT },
    slsaVersion: TEXT,
  },
);

export const SCAI_SHAPE = object(
  {
    attributes: {
      kind: "list",
      least: 1,
      of: object(
        { attribute: TEXT },
        { target: DESCRIPTOR, conditions: OPEN, evidence: DESCRIPTOR },
      ),
    },
  },
  { producer: DESCRIPTOR },
);

export const TEST_RESULT_SHAPE = object(
  {
    result: { kind: "word", words: ["PASSED", "WARNED", "FAILED"] },
    configuration: DESCRIPTORS,
  },
  { url: TEXT, passedTests: TEXTS, warnedTests: TEXTS, failedTests: TEXTS },
);

export const VULNS_SHAPE = object({
  scanner: object(
    {
      uri: URI,
      db: object({ lastUpdate: TIME }, { uri: TEXT, version: TEXT }),
      result: {
        kind: "list",
        of: object(
          {
            id: TEXT,
            severity: { kind: "list", of: object({ method: TEXT, score: TEXT }) },
          },
          { annotations: { kind: "list", of: OPEN } },
        ),
      },
    },
    { version: TEXT },
  ),
  metadata: object({ scanStartedOn: TIME, scanFinishedOn: TIME }),
});

export const CYCLONEDX_SHAPE = object({
  bomFormat: { kind: "word", words: ["CycloneDX"] },
  specVersion: TEXT,
});

export const SPDX_SHAPE = object({
  "@context": { kind: "any" },
  "@graph": { kind: "list", of: OPEN },
});

const ROOT = object({ sha256: { kind: "sha256" } }, { dirHash1: { kind: "sha256" } });

export const DATASET_SHAPE = object(
  {
    name: TEXT,
    root: ROOT,
    files: {
      kind: "list",
      least: 1,
      of: object({ path: TEXT, sha256: { kind: "sha256" }, size: COUNT }, { license: TEXT }),
    },
    totals: object({ files: COUNT, bytes: COUNT }),
  },
  {
    license: TEXT,
    description: TEXT,
    createdOn: TIME,
    ignored: TEXTS,
    sources: DESCRIPTORS,
    collected: object({}, { from: TIME, until: TIME }),
    filters: TEXTS,
  },
);

const COUNTS: Shape = { kind: "map", of: COUNT };

export const SCAN_SHAPE = object(
  {
    scanner: object({ name: TEXT, version: TEXT, ruleset: TEXT }),
    scannedOn: TIME,
    verdict: {
      kind: "word",
      words: ["clean", "unknown", "incomplete", "suspicious", "malicious"],
    },
    report: DESCRIPTOR,
    totals: object({ files: COUNT, bytes: COUNT, findings: COUNTS }),
    coverage: object({ understood: COUNT, inert: COUNT, unaccounted: COUNT }),
    findings: {
      kind: "list",
      of: object({ rule: TEXT, severity: TEXT, implies: TEXT, count: COUNT, paths: TEXTS }),
    },
    notRun: TEXTS,
  },
  { suppressed: COUNT },
);

export const DEPLOYMENT_SHAPE = object(
  { environment: TEXT, startedOn: TIME },
  {
    endedOn: TIME,
    endpoint: TEXT,
    runtime: DESCRIPTOR,
    hardware: OPEN,
    approver: TEXT,
    decision: DESCRIPTOR,
  },
);
