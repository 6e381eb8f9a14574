/** Whom the user trusts to make claims. Keys and roots come from options alone. */

import { AppError } from "../../kernel/errors.ts";
import type { AttestationTrust } from "../../provenance/attestations/verify-attestation.ts";
import { certificateTrust } from "../../provenance/oms/certificate-trust.ts";
import type { Bundle } from "../../provenance/oms/bundle.ts";
import { signingTime } from "../../provenance/oms/signing-time.ts";
import { oidValues } from "../oid-option.ts";
import type { Arguments, CommandSpec, OptionSpec } from "../command.ts";
import { EKU_OPTION } from "../provenance/verify-options.ts";
import { readCertificates, readPublicKey } from "../provenance/read-keys.ts";

export const TRUST_OPTIONS: readonly OptionSpec[] = [
  {
    name: "key",
    short: "k",
    value: "FILE",
    repeatable: true,
    help: "a public key that you trust, as PEM; repeatable",
  },
  {
    name: "certificate-chain",
    value: "FILE",
    repeatable: true,
    help: "the roots that you trust, as PEM; repeatable",
  },
  {
    name: "timestamp-chain",
    value: "FILE",
    repeatable: true,
    help: "roots of the timestamp authorities that you trust; repeatable",
  },
  EKU_OPTION,
];

/** Throws `AppError` USAGE where nobody is trusted. */
export function readAttestationTrust(given: Arguments, { name }: CommandSpec): AttestationTrust {
  const keys = given.values("key").map(readPublicKey);
  const chain = given.values("certificate-chain");
  if (keys.length === 0 && chain.length === 0) {
    throw new AppError(
      "USAGE",
      `${name} needs whom to trust: --key FILE or --certificate-chain FILE`,
      { hint: "weighbridge attest show lists claims without judging them" },
    );
  }
  const authorities = readCertificates(given.values("timestamp-chain"));
  const now = Date.now();
  const timeOf = (bundle: Bundle) => signingTime(bundle, authorities, now);
  if (chain.length === 0) {
    return { keys, timeOf };
  }
  const certificates = certificateTrust({
    anchors: readCertificates(chain),
    timeOf,
    allowedEku: oidValues(given, "allow-eku"),
  });
  return { keys, timeOf, ...(certificates.kind === "certificate" ? { certificates } : {}) };
}
