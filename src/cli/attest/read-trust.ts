/** Whom the user trusts to make claims. Keys and roots come from options alone. */

import { AppError } from "../../kernel/errors.ts";
import type {
  AttestationTrust,
  JudgeAttestation,
} from "../../provenance/attestations/verify-attestation.ts";
import { verifyAttestation } from "../../provenance/attestations/verify-attestation.ts";
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
  {
    name: "policy",
    value: "FILE",
    help: "trust policy (default: weighbridge.trust.yaml here, then yours)",
  },
  {
    name: "policy-key",
    value: "FILE",
    repeatable: true,
    help: "a public key that has to have signed the policy; repeatable",
  },
];

/**
 * Judges claims by whom the user names, else by a trust policy. Throws `AppError` USAGE where there is neither.
 *
 * @param location where the model really is.
 */
export async function readJudge(
  given: Arguments,
  { name }: CommandSpec,
  location: string,
): Promise<JudgeAttestation> {
  if (namesSomebody(given)) {
    const trust = await readTrust(given);
    return (attestation) => verifyAttestation(attestation, trust);
  }
  const { policyJudge } = await import("./policy-judge.ts");
  const judge = await policyJudge(given, location);
  if (judge === undefined) {
    throw new AppError(
      "USAGE",
      `${name} needs whom to trust: --key FILE, --certificate-chain FILE, --identity NAME or --policy FILE`,
      { hint: "weighbridge attest show lists claims without judging them" },
    );
  }
  return judge;
}

/** The same for a command that only draws: nobody is trusted where nobody is named. */
export async function judgeOrNobody(
  given: Arguments,
  spec: CommandSpec,
  location: string,
): Promise<JudgeAttestation> {
  const { policyJudge } = await import("./policy-judge.ts");
  return namesSomebody(given)
    ? await readJudge(given, spec, location)
    : ((await policyJudge(given, location)) ??
        ((attestation) => verifyAttestation(attestation, { keys: [] })));
}

async function readTrust(given: Arguments): Promise<AttestationTrust> {
  const keys = given.values("key").map(readPublicKey);
  const chain = given.values("certificate-chain");
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

function namesSomebody(given: Arguments): boolean {
  const names = given.has("key") || given.has("certificate-chain") || namesIdentity(given);
  if (names && given.has("policy")) {
    throw new AppError("USAGE", "--policy says whom to trust, and so does another option");
  }
  return names;
}
