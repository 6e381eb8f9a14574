/** `weighbridge lineage`: digests the model, verifies the claims, walks, draws. */

import { modelDigestSet } from "../../provenance/attestations/write-statement.ts";
import type { JudgeAttestation } from "../../provenance/attestations/verify-attestation.ts";
import type { Attestation } from "../../provenance/attestations/read-attestation.ts";
import { TORN_LINE } from "../../provenance/attestations/rules.ts";
import type { Claim } from "../../provenance/lineage/lineage.ts";
import { holdAgainst } from "../../provenance/lineage/hold-against.ts";
import { reachableClaims } from "../../provenance/lineage/reachable.ts";
import type { TracedModel } from "../../provenance/lineage/trace.ts";
import { traceLineage } from "../../provenance/lineage/trace.ts";
import { fails } from "../../provenance/oms/problem.ts";
import type { Problem } from "../../provenance/oms/problem.ts";
import { lineageJson } from "../../reporters/lineage/lineage-json.ts";
import { lineageMermaid } from "../../reporters/lineage/lineage-mermaid.ts";
import { lineageTree } from "../../reporters/lineage/lineage-tree.ts";
import { makeStyle } from "../../reporters/terminal/style.ts";
import { collectClaims } from "../attest/collect-claims.ts";
import { judgeOrNobody, readJudge } from "../attest/read-trust.ts";
import { digestOther, digestTarget } from "../attest/run-attest.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { wantsColor } from "../config/environment.ts";
import { FAILED, OK } from "../exit-code.ts";
import { onlyModel, openModel } from "../provenance/model-target.ts";
import { problemLines } from "../provenance/problem-lines.ts";
import { withWork } from "../provenance/work.ts";
import { oneOf } from "../scan/one-of.ts";
import type { Terminal } from "../terminal.ts";

const FORMATS = ["tree", "json", "mermaid"] as const;

export interface LineageKind {
  readonly spec: CommandSpec;
  /** Whether what is wrong makes the command fail. */
  readonly fails: boolean;
}

/** Gives the exit code. */
export async function runLineage(
  given: Arguments,
  terminal: Terminal,
  { spec, fails: judges }: LineageKind,
): Promise<number> {
  const format = oneOf("--format", given.value("format"), FORMATS) ?? "tree";
  const model = openModel(onlyModel(given, spec));
  const judge = judges
    ? await readJudge(given, spec, model.location)
    : await judgeOrNobody(given, spec, model.location);
  const collected = await collectClaims(given, model);
  return await withWork(given, terminal, async (work) => {
    const digested = await digestTarget(model, given, work);
    const traced = { name: model.name, digest: modelDigestSet(digested) };
    const { claims, problems } = judgeReached(traced, collected.attestations, judge);
    const found = [...digested.problems, ...collected.problems, ...problems];
    let lineage = traceLineage(traced, claims);
    for (const place of given.values("with")) {
      const copy = await digestOther(place, given, work);
      lineage = holdAgainst(lineage, { name: copy.name, digest: modelDigestSet(copy), place });
    }
    const style = makeStyle(wantsColor(given.value("color"), terminal.out));
    switch (format) {
      case "json":
        terminal.out.write(lineageJson(model.ref, lineage));
        break;
      case "mermaid":
        terminal.out.write(lineageMermaid(lineage));
        break;
      default:
        terminal.out.write(lineageTree(lineage, style));
    }
    terminal.err.write(problemLines(found, style, true));
    const isFailed =
      !lineage.complete || found.some((each) => fails(each) && each.rule !== TORN_LINE);
    return judges && isFailed ? FAILED : OK;
  });
}

/** A signature of somebody who is trusted that does not hold is told, and the claim is left out. */
function judgeReached(
  model: TracedModel,
  attestations: readonly Attestation[],
  judge: JudgeAttestation,
): { readonly claims: readonly Claim[]; readonly problems: readonly Problem[] } {
  const unknown = attestations
    .filter((attestation) => attestation.problems.length === 0)
    .map((attestation) => {
      const { statement, source, digest } = attestation;
      return { attestation, claim: { statement, source, digest } };
    });
  const reached = reachableClaims(
    model,
    unknown.map(({ claim }) => claim),
  );
  const claims: Claim[] = [];
  const problems: Problem[] = [];
  for (const { attestation, claim } of unknown) {
    const outcome = reached.has(claim) ? judge(attestation) : undefined;
    if (outcome === undefined) {
      claims.push(claim);
    } else if (outcome.kind === "trusted") {
      claims.push(outcome.verified);
    } else if (outcome.kind === "stranger") {
      claims.push({ ...claim, stranger: outcome.who });
    } else {
      problems.push(...outcome.problems);
    }
  }
  return { claims, problems };
}
