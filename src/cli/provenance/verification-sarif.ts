/** A verification as SARIF: what failed is a result at the file that it is about, or at the model. */

import type { FileReport, Finding } from "../../kernel/report.ts";
import { ruleCatalogue } from "../../reporters/catalogue.ts";
import { writeSarifReport } from "../../reporters/sarif/sarif-report.ts";
import { makeReport, subjectVerdict } from "../../scan/totals.ts";
import { TOOL } from "../../scan/version.ts";
import { FAILED, OK } from "../exit-code.ts";
import { bareReport } from "./bare-report.ts";
import { findingOf } from "./findings.ts";
import type { VerificationOutcome } from "./verification-output.ts";

/** The whole log. */
export function verificationSarif({
  model,
  signature,
  verification,
  scan,
}: VerificationOutcome): string {
  const about = Map.groupBy(verification.problems, ({ path }) => path ?? "");
  const files: FileReport[] = [];
  const findings: Finding[] = [];
  for (const [path, problems] of about) {
    const found = problems.map((problem) => findingOf(problem, signature ?? model.ref));
    if (path === "") {
      findings.push(...found);
    } else {
      files.push(bareReport(path, found));
    }
  }
  const { kind, ref } = model.tree;
  const subject = {
    kind,
    ref,
    verdict: subjectVerdict(files, findings),
    files,
    findings,
    notRun: [],
  };
  const parts: string[] = [];
  writeSarifReport(makeReport(TOOL, [subject, ...(scan?.subjects ?? [])]), {
    rules: ruleCatalogue(),
    exitCode: verification.verified ? OK : FAILED,
    interrupted: false,
    write: (text) => parts.push(text),
  });
  return parts.join("");
}
