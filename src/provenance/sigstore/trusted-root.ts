/**
 * The trusted root of an instance of Sigstore: whose word is taken for certificates, log entries and times, and from
 * when on. Roots that leave out from when on are refused, since readers take that for all times.
 */

import type { JsonValue } from "../../kernel/rule.ts";
import { valueAt } from "./json.ts";
import { isFailure, parseTrustedRoot } from "./library.ts";
import type { TrustedRoot } from "./library.ts";
import { problemOf } from "./problem.ts";
import type { SigstoreProblem } from "./problem.ts";
import { OLD_ROOT, UNTRUSTED_ROOT } from "./rules.ts";

/** A root that ships with the program is told to be old after this. */
const OLD_AFTER_DAYS = 90;
const DAY = 24 * 3600 * 1000;

export type ReadRoot =
  | { readonly kind: "root"; readonly root: TrustedRoot }
  | { readonly kind: "refused"; readonly problem: SigstoreProblem };

/** Reads a `TrustedRoot`, or the one inside a `ClientTrustConfig`. Never throws. */
export function readTrustedRoot(json: JsonValue): ReadRoot {
  const root = parseTrustedRoot(valueAt(json, "trustedRoot") ?? json);
  const reason = isFailure(root) ? `it cannot be read: ${root.detail}` : objectionTo(root);
  return isFailure(root) || reason !== undefined
    ? {
        kind: "refused",
        problem: problemOf(UNTRUSTED_ROOT, `the trusted root cannot be relied on: ${reason}`),
      }
    : { kind: "root", root };
}

/** Says that a root is old; nothing while it is not. @param taken the day on which it was current, `YYYY-MM-DD`. */
export function ageOfRoot(taken: string, now: Date): SigstoreProblem | undefined {
  const days = Math.floor((now.getTime() - Date.parse(taken)) / DAY);
  return days > OLD_AFTER_DAYS
    ? problemOf(OLD_ROOT, `the trusted root is of ${taken}, ${days} days old`)
    : undefined;
}

function objectionTo(root: TrustedRoot): string | undefined {
  const { certificateAuthorities, tlogs, ctlogs, timestampAuthorities } = root;
  if (certificateAuthorities.length === 0 && tlogs.length === 0) {
    return "it names no authority and no log";
  }
  const spans = [
    ...[...tlogs, ...ctlogs].map(
      ({ baseUrl, publicKey }) => [baseUrl, publicKey?.validFor] as const,
    ),
    ...[...certificateAuthorities, ...timestampAuthorities].map(
      ({ uri, validFor }) => [uri, validFor] as const,
    ),
  ];
  for (const [name, span] of spans) {
    if (span?.start === undefined) {
      return `it does not say from when on ${name === "" ? "one of its keys" : name} is valid`;
    }
  }
  return undefined;
}
