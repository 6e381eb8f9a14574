/** All rules of all engines, for help, documentation pages and machine outputs. Engines do not know each other. */

import type { RuleInfo } from "../kernel/rule.ts";
import { ATTESTATION_RULES } from "../provenance/attestations/rules.ts";
import { LINEAGE_RULES } from "../provenance/lineage/rules.ts";
import { SIGSTORE_RULES } from "../provenance/sigstore/rules.ts";
import { TIMESTAMP_RULES } from "../provenance/timestamp/rules.ts";
import { OMS_RULES } from "../provenance/oms/rules.ts";
import { TRUST_RULES } from "../provenance/trust/rules.ts";
import { X509_RULES } from "../provenance/x509/rules.ts";
import { scanCatalogue } from "../scan/catalogue.ts";

/** Every rule once, by id. */
export function ruleCatalogue(): readonly RuleInfo[] {
  const rules = [
    scanCatalogue(),
    ATTESTATION_RULES,
    LINEAGE_RULES,
    OMS_RULES,
    SIGSTORE_RULES,
    TIMESTAMP_RULES,
    TRUST_RULES,
    X509_RULES,
    // One line an engine.
  ].flat();
  return rules.sort((a, b) => (a.id < b.id ? -1 : 1));
}
