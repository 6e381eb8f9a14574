/**
 * Verdicts: what a scan says of an artifact. They form a lattice with a total order; the verdict of a
 * whole is the worst verdict of its parts, so nothing that was not looked at can end up `clean`.
 */

/** All verdicts, best first. */
export const VERDICTS = ["clean", "unknown", "incomplete", "suspicious", "malicious"] as const;

export type Verdict = (typeof VERDICTS)[number];

/** What a finding can make of the file it is in. `none` is for notes. */
export type Implication = Exclude<Verdict, "clean"> | "none";

/** Position in the lattice: 0 for `clean`, 4 for `malicious`. */
export function verdictRank(verdict: Verdict): number {
  return VERDICTS.indexOf(verdict);
}

/** The worse of two verdicts. */
export function worse(a: Verdict, b: Verdict): Verdict {
  return verdictRank(a) >= verdictRank(b) ? a : b;
}

/** The worst of any number of verdicts; `clean` for none. */
export function worst(verdicts: Iterable<Verdict>): Verdict {
  let result: Verdict = "clean";
  for (const verdict of verdicts) {
    result = worse(result, verdict);
  }
  return result;
}

/** The verdict that one finding alone leads to. */
export function impliedVerdict(implication: Implication): Verdict {
  return implication === "none" ? "clean" : implication;
}

/** What a finding leads to: nothing, where the user's configuration suppresses it. */
export function findingVerdict(finding: {
  readonly implies: Implication;
  readonly suppressed?: object;
}): Verdict {
  return finding.suppressed === undefined ? impliedVerdict(finding.implies) : "clean";
}
