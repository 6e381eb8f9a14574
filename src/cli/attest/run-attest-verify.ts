/** `weighbridge attest verify`: digests the model, judges the claims about it, reports. */

import { escapeText } from "../../kernel/text.ts";
import { judgeClaims } from "../../provenance/attestations/judge-claims.ts";
import type { JudgedClaims } from "../../provenance/attestations/judge-claims.ts";
import { kindOfStatement } from "../../provenance/attestations/predicates.ts";
import { TORN_LINE } from "../../provenance/attestations/rules.ts";
import type {
  AttestationSigner,
  VerifiedAttestation,
} from "../../provenance/attestations/verified-attestation.ts";
import { modelDigestSet, modelSubjects } from "../../provenance/attestations/write-statement.ts";
import { fails } from "../../provenance/oms/problem.ts";
import type { Problem } from "../../provenance/oms/problem.ts";
import { jsonText } from "../../reporters/json/json-text.ts";
import { formatCount } from "../../reporters/terminal/numbers.ts";
import { makeStyle } from "../../reporters/terminal/style.ts";
import type { Style } from "../../reporters/terminal/style.ts";
import { VERSION } from "../../scan/version.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { wantsColor } from "../config/environment.ts";
import { FAILED, OK } from "../exit-code.ts";
import { findingOf } from "../provenance/findings.ts";
import { onlyModel, openModel } from "../provenance/model-target.ts";
import { INDENT, problemLines } from "../provenance/problem-lines.ts";
import { withWork } from "../provenance/work.ts";
import { oneOf } from "../scan/one-of.ts";
import type { Terminal } from "../terminal.ts";
import { collectClaims } from "./collect-claims.ts";
import { readJudge } from "./read-trust.ts";
import { digestTarget } from "./run-attest.ts";

const FORMATS = ["terminal", "json"] as const;

/** Gives the exit code. */
export async function runAttestVerify(
  given: Arguments,
  terminal: Terminal,
  spec: CommandSpec,
): Promise<number> {
  const format = oneOf("--format", given.value("format"), FORMATS) ?? "terminal";
  const model = openModel(onlyModel(given, spec));
  const judge = await readJudge(given, spec, model.location);
  const collected = await collectClaims(given, model);
  return await withWork(given, terminal, async (work) => {
    const digested = await digestTarget(model, given, work);
    const judged = judgeClaims(
      collected.attestations,
      modelSubjects(digested),
      judge,
      given.values("type"),
    );
    const problems = [...digested.problems, ...collected.problems, ...judged.problems];
    // A line that is cut off counts for nothing, and takes nothing away from the others.
    const isVerified = !problems.some((each) => fails(each) && each.rule !== TORN_LINE);
    const outcome = { ref: model.ref, isVerified, verified: judged.verified, problems };
    if (format === "json") {
      terminal.out.write(verificationJson(outcome, modelDigestSet(digested)));
    } else {
      const style = makeStyle(wantsColor(given.value("color"), terminal.out));
      terminal.out.write(verificationText(outcome, style, given.has("verbose")));
    }
    return isVerified ? OK : FAILED;
  });
}

interface Outcome extends JudgedClaims {
  readonly ref: string;
  readonly isVerified: boolean;
  readonly problems: readonly Problem[];
}

function verificationText(
  { ref, isVerified, verified, problems }: Outcome,
  style: Style,
  isVerbose: boolean,
): string {
  const head = isVerified
    ? style.verdict("clean", "verified".padEnd(INDENT.length))
    : style.verdict("malicious", "NOT VERIFIED".padEnd(INDENT.length + 1));
  const count =
    verified.length === 1 ? "1 claim counts" : `${formatCount(verified.length)} claims count`;
  const told = isVerbose ? problems : problems.filter(fails);
  const hidden = problems.length - told.length;
  const lines = [
    `${head}${style.bold(escapeText(ref))}  ${style.dim(`(${count})`)}`,
    ...verified.map((claim) => claimLine(claim, style)),
  ];
  const rest =
    hidden === 0
      ? ""
      : style.dim(
          `${INDENT}${hidden === 1 ? "1 other claim does" : `${formatCount(hidden)} other claims do`} not count; --verbose says why\n`,
        );
  return `${lines.join("\n")}\n${problemLines(told, style, isVerbose)}${rest}`;
}

function claimLine({ statement, signer, source, time }: VerifiedAttestation, style: Style): string {
  const kind = escapeText(kindOfStatement(statement)).padEnd(INDENT.length);
  const when = time === undefined ? "" : `, ${time}`;
  return `${INDENT}${kind}by ${escapeText(signerText(signer))}${when}  ${style.dim(escapeText(source))}`;
}

/** `the key 3f9a…`, short enough for a line. */
function signerText({ kind, id }: AttestationSigner): string {
  return kind === "key" ? `the key ${id.slice(0, 12)}…` : id;
}

function verificationJson(
  { ref, isVerified, verified, problems }: Outcome,
  digests: Readonly<Record<string, string>>,
): string {
  return `${jsonText(
    {
      schema: "weighbridge.claims/v1",
      tool: { name: "weighbridge", version: VERSION },
      model: ref,
      digests,
      verified: isVerified,
      claims: verified.map(({ statement, signer, source, digest, time }) => ({
        kind: kindOfStatement(statement),
        signer,
        source,
        digest,
        time: time ?? null,
        statement,
      })),
      findings: problems.map((problem) => {
        const { rule, severity, implies, message, fingerprint } = findingOf(problem, ref);
        return { rule, severity, implies, message, fingerprint };
      }),
    },
    0,
  )}\n`;
}
