/** When a signature was made, by the word of those whom the trusted root names: logs and timestamp authorities. */

import { checkTimestamp } from "./certificate-path.ts";
import { entriesOf, isFailure, statedTime } from "./library.ts";
import type { Bundle, TrustedRoot } from "./library.ts";
import { problemOf } from "./problem.ts";
import type { SigstoreProblem } from "./problem.ts";
import { TIMESTAMP } from "./rules.ts";

export interface VerifiedTime {
  readonly source: "log" | "timestamp-authority";
  readonly time: Date;
}

/** Clocks differ by this much. */
const TOLERANCE = 5 * 60 * 1000;

/** Of a bundle that the library has verified. A log's time counts where its promise signs it. */
export function timesOf(bundle: Bundle): readonly VerifiedTime[] {
  const byLogs = entriesOf(bundle)
    .filter(({ inclusionPromise }) => inclusionPromise !== undefined)
    .map(({ integratedTime }) => new Date(Number(integratedTime) * 1000));
  const byAuthorities = stampsOf(bundle).map(({ time }) => time);
  return [
    ...byLogs.map((time) => ({ source: "log" as const, time })),
    ...byAuthorities.map((time) => ({ source: "timestamp-authority" as const, time })),
  ];
}

/** What the library leaves out of its look at times. @param at now. */
export function timeProblems(
  bundle: Bundle,
  signature: Uint8Array,
  root: TrustedRoot,
  at: Date,
): readonly SigstoreProblem[] {
  const late = timesOf(bundle).find(({ time }) => time.getTime() > at.getTime() + TOLERANCE);
  const refused = stampsOf(bundle).flatMap(({ token, time }) => {
    const reason = checkTimestamp(token, signature, root, time);
    return reason === undefined ? [] : [problemOf(TIMESTAMP, `a timestamp is refused: ${reason}`)];
  });
  const when = late?.time.toISOString();
  return when === undefined
    ? refused
    : [problemOf(TIMESTAMP, `the signature's time ${when} lies in the future`), ...refused];
}

function stampsOf({ verificationMaterial }: Bundle) {
  const tokens = verificationMaterial.timestampVerificationData?.rfc3161Timestamps ?? [];
  return tokens.flatMap(({ signedTimestamp: token }) => {
    const time = statedTime(token);
    return isFailure(time) ? [] : [{ token, time }];
  });
}
