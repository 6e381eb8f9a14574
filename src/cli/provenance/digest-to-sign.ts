/** The part of signing that all ways share: the model is scanned and digested in one read, and refused where it harms. */

import type { Signer } from "../../kernel/signer.ts";
import { escapeText } from "../../kernel/text.ts";
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
import { refuse } from "./sign-report.ts";
import { prepareWork } from "./sign-work.ts";
import { sayProblem } from "./work.ts";
import type { Work } from "./work.ts";

export interface DigestJob {
  readonly model: ModelTarget;
  /** Where the signature will go. */
  readonly target: string;
  /** Who signs, where that is known before. */
  readonly signer?: Signer;
  readonly style: Style;
  readonly work: Work;
}

/** Gives nothing where the model is not to be signed; why has been said then. */
export async function digestToSign(
  given: Arguments,
  terminal: Terminal,
  { model, target, signer, style, work }: DigestJob,
): Promise<DigestedModel | undefined> {
  const ready = await prepareWork({ given, model, signer, style, work });
  if (ready.kind === "refused") {
    terminal.err.write(`${style.bold("not signed")}  ${escapeText(model.ref)}: ${ready.lines}`);
    return undefined;
  }
  const digested = await digestModel(model.tree, {
    ...work,
    hash: ready.hash,
    ignorePaths: ignoredPaths(model, given),
    ignoreGitPaths: ignoresGit(given),
    signaturePath: outputInModel(model, target),
    allowSymlinks: given.has("allow-symlinks"),
    followLink: resolveLink,
  });
  sayProblem(ready.close(), terminal);
  if (digested.problems.some(fails)) {
    refuse(model.ref, digested.problems, terminal, style);
    return undefined;
  }
  return digested;
}
