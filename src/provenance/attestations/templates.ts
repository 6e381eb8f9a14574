/** A predicate of each type with everything in it that the type asks for, to be filled in by hand. */

import { buildProvenance } from "./build-provenance.ts";
import { BUILD_KINDS, NAMESPACE } from "./namespace.ts";
import type { BuildKind } from "./namespace.ts";
import type { JsonObject } from "./statement.ts";

const TIME = "2026-01-31T09:00:00Z";
const SHA256 = "0".repeat(64);

const TEMPLATES: ReadonlyMap<string, JsonObject> = new Map<string, JsonObject>([
  ...BUILD_KINDS.map((kind): [string, JsonObject] => [kind, buildTemplate(kind)]),
  [
    "deployment",
    {
      environment: "production",
      startedOn: TIME,
      endpoint: "https://models.example.org/bert",
      runtime: { name: "server image", digest: { sha256: SHA256 } },
      hardware: { accelerator: "", driver: "" },
      approver: "",
      decision: { name: "verification summary", digest: { sha256: SHA256 } },
    },
  ],
  [
    "vsa",
    {
      verifier: { id: "https://example.org/gate", version: {} },
      timeVerified: TIME,
      resourceUri: "pkg:huggingface/example/bert@main",
      policy: { uri: "https://example.org/policy.yaml", digest: { sha256: SHA256 } },
      inputAttestations: [],
      verificationResult: "PASSED",
      verifiedLevels: ["SLSA_BUILD_LEVEL_1"],
    },
  ],
  [
    "scai",
    {
      attributes: [
        {
          attribute: "WEIGHTS_SAFETENSORS",
          evidence: { name: "report.json", digest: { sha256: SHA256 } },
        },
      ],
    },
  ],
  [
    "test-result",
    {
      result: "PASSED",
      configuration: [{ name: "suite.yaml", digest: { sha256: SHA256 } }],
      passedTests: [],
      warnedTests: [],
      failedTests: [],
    },
  ],
  [
    "vulns",
    {
      scanner: {
        uri: "https://example.org/scanner",
        version: "1.0.0",
        db: { uri: "https://osv.dev", version: "", lastUpdate: TIME },
        result: [{ id: "CVE-2026-0000", severity: [{ method: "CVSS_V3", score: "7.5" }] }],
      },
      metadata: { scanStartedOn: TIME, scanFinishedOn: TIME },
    },
  ],
  ["cyclonedx", { bomFormat: "CycloneDX", specVersion: "1.6", components: [] }],
  ["spdx", { "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [] }],
]);

export const TEMPLATE_NAMES: readonly string[] = [...TEMPLATES.keys()];

/** Nothing where there is no such type. */
export function attestationTemplate(name: string): JsonObject | undefined {
  return TEMPLATES.get(name);
}

function buildTemplate(kind: BuildKind): JsonObject {
  const isTrained = kind === "training" || kind === "finetune";
  return buildProvenance({
    kind,
    parameters: isTrained ? { epochs: 3, learningRate: 0.001, seed: 1 } : {},
    command: "",
    inputs: [
      ...(isTrained ? [{ role: "dataset", name: "data", digest: { sha256: SHA256 } }] : []),
      ...(kind === "training"
        ? []
        : [{ role: "base-model", name: "base", digest: { sha256: SHA256 } }]),
      { role: "code", uri: "git+https://example.org/train", digest: { gitCommit: "0".repeat(40) } },
    ],
    byproducts: [],
    builder: `${NAMESPACE}builder/local/v1`,
    versions: {},
    invocation: "",
    startedOn: TIME,
    finishedOn: TIME,
  });
}
