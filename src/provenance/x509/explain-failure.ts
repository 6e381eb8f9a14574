/**
 * Why there is no valid path: all problems of the path that comes closest. The search knows no conditions here, so it
 * is cut off after some steps; what it says is for people, the refusal stands without it.
 */

import type { Certificate } from "./certificate.ts";
import { checkCertificate } from "./check-certificate.ts";
import type { Purpose } from "./check-certificate.ts";
import { isSelfIssued } from "./issuer-graph.ts";
import type { Issuer, IssuerGraph } from "./issuer-graph.ts";
import { nameOf, problemOf } from "./problem.ts";
import type { CertificateProblem } from "./problem.ts";
import { BAD_SIGNATURE, PATH_LENGTH, TOO_COMPLEX, UNTRUSTED, WEAK_ALGORITHM } from "./rules.ts";
import { quote } from "../../kernel/text.ts";
import { allowsBelow, LONGEST_PATH } from "./path-limits.ts";
import { keyObjection, signatureScheme } from "./verify-signature.ts";

const MOST_STEPS = 500;

/** At least one problem, the leaf's first. */
export function explainFailure(
  leaf: Certificate,
  graph: IssuerGraph,
  purpose: Purpose,
): readonly CertificateProblem[] {
  const walk = { graph, steps: 0, ends: new Array<readonly Issuer[]>() };
  follow(walk, [{ certificate: leaf, isAnchor: graph.isAnchor(leaf) }]);
  const candidates = walk.ends.map((path) => pathProblems(path, graph, purpose));
  const [first = []] = candidates
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ problems }) => problems);
  const complex =
    graph.exhausted || walk.steps >= MOST_STEPS || first.length === 0
      ? [problemOf(TOO_COMPLEX, "not all paths between the certificates were looked at")]
      : [];
  return [...first, ...complex];
}

interface Walk {
  readonly graph: IssuerGraph;
  /** Paths that end at an anchor, or lead nowhere. */
  readonly ends: (readonly Issuer[])[];
  steps: number;
}

function follow(walk: Walk, path: readonly Issuer[]): void {
  const last = path.at(-1);
  if (last === undefined || walk.steps >= MOST_STEPS) {
    return;
  }
  walk.steps += 1;
  const next =
    last.isAnchor || path.length >= LONGEST_PATH
      ? []
      : walk.graph
          .issuersOf(last.certificate)
          .filter(({ certificate }) => path.every((each) => each.certificate !== certificate));
  if (next.length === 0) {
    walk.ends.push(path);
  }
  for (const issuer of next) {
    follow(walk, [...path, issuer]);
  }
}

function pathProblems(
  path: readonly Issuer[],
  graph: IssuerGraph,
  purpose: Purpose,
): { readonly rank: number; readonly problems: readonly CertificateProblem[] } {
  const problems: CertificateProblem[] = [];
  let below = 0;
  for (const [index, { certificate, isAnchor }] of path.entries()) {
    problems.push(...checkCertificate(certificate, index === 0 ? "leaf" : "ca", purpose, isAnchor));
    if (index > 0 && !allowsBelow(certificate, below)) {
      const allowed = certificate.basicConstraints?.pathLength ?? 0;
      const message = `authority ${nameOf(certificate)} allows ${allowed} others below it, and there are ${below}`;
      problems.push(problemOf(PATH_LENGTH, message, certificate));
    }
    below += index === 0 || isSelfIssued(certificate) ? 0 : 1;
  }
  const last = path.at(-1);
  const reached = last?.isAnchor === true;
  if (last !== undefined && !reached) {
    problems.push(...deadEnd(last.certificate, path.length, graph));
  }
  // A path that arrives says more than one that does not; a longer one that does not, more than a shorter one.
  return { rank: reached ? problems.length : 10_000 - path.length, problems };
}

function deadEnd(
  certificate: Certificate,
  length: number,
  graph: IssuerGraph,
): readonly CertificateProblem[] {
  if (length >= LONGEST_PATH) {
    return [
      problemOf(TOO_COMPLEX, `no path of ${LONGEST_PATH} certificates leads to a trusted one`),
    ];
  }
  const named = graph.namedIssuers(certificate);
  const issuer = quote(certificate.issuer.text);
  const isOwnIssuer = graph.issuersOf(certificate).length > 0 || isSelfIssued(certificate);
  if (named.length === 0 || graph.issuersOf(certificate).length > 0) {
    const message = isOwnIssuer
      ? `certificate ${nameOf(certificate)} is its own authority and is not trusted`
      : `certificate ${nameOf(certificate)} was issued by ${issuer}, which is neither trusted nor among the certificates`;
    return [problemOf(UNTRUSTED, message, certificate)];
  }
  if (signatureScheme(certificate.signatureAlgorithm) === undefined) {
    // Said already of the certificate itself.
    return [];
  }
  const weak = named.flatMap((each) => {
    const objection = keyObjection(each.certificate.publicKey.algorithm);
    const name = nameOf(each.certificate);
    const message = `the key of certificate ${name} is not accepted: ${objection}`;
    return objection === undefined ? [] : [problemOf(WEAK_ALGORITHM, message, each.certificate)];
  });
  const message = `certificate ${nameOf(certificate)} names ${issuer} as its authority, and is not signed with that one's key`;
  return weak.length > 0 ? weak.slice(0, 1) : [problemOf(BAD_SIGNATURE, message, certificate)];
}
