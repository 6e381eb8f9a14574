/** Claims for tests: statements about small artifacts whose digests are made from their names. */

import { createHash } from "node:crypto";

import { buildProvenance } from "../../src/provenance/attestations/build-provenance.ts";
import type { BuildInput } from "../../src/provenance/attestations/build-provenance.ts";
import { datasetManifest } from "../../src/provenance/attestations/dataset-manifest.ts";
import type { BuildKind } from "../../src/provenance/attestations/namespace.ts";
import {
  DATASET_TYPE,
  DEPLOYMENT_TYPE,
  PROVENANCE_TYPE,
  SCAN_TYPE,
} from "../../src/provenance/attestations/namespace.ts";
import type { DigestSet, Statement } from "../../src/provenance/attestations/statement.ts";
import { modelSubjects } from "../../src/provenance/attestations/write-statement.ts";
import type { AttestedModel } from "../../src/provenance/attestations/write-statement.ts";
import { modelDigests } from "../../src/provenance/oms/write-statement.ts";
import type { Claim } from "../../src/provenance/lineage/lineage.ts";

export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A model of two files whose contents are its seed, under names of its own. */
export function artifact(
  name: string,
  files: readonly string[] = ["config.json", "weights.bin"],
  seed = name,
): AttestedModel {
  const digests = files.map((file, at) => ({ name: file, digest: digestOf(`${seed} ${at}`) }));
  return { name, files: digests, bytes: 2, ...modelDigests(digests) };
}

export function digestSet({ root, dirHash1 }: AttestedModel): DigestSet {
  return { sha256: root, ...(dirHash1 === undefined ? {} : { dirHash1 }) };
}

export function input(role: string, model: AttestedModel): BuildInput {
  return { role, name: model.name, digest: digestSet(model) };
}

export const LAB = { kind: "key", id: "a".repeat(64) } as const;

let count = 0;

/** One that is signed by somebody who is trusted, unless something else is said. */
export function claim(statement: Statement, more: Partial<Claim> = {}): Claim {
  count += 1;
  return {
    statement,
    signer: LAB,
    source: `claims.jsonl:${count}`,
    digest: digestOf(`${count}`),
    ...more,
  };
}

/** The same by somebody who is not. */
export function strange({ signer: _signer, ...rest }: Claim): Claim {
  return { ...rest, stranger: "the key of somebody else" };
}

export function built(
  kind: BuildKind,
  model: AttestedModel,
  inputs: readonly BuildInput[],
  times: { readonly startedOn?: string; readonly finishedOn?: string } = {},
): Claim {
  const predicate = buildProvenance({
    kind,
    parameters: {},
    inputs,
    byproducts: [],
    builder: "https://example.org/builder",
    versions: {},
    ...times,
  });
  return claim({ subject: modelSubjects(model), predicateType: PROVENANCE_TYPE, predicate });
}

export function frozen(dataset: AttestedModel): Claim {
  const files = dataset.files.map((file) => ({ ...file, size: 1 }));
  const predicate = datasetManifest({ name: dataset.name, files, ignored: [] });
  return claim({ subject: modelSubjects(dataset), predicateType: DATASET_TYPE, predicate });
}

export function deployed(model: AttestedModel, decision?: string): Claim {
  const predicate = {
    environment: "production",
    startedOn: "2026-01-31T09:00:00Z",
    ...(decision === undefined ? {} : { decision: { digest: { sha256: decision } } }),
  };
  return claim({ subject: modelSubjects(model), predicateType: DEPLOYMENT_TYPE, predicate });
}

export function scanned(model: AttestedModel, verdict: string): Claim {
  const predicate = {
    scanner: { name: "weighbridge", version: "1", ruleset: "1" },
    scannedOn: "2026-01-31T09:00:00Z",
    verdict,
    report: { digest: { sha256: digestOf(verdict) } },
    totals: { files: 2, bytes: 2, findings: {} },
    coverage: { understood: 2, inert: 0, unaccounted: 0 },
    findings: [],
    notRun: [],
  };
  return claim({ subject: modelSubjects(model), predicateType: SCAN_TYPE, predicate });
}

/** A signature of a model, as OMS has them. */
export function signed(model: AttestedModel): Claim {
  return claim({
    subject: [{ name: model.name, digest: digestSet(model) }],
    predicateType: "https://model_signing/signature/v1.0",
    predicate: {},
  });
}
