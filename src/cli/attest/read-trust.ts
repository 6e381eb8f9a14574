/** Whom the user trusts to make claims. Keys and roots come from options alone. */

import { AppError } from "../../kernel/errors.ts";
import type { AttestationTrust } from "../../provenance/attestations/verify-attestation.ts";
import { certificateTrust } from "../../provenance/oms/certificate-trust.ts";
import type { Bundle } from "../../provenance/oms/bundle.ts";
import { signingTime } from "../../provenance/oms/signing-time.ts";
import { oidValues } from "../oid-option.ts";
import type { Arguments, CommandSpec, OptionSpec } from "../command.ts";
import { keylessJudge, namesIdentity } from "../provenance/keyless-trust.ts";
import { EKU_OPTION, IDENTITY_OPTIONS } from "../provenance/verify-options.ts";
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
  ...IDENTITY_OPTIONS,
];

/** Throws `AppError` USAGE where nobody is trusted. */
export async function readAttestationTrust(
  given: Arguments,
  { name }: CommandSpec,
): Promise<AttestationTrust> {
  const keys = given.values("key").map(readPublicKey);
  const chain = given.values("certificate-chain");
  if (!namesSomebody(given)) {
    throw new AppError(
      "USAGE",
      `${name} needs whom to trust: --key FILE, --certificate-chain FILE or --identity NAME`,
      { hint: "weighbridge attest show lists claims without judging them" },
    );
  }
  const authorities = readCertificates(given.values("timestamp-chain"));
  const now = Date.now();
  const timeOf = (bundle: Bundle) => signingTime(bundle, authorities, now);
  const keyless = namesIdentity(given) ? { keyless: await keylessJudge(given) } : {};
  if (chain.length === 0) {
    return { keys, timeOf, ...keyless };
  }
  const certificates = certificateTrust({
    anchors: readCertificates(chain),
    timeOf,
    allowedEku: oidValues(given, "allow-eku"),
  });
  return certificates.kind === "certificate"
    ? { keys, timeOf, certificates, ...keyless }
    : { keys, timeOf, ...keyless };
}

/** Whether the user trusts anybody at all. */
export function namesSomebody(given: Arguments): boolean {
  return given.has("key") || given.has("certificate-chain") || namesIdentity(given);
}
