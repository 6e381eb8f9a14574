/**
 * When a signature was made, as far as that is proved: by a timestamp over it whose authority the caller trusts, and
 * otherwise not at all, so that now counts. Of several the earliest one counts that holds.
 */

import type { RuleInfo } from "../../kernel/rule.ts";
import { TIMESTAMP_RULES } from "../timestamp/rules.ts";
import { verifyTimestamp } from "../timestamp/verify-timestamp.ts";
import type { Certificate } from "../x509/certificate.ts";
import { X509_RULES } from "../x509/rules.ts";
import type { Bundle } from "./bundle.ts";
import { aboutSignature } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { SCHEMA } from "./rules.ts";
import type { TrustedTime } from "./trust.ts";

/** A bundle has one or two; each takes a few signatures to check. */
const MAX_TIMESTAMPS = 16;

const RULES: ReadonlyMap<string, RuleInfo> = new Map(
  [...TIMESTAMP_RULES, ...X509_RULES].map((rule) => [rule.id, rule]),
);

/**
 * @param roots of timestamp authorities; without any, timestamps are not looked at.
 * @param now milliseconds since 1970.
 */
export function signingTime(
  { timestamps, envelope }: Pick<Bundle, "timestamps" | "envelope">,
  roots: readonly Certificate[],
  now: number,
): TrustedTime {
  const problems: Problem[] = [];
  let earliest: TrustedTime | undefined;
  for (const token of roots.length === 0 ? [] : timestamps.slice(0, MAX_TIMESTAMPS)) {
    const result = verifyTimestamp(token, envelope.signature, { roots });
    if (result.kind === "invalid") {
      problems.push(
        ...result.problems.map(({ rule, message }) =>
          aboutSignature(RULES.get(rule) ?? SCHEMA, `the timestamp does not hold: ${message}`),
        ),
      );
    } else if (earliest === undefined || result.time < earliest.at) {
      const authority = result.path[0]?.subject.text ?? "";
      const at = new Date(result.time).toISOString();
      earliest = { at: result.time, basis: { kind: "timestamp", at, authority }, problems: [] };
    }
  }
  // One that holds is enough: others may be by authorities that the caller does not know.
  return earliest ?? { at: now, basis: { kind: "now", at: new Date(now).toISOString() }, problems };
}
