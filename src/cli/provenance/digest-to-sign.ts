/** The part of signing that all ways share: the model is scanned and digested in one read, and refused where it harms. */

import { fails } from "../../provenance/oms/problem.ts";
import { digestModel } from "../../provenance/oms/sign.ts";
import type { DigestedModel } from "../../provenance/oms/sign.ts";
import type { Style } from "../../reporters/terminal/style.ts";
import { resolveLink } from "../../scan/links.ts";
import type { Arguments } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import { ignoresGit } from "./model-options.ts";
import { ignoredPaths, outputInModel } from "./model-target.ts";
import type { ModelTarget } from "./model-target.ts";
import { refusal, refuse } from "./sign-report.ts";
import type { Work } from "./work.ts";

export interface DigestJob {
  readonly model: ModelTarget;
  /** Where the signature will go. */
  readonly target: string;
  readonly style: Style;
  readonly work: Work;
}

/** Gives nothing where the model is not to be signed; why has been said then. */
export async function digestToSign(
  given: Arguments,
  terminal: Terminal,
  { model, target, style, work }: DigestJob,
): Promise<DigestedModel | undefined> {
  const gate = await openGate(given, model, work);
  if (gate?.report.verdict === "malicious" && !given.has("sign-anyway")) {
    terminal.err.write(refusal(model.ref, gate.lines(style), style));
    return undefined;
  }
  const digested = await digestModel(model.tree, {
    ...work,
    hash: gate?.hash ?? work.hash,
    ignorePaths: ignoredPaths(model, given),
    ignoreGitPaths: ignoresGit(given),
    signaturePath: outputInModel(model, target),
    allowSymlinks: given.has("allow-symlinks"),
    followLink: resolveLink,
  });
  if (digested.problems.some(fails)) {
    refuse(model.ref, digested.problems, terminal, style);
    return undefined;
  }
  return digested;
}

/** Scans the model, unless the user wants it unseen. */
async function openGate(given: Arguments, model: ModelTarget, work: Work) {
  if (given.has("no-scan")) {
    return undefined;
  }
  const { scanGate, maliciousLines } = await import("./scan-gate.ts");
  const gate = await scanGate(model.tree, work.hash, work.signal);
  return { ...gate, lines: (style: Style) => maliciousLines(gate.report, style) };
}
