/** `weighbridge attest show`: prints claims as they are. */

import { statSync } from "node:fs";

import { escapeText, quote } from "../../kernel/text.ts";
import { kindOfStatement } from "../../provenance/attestations/predicates.ts";
import type { Attestation } from "../../provenance/attestations/read-attestation.ts";
import { fails } from "../../provenance/oms/problem.ts";
import { jsonText } from "../../reporters/json/json-text.ts";
import { makeStyle } from "../../reporters/terminal/style.ts";
import type { Style } from "../../reporters/terminal/style.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { wantsColor } from "../config/environment.ts";
import { FAILED, OK } from "../exit-code.ts";
import { onlyModel, openModel } from "../provenance/model-target.ts";
import { INDENT, problemLines } from "../provenance/problem-lines.ts";
import { oneOf } from "../scan/one-of.ts";
import type { Terminal } from "../terminal.ts";
import { collectClaims, readFile } from "./collect-claims.ts";

const FORMATS = ["terminal", "json"] as const;
const CLAIMS = /\.(?:jsonl?|sig|sigstore|bundle)$/;
const SUBJECTS = 8;

/** Gives the exit code: 1 where a claim cannot be read, or there is none. */
export async function runAttestShow(
  given: Arguments,
  terminal: Terminal,
  spec: CommandSpec,
): Promise<number> {
  const format = oneOf("--format", given.value("format"), FORMATS) ?? "terminal";
  const path = onlyModel(given, spec);
  const isClaims =
    CLAIMS.test(path) && statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  const { attestations, problems } = isClaims
    ? readFile(path)
    : await collectClaims(given, openModel(path));
  const style = makeStyle(wantsColor(given.value("color"), terminal.out));
  if (format === "json") {
    const shown = attestations.map(({ source, digest, bundle, statement }) => ({
      source,
      digest,
      signedWith: bundle.material.kind,
      statement,
    }));
    terminal.out.write(`${jsonText(shown, 0)}\n`);
  } else if (attestations.length === 0) {
    terminal.out.write(`no claims  ${escapeText(path)}\n`);
  } else {
    terminal.out.write(attestations.map((each) => claimLines(each, style)).join("\n"));
    terminal.out.write(
      style.dim("nothing of this is verified: weighbridge attest verify does that\n"),
    );
  }
  terminal.err.write(problemLines(problems, style, true));
  return problems.some(fails) || attestations.length === 0 ? FAILED : OK;
}

function claimLines({ source, bundle, statement, digest }: Attestation, style: Style): string {
  const { material } = bundle;
  const hint = material.kind === "key" ? ` ${material.hint ?? ""}` : "";
  const lines = [
    `${escapeText(kindOfStatement(statement)).padEnd(INDENT.length)}${style.bold(escapeText(source))}`,
    `${INDENT}signed with a ${material.kind === "sigstore" ? "keyless identity" : material.kind}${escapeText(hint)}`,
    `${INDENT}type ${escapeText(statement.predicateType)}`,
    ...statement.subject.slice(0, SUBJECTS).map(({ name = "", digest: digests }) => {
      const [algorithm = "", value = ""] = Object.entries(digests)[0] ?? [];
      return `${INDENT}about ${quote(name)}, ${escapeText(algorithm)}:${escapeText(value)}`;
    }),
    ...(statement.subject.length > SUBJECTS
      ? [`${INDENT}and ${statement.subject.length - SUBJECTS} more subjects`]
      : []),
    `${INDENT}${style.dim(`bundle sha256:${digest}`)}`,
  ];
  return `${lines.join("\n")}\n`;
}
