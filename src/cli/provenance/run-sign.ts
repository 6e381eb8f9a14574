/** `weighbridge sign`: digests the model, signs the statement, writes the signature. */

import { escapeText, formatBytes } from "../../kernel/text.ts";
import { fails } from "../../provenance/oms/problem.ts";
import type { Problem } from "../../provenance/oms/problem.ts";
import { digestModel, signModel } from "../../provenance/oms/sign.ts";
import type { DigestedModel } from "../../provenance/oms/sign.ts";
import { formatFiles } from "../../reporters/terminal/numbers.ts";
import { makeStyle } from "../../reporters/terminal/style.ts";
import type { Style } from "../../reporters/terminal/style.ts";
import { resolveLink } from "../../scan/links.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { wantsColor } from "../config/environment.ts";
import { FAILED, OK } from "../exit-code.ts";
import { oneOf } from "../scan/one-of.ts";
import type { Terminal } from "../terminal.ts";
import { ignoresGit } from "./model-options.ts";
import { ignoredPaths, onlyModel, openModel, outputInModel } from "./model-target.ts";
import type { ModelTarget } from "./model-target.ts";
import { INDENT, problemLines } from "./problem-lines.ts";
import { openSigner } from "./open-signer.ts";
import { readChain } from "./read-chain.ts";
import { withWork } from "./work.ts";
import type { Work } from "./work.ts";
import { writeSignature } from "./write-signature.ts";

const DEFAULT_SIGNATURE = "model.sig";
const COMPAT = ["python-1.1", "none"] as const;

export interface SignKind {
  readonly spec: CommandSpec;
  /** Whether a certificate goes into the signature. */
  readonly certificate: boolean;
}

/** Gives the exit code. Throws `AppError` for a key that cannot be used and a place that cannot be written to. */
export async function runSign(
  given: Arguments,
  terminal: Terminal,
  { spec, certificate }: SignKind,
): Promise<number> {
  const model = openModel(onlyModel(given, spec));
  const target = given.value("signature") ?? DEFAULT_SIGNATURE;
  const compat = oneOf("--oms-compat", given.value("oms-compat"), COMPAT);
  const signer = await openSigner(given, spec);
  const chain = certificate ? readChain(given, signer, spec) : undefined;
  const allowSymlinks = given.has("allow-symlinks");
  const style = makeStyle(wantsColor(given.value("color"), terminal.err));
  return await withWork(given, terminal, async (work) => {
    const gate = await openGate(given, model, work);
    if (gate?.report.verdict === "malicious" && !given.has("sign-anyway")) {
      terminal.err.write(refusal(model.ref, gate.lines(style), style));
      return FAILED;
    }
    const digested = await digestModel(model.tree, {
      ...work,
      hash: gate?.hash ?? work.hash,
      ignorePaths: ignoredPaths(model, given),
      ignoreGitPaths: ignoresGit(given),
      signaturePath: outputInModel(model, target),
      allowSymlinks,
      followLink: resolveLink,
    });
    if (digested.problems.some(fails)) {
      return refuse(model.ref, digested.problems, terminal, style);
    }
    const signed = await signModel(digested, {
      signer,
      ...(chain === undefined ? {} : { chain: chain.certificates }),
      name: model.name,
      allowSymlinks,
      ...(await stamping(given)),
      dotName: model.tree.kind === "file" && compat === "python-1.1",
    });
    if (signed.kind === "refused") {
      return refuse(model.ref, signed.problems, terminal, style);
    }
    writeSignature(target, signed.bundle);
    const who = chain === undefined ? `the key ${signed.fingerprint}` : chain.subject;
    terminal.out.write(summary({ ref: model.ref, who, target, digested }, style));
    terminal.err.write(problemLines(digested.problems, style, false));
    return OK;
  });
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

function refusal(ref: string, lines: string, style: Style): string {
  return [
    `${style.bold("not signed")}  ${escapeText(ref)}: it harms whoever loads it`,
    lines.trimEnd(),
    `${INDENT}a signature would vouch for that; if you know better: --sign-anyway`,
    "",
  ].join("\n");
}

/** Loads what talks to authorities where one is named. */
async function stamping(given: Arguments) {
  const url = given.value("timestamp");
  return url === undefined ? {} : { stamp: (await import("./stamp.ts")).stampWith(url) };
}

function refuse(
  ref: string,
  problems: readonly Problem[],
  terminal: Terminal,
  style: Style,
): number {
  terminal.err.write(`${style.bold("not signed")}  ${escapeText(ref)}\n`);
  terminal.err.write(problemLines(problems, style, true));
  return FAILED;
}

interface Summary {
  readonly ref: string;
  readonly who: string;
  readonly target: string;
  readonly digested: DigestedModel;
}

function summary({ ref, who, target, digested }: Summary, style: Style): string {
  const { files, bytes, root, ignored } = digested;
  const size = style.dim(`(${formatFiles(files.length)}, ${formatBytes(bytes)})`);
  const byCaller = ignored.filter(({ by }) => by === "caller").length;
  const others = ignored.length - byCaller;
  const left = [
    ...(byCaller > 0 ? [`${formatFiles(byCaller)} by --ignore-paths`] : []),
    ...(others > 0 ? [`${formatFiles(others)} of git and of evidence`] : []),
  ];
  return [
    `${"signed".padEnd(INDENT.length)}${style.bold(escapeText(ref))}  ${size}`,
    `${INDENT}by ${escapeText(who)}`,
    `${INDENT}signature ${escapeText(target)}`,
    `${INDENT}${style.dim(`root sha256:${root}`)}`,
    ...(left.length > 0 ? [`${INDENT}left out: ${left.join(", ")}`] : []),
    "",
  ].join("\n");
}
