/**
 * The signatures of a model against what a rule requires: so many authorities, each with a signer of its own. One key
 * under two names, in two encodings or with a certificate and without is one signer.
 */

import type { Reason } from "./decision.ts";
import type { SignatureEvidence } from "./evidence.ts";
import { isEnforced, reasonOf } from "./judgement.ts";
import type { Failure, Judging } from "./judgement.ts";
import { describeSigner, mismatchOf, principalOf } from "./match-signer.ts";
import type { Authority, Place, Rule } from "./policy.ts";
import { revocationOf } from "./revoked.ts";
import {
  FORBIDDEN_FLAW,
  IDENTITY_MISMATCH,
  ISSUER_MISMATCH,
  KEY_PERIOD,
  LOOK_ALIKE,
  NOT_LOGGED,
  NO_TIMESTAMP,
  REVOKED,
  TAMPERED,
  THRESHOLD,
} from "./model-rules.ts";

export interface JudgedSignatures {
  /** Those that count. */
  readonly counted: readonly SignatureEvidence[];
  readonly reasons: readonly Reason[];
}

export const MISMATCHES = {
  identity: IDENTITY_MISMATCH,
  issuer: ISSUER_MISMATCH,
  "look-alike": LOOK_ALIKE,
} as const;
export function judgeSignatures(judging: Judging): JudgedSignatures {
  const { rule, evidence } = judging;
  const noted: Noted[] = [];
  const note = (failure: Failure): boolean => {
    const tolerated = !isEnforced(judging, failure.aspect);
    noted.push({ failure, tolerated });
    return tolerated;
  };
  const usable = evidence.signatures.filter((signature) => {
    const failure = flawOf(judging, signature);
    return failure === undefined || note(failure);
  });
  if (evidence.signatures.length === 0) {
    noted.push(
      ...(evidence.broken ?? []).slice(0, MOST_BROKEN).map((each) => tampered(rule, each)),
    );
  }
  const required = rule.signature;
  if (required === undefined) {
    return { counted: usable, reasons: noted.map(({ failure }) => reasonOf(judging, failure)) };
  }
  const counted = usable.flatMap((signature) => {
    const authorities = required.of.filter((name) => isAuthority(judging, signature, name, note));
    return authorities.length === 0 ? [] : [{ signature, authorities }];
  });
  const found = distinct(
    counted.map(({ signature, authorities }) => ({
      principal: principalOf(signature.signer),
      authorities,
    })),
  );
  const isMet = found >= required.count;
  const told = noted.filter(({ tolerated }) => tolerated || !isMet);
  const reasons = told.map(({ failure }) => reasonOf(judging, failure));
  if (!isMet) {
    reasons.push(reasonOf(judging, tooFew(judging, found, counted.length, required.place)));
  }
  return { counted: counted.map(({ signature }) => signature), reasons };
}

const MOST_BROKEN = 5;

function tampered(rule: Rule, { source, detail }: { source: string; detail: string }): Noted {
  const message = `the model is not what ${source} signs: ${detail}`;
  const remedy = "the files as they were signed";
  const place = rule.signature?.place ?? rule.place;
  return {
    failure: { info: TAMPERED, aspect: "integrity", place, message, remedy },
    tolerated: false,
  };
}

/** Where enough others signed, what does not count decides nothing; what the level tolerates is told. */
interface Noted {
  readonly failure: Failure;
  readonly tolerated: boolean;
}

function tooFew({ rule, evidence }: Judging, found: number, valid: number, place: Place): Failure {
  const { count = 1, of = [] } = rule.signature ?? {};
  const names = of.join(", ");
  const need =
    of.length === 1
      ? `${names} has to sign`
      : `${count} of ${names} ${count === 1 ? "has" : "have"} to sign`;
  const twice = valid > found ? ", and one signer counts once" : "";
  const none = evidence.signatures.length === 0 ? "; it has no signature that holds" : "";
  return {
    info: THRESHOLD,
    aspect: "authenticity",
    place,
    message: `${need}, and ${found === 0 ? "none" : found} did${twice}${none}`,
    remedy:
      of.length === 1
        ? `a signature by ${names} that holds`
        : `${count - found} more of ${names} would have to sign the model, each with a key of its own`,
  };
}

/** What is wrong with a signature whoever made it. */
function flawOf(judging: Judging, signature: SignatureEvidence): Failure | undefined {
  const { rule, revocations } = judging;
  const revocation = revocationOf(signature, revocations);
  const who = describeSigner(signature.signer);
  if (revocation !== undefined) {
    const proved =
      signature.time === undefined ? "nothing proves when it was made" : "it was made later";
    return {
      info: REVOKED,
      aspect: "revocation",
      place: revocation.place,
      message: `${signature.source} by ${who} was revoked (${revocation.reason}), and ${proved}`,
      remedy:
        "a signature by a key that is not revoked, or proof by a timestamp that it was made before",
    };
  }
  const flaw = rule.forbid?.flaws.find((forbidden) => signature.flaws?.includes(forbidden));
  if (flaw !== undefined && rule.forbid !== undefined) {
    return {
      info: FORBIDDEN_FLAW,
      aspect: "integrity",
      place: rule.forbid.place,
      message: `${signature.source} has what the rule forbids: ${flaw}`,
      remedy: `a signature without ${flaw}`,
    };
  }
  return unproved(judging, signature);
}

function unproved({ rule }: Judging, signature: SignatureEvidence): Failure | undefined {
  const { log, timestamp } = rule;
  if (timestamp !== undefined && signature.time === undefined) {
    return {
      info: NO_TIMESTAMP,
      aspect: "freshness",
      place: timestamp,
      message: `nothing proves when ${signature.source} was made`,
      remedy: "a timestamp of an authority in trustRoots, made when the model is signed",
    };
  }
  const { origin, witnesses = 0 } = log ?? {};
  const isLogged = (signature.logged ?? []).some(
    (entry) => (origin === undefined || entry.origin === origin) && entry.witnesses >= witnesses,
  );
  return log === undefined || isLogged
    ? undefined
    : {
        info: NOT_LOGGED,
        aspect: "history",
        place: log.place,
        message: `nothing proves that ${signature.source} is in ${origin ?? "a log"}${witnesses > 0 ? `, seen by ${witnesses} witnesses` : ""}`,
        remedy: "a proof of inclusion beside the signature",
      };
}

/** Whether the signer is the authority, in its time. Notes why it is not. */
function isAuthority(
  judging: Judging,
  signature: SignatureEvidence,
  name: string,
  note: (failure: Failure) => boolean,
): boolean {
  const authority = judging.policy.authorities.get(name);
  if (authority === undefined) {
    return false;
  }
  const mismatch = mismatchOf(signature.signer, authority);
  if (mismatch !== undefined) {
    // Strangers are told of by their count.
    if (mismatch.kind !== "stranger") {
      note({
        info: MISMATCHES[mismatch.kind],
        aspect: "authenticity",
        place: authority.place,
        message: `who signed ${signature.source} is not ${name}: ${mismatch.detail}`,
        remedy: `a signature by ${name}`,
      });
    }
    return false;
  }
  const period = periodProblem(judging, signature.time, authority);
  return (
    period === undefined ||
    note({
      info: KEY_PERIOD,
      aspect: "freshness",
      place: authority.place,
      message: `${name} counts ${period}`,
      remedy: "a signature from within the time of the key, with a timestamp that proves it",
    })
  );
}

/** When a key counts, where the time of signing is not within; without proof, now has to be. */
export function periodProblem(
  { now }: Pick<Judging, "now">,
  time: string | undefined,
  authority: Authority,
): string | undefined {
  if (authority.kind !== "key") {
    return undefined;
  }
  const proved = time === undefined ? Number.NaN : Date.parse(time);
  const at = Number.isNaN(proved) ? now : proved;
  const { validFrom, validUntil } = authority;
  const when = Number.isNaN(proved)
    ? "now, since nothing proves when it was signed"
    : "when it signed";
  if (validFrom !== undefined && at < validFrom) {
    return `from ${day(validFrom)} on, which was not yet ${when}`;
  }
  return validUntil !== undefined && at >= validUntil
    ? `until ${day(validUntil)}, which was over ${when}`
    : undefined;
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** How many pairs of an authority and a signer there are at most, none of either twice. */
export function distinct(
  signed: readonly { readonly principal: string; readonly authorities: readonly string[] }[],
): number {
  const edges = new Map<string, Set<string>>();
  for (const { principal, authorities } of signed) {
    const known = edges.get(principal) ?? new Set<string>();
    edges.set(principal, new Set([...known, ...authorities]));
  }
  const taken = new Map<string, string>();
  const place = (principal: string, tried: Set<string>): boolean => {
    for (const authority of edges.get(principal) ?? []) {
      if (tried.has(authority)) {
        continue;
      }
      tried.add(authority);
      const holder = taken.get(authority);
      if (holder === undefined || place(holder, tried)) {
        taken.set(authority, principal);
        return true;
      }
    }
    return false;
  };
  return [...edges.keys()].filter((principal) => place(principal, new Set())).length;
}
