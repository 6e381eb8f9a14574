/** A verification for machines: `weighbridge.verification/v1`, whose schema is published in assets/schemas. */

import { VERSION } from "../../scan/version.ts";
import { jsonText } from "../../reporters/json/json-text.ts";
import { findingOf } from "./findings.ts";
import type { VerificationOutcome } from "./verification-output.ts";

/** With a line feed at the end. */
export function verificationJson(outcome: VerificationOutcome): string {
  const { model, signature, verification, subset, scan } = outcome;
  const { verified, method, signer, time, statement, comparison, problems } = verification;
  return `${jsonText(
    {
      schema: "weighbridge.verification/v1",
      tool: { name: "weighbridge", version: VERSION },
      model: {
        kind: model.tree.kind,
        ref: model.ref,
        ...(model.tree.revision === undefined ? {} : { revision: model.tree.revision }),
      },
      signature: signature ?? null,
      verified,
      method: method ?? null,
      signer: signer ?? null,
      time: time ?? null,
      statement: statement === undefined ? null : { ...statement, root: statement.root ?? null },
      files:
        comparison === undefined
          ? null
          : {
              basis: comparison.stated.length > 0 ? "stated" : "computed",
              subset,
              verified: comparison.verified,
              bytes: comparison.bytes,
              cached: comparison.cached,
              stated: comparison.stated,
              ignored: comparison.ignored.map(({ path, by }) => ({ path, by })),
            },
      ...(scan === undefined ? {} : { scan: { verdict: scan.verdict, files: scan.totals.files } }),
      findings: problems.map((problem) => {
        const { rule, severity, implies, message, evidence, fingerprint } = findingOf(
          problem,
          signature ?? model.ref,
        );
        const path = problem.path ?? null;
        return { rule, severity, implies, message, path, evidence, fingerprint };
      }),
    },
    0,
  )}\n`;
}
