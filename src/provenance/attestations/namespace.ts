/**
 * The one place that says under which names our own predicates and kinds of build are known. They are identifiers and
 * not addresses: no domain can lapse and be taken over, and nothing is ever fetched from them (docs/adr).
 */

/** In front of every name of ours: `urn:weighbridge:attestation:training/v1`. */
export const NAMESPACE = "urn:weighbridge:attestation:";

/** What happened to make a model, in the order in which it usually does. */
export const BUILD_KINDS = [
  "training",
  "finetune",
  "merge",
  "quantize",
  "convert",
  "package",
] as const;

export type BuildKind = (typeof BUILD_KINDS)[number];

export const DATASET_TYPE = `${NAMESPACE}dataset-manifest/v1`;
export const SCAN_TYPE = `${NAMESPACE}model-scan/v1`;
export const DEPLOYMENT_TYPE = `${NAMESPACE}deployment/v1`;

/** Types of others. */
export const PROVENANCE_TYPE = "https://slsa.dev/provenance/v1";
export const VSA_TYPE = "https://slsa.dev/verification_summary/v1";
export const SCAI_TYPE = "https://in-toto.io/attestation/scai/v0.3";
export const TEST_RESULT_TYPE = "https://in-toto.io/attestation/test-result/v0.1";
export const VULNS_TYPE = "https://in-toto.io/attestation/vulns/v0.2";
export const CYCLONEDX_TYPE = "https://cyclonedx.org/bom";
export const SPDX_TYPE = "https://spdx.dev/Document/v3";

/** The `buildType` of a SLSA provenance. */
export function buildTypeOf(kind: BuildKind): string {
  return `${NAMESPACE}${kind}/v1`;
}

/** Which of our kinds a `buildType` is. */
export function buildKindOf(buildType: string): BuildKind | undefined {
  return BUILD_KINDS.find((kind) => buildTypeOf(kind) === buildType);
}
