/** What a verified keyless bundle says, in the words of signatures of models. */

import type { KeylessOutcome } from "../../provenance/oms/trust.ts";
import type { VerifiedTime } from "../../provenance/sigstore/times.ts";
import type { BundleVerdict } from "../../provenance/sigstore/verify-bundle.ts";

type Verified = Extract<BundleVerdict, { kind: "valid" }>;
export type IdentitySigner = NonNullable<KeylessOutcome["signer"]>;

/** Who signed; nothing where the bundle names nobody. */
export function identitySigner({ signer, logEntries }: Verified): IdentitySigner | undefined {
  return signer === undefined
    ? undefined
    : {
        kind: "identity",
        identity: signer.identity,
        issuer: signer.issuer,
        claims: signer.claims,
        logEntries: logEntries.map(({ log, index }) => ({ log, index })),
      };
}

/** The earliest time at which it is proved to have existed. */
export function earliestTime({ times }: Verified): VerifiedTime | undefined {
  return times.toSorted((a, b) => a.time.getTime() - b.time.getTime())[0];
}
