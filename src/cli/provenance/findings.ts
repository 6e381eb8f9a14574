/** What a verification found, as findings: the same form that scans report. */

import type { Finding } from "../../kernel/report.ts";
import type { Problem } from "../../provenance/oms/problem.ts";
import { makeFinding } from "../../scan/finding.ts";

/** @param place what problems of the signature itself are told of. */
export function findingOf({ rule, evidence, path }: Problem, place: string): Finding {
  return makeFinding(rule, evidence, path ?? place);
}
