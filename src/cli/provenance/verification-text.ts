/** A verification for people: whether it holds, who signed, what was compared, and everything that is wrong. */

import { escapeText, formatBytes } from "../../kernel/text.ts";
import { fails } from "../../provenance/oms/problem.ts";
import type { SignerIdentity, TimeBasis } from "../../provenance/oms/trust.ts";
import type { Verification } from "../../provenance/oms/verify.ts";
import { formatCount, formatFiles } from "../../reporters/terminal/numbers.ts";
import { makeStyle } from "../../reporters/terminal/style.ts";
import type { Style } from "../../reporters/terminal/style.ts";
import { INDENT, problemLines } from "./problem-lines.ts";
import { riskyLines, scanLine } from "./scan-lines.ts";
import type { VerificationOutcome } from "./verification-output.ts";

export interface TextOptions {
  readonly color: boolean;
  readonly isVerbose: boolean;
}

/** The lines, each ending with a line feed. */
export function verificationText(
  { model, signature, verification, subset, scan }: VerificationOutcome,
  { color, isVerbose }: TextOptions,
): string {
  const style = makeStyle(color);
  const { verified, problems, statement } = verification;
  const head = verified
    ? style.verdict("clean", "verified".padEnd(INDENT.length))
    : style.verdict("malicious", "NOT VERIFIED".padEnd(INDENT.length + 1));
  const lines = [
    `${head}${style.bold(escapeText(model.ref))}  ${style.dim(sizeOf(verification))}`,
    ...signerLines(verification),
    ...(signature === undefined
      ? []
      : [`${INDENT}${style.dim(`signature ${escapeText(signature)}`)}`]),
    ...(verified && statement?.root !== undefined
      ? [`${INDENT}${style.dim(`root sha256:${statement.root}`)}`]
      : []),
    ...(subset.length > 0
      ? [`${INDENT}only files that match ${escapeText(subset.join(" "))} were compared`]
      : []),
    ...(isVerbose ? fileLines(verification, style) : []),
    ...ignoredLine(verification, style),
  ];
  const text = `${lines.join("\n")}\n${problemLines(problems, style, isVerbose)}`;
  const scanned =
    scan === undefined ? "" : riskyLines(scan, "incomplete", style) + scanLine(scan, style);
  return verified ? text + scanned : `${text}${lastLine(verification)}\n${scanned}`;
}

function sizeOf({ comparison, statement }: Verification): string {
  if (comparison === undefined) {
    return "";
  }
  const same = comparison.verified.length;
  const signed = statement?.files ?? same;
  const files =
    same === signed ? formatFiles(same) : `${formatCount(same)} of ${formatFiles(signed)}`;
  return `(${files}, ${formatBytes(comparison.bytes)})`;
}

function signerLines({ signer, time, method }: Verification): string[] {
  if (signer === undefined) {
    const told = method === undefined ? [] : [`${INDENT}nobody who is trusted signed it`];
    return told;
  }
  return [`${INDENT}signed by ${who(signer)}`, ...(time === undefined ? [] : [timeLine(time)])];
}

function who(signer: SignerIdentity): string {
  if (signer.kind === "identity") {
    const { identity, issuer, logEntries } = signer;
    const entries = logEntries.map(({ log, index }) => `, entry ${index} of ${log}`).join("");
    return escapeText(`${identity}, by the word of ${issuer}${entries}`);
  }
  return signer.kind === "key"
    ? `the key ${signer.fingerprint} (${signer.curve})`
    : `${signer.subject}, issued by ${signer.issuer}, root ${signer.root} (${signer.curve}, certificate ${signer.fingerprint})`;
}

function timeLine({ kind, at, authority }: TimeBasis): string {
  return kind === "now"
    ? `${INDENT}certificates are valid now, ${at}; the signature has no timestamp that is trusted`
    : `${INDENT}certificates were valid at ${at}, as ${escapeText(authority ?? "a timestamp")} states`;
}

function fileLines({ comparison }: Verification, style: Style): string[] {
  return (comparison?.verified ?? []).map((path) =>
    style.dim(`${INDENT}as signed: ${escapeText(path)}`),
  );
}

function ignoredLine({ comparison }: Verification, style: Style): string[] {
  const ignored = comparison?.ignored ?? [];
  const count = (by: string): number => ignored.filter((file) => file.by === by).length;
  const parts = [
    ...(count("default") > 0 ? [`${formatFiles(count("default"))} of git`] : []),
    ...(count("caller") > 0 ? [`${formatFiles(count("caller"))} by --ignore-paths`] : []),
  ];
  return parts.length === 0 ? [] : [style.dim(`${INDENT}not looked at: ${parts.join(", ")}`)];
}

function lastLine({ problems, signer, comparison, statement }: Verification): string {
  const count = problems.filter(fails).length;
  const found = count === 1 ? "1 problem" : `${formatCount(count)} problems`;
  const [first] = problems.filter(fails);
  const unproved =
    signer === undefined && comparison !== undefined && statement !== undefined
      ? "; the files were compared with a list that nobody vouches for"
      : "";
  return `${found}${unproved}. What it means and what to do: weighbridge explain ${first?.rule.id ?? "oms"}`;
}
