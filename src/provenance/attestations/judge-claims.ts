/** The claims about one model: which of them count, and why the others do not. */

import { quote } from "../../kernel/text.ts";
import { aboutSignature } from "../oms/problem.ts";
import type { Problem } from "../oms/problem.ts";
import { matchDigests } from "./match-digests.ts";
import type { DigestMatch } from "./match-digests.ts";
import { kindOfStatement } from "./predicates.ts";
import type { Attestation } from "./read-attestation.ts";
import { at } from "./read-attestation.ts";
import { NAMES_UNBOUND, NO_CLAIMS, OTHER_ARTIFACT, RENAMED, STRANGER } from "./rules.ts";
import type { StatementSubject } from "./statement.ts";
import type { JudgeAttestation } from "./verify-attestation.ts";
import type { VerifiedAttestation } from "./verified-attestation.ts";

export interface JudgedClaims {
  /** By somebody who is trusted, and about the model. */
  readonly verified: readonly VerifiedAttestation[];
  readonly problems: readonly Problem[];
}

/** @param wanted types that have to be there: a word such as `scan`, or a URI. */
export function judgeClaims(
  attestations: readonly Attestation[],
  subjects: readonly StatementSubject[],
  judge: JudgeAttestation,
  wanted: readonly string[],
): JudgedClaims {
  const verified: VerifiedAttestation[] = [];
  const problems: Problem[] = [];
  for (const attestation of attestations) {
    const { source, statement } = attestation;
    const match = bestMatch(statement.subject, subjects);
    if (match === "other") {
      const { name = "something" } = statement.subject[0] ?? {};
      const message = `the claim is about another artifact, ${quote(name)}`;
      problems.push(at(source, aboutSignature(OTHER_ARTIFACT, message)));
      continue;
    }
    const outcome = judge(attestation);
    if (outcome.kind === "invalid") {
      // What was wrong when it was read has been told.
      problems.push(...(attestation.problems.length > 0 ? [] : outcome.problems));
    } else if (outcome.kind === "stranger") {
      const message = `signed by ${outcome.who}: ${outcome.detail}`;
      problems.push(at(source, aboutSignature(STRANGER, message)));
    } else if (match === "same") {
      verified.push(outcome.verified);
    } else {
      const [rule, message] =
        match === "renamed"
          ? [RENAMED, "the claim is about the same contents under other names"]
          : [NAMES_UNBOUND, "the claim has the root of the model alone, which binds no names"];
      problems.push(at(source, aboutSignature(rule, message)));
    }
  }
  return { verified, problems: [...problems, ...missing(verified, wanted)] };
}

function missing(verified: readonly VerifiedAttestation[], wanted: readonly string[]): Problem[] {
  if (wanted.length === 0) {
    return verified.length > 0
      ? []
      : [aboutSignature(NO_CLAIMS, "nobody who is trusted has claimed anything about this model")];
  }
  return wanted
    .filter(
      (type) =>
        !verified.some(
          ({ statement }) =>
            statement.predicateType === type || kindOfStatement(statement) === type,
        ),
    )
    .map((type) =>
      aboutSignature(NO_CLAIMS, `nobody who is trusted has made the claim ${quote(type)}`),
    );
}

const ORDER: readonly DigestMatch[] = ["same", "unbound", "renamed", "other"];

function bestMatch(
  claimed: readonly StatementSubject[],
  subjects: readonly StatementSubject[],
): DigestMatch {
  const found = new Set(
    claimed.flatMap(({ digest }) => subjects.map((own) => matchDigests(digest, own.digest))),
  );
  return ORDER.find((match) => found.has(match)) ?? "other";
}
