/** `weighbridge sign`: digests the model, signs the statement, writes the signature. */

import { AppError } from "../../kernel/errors.ts";
import { liesIn } from "../../provenance/oms/names.ts";
import { signModel } from "../../provenance/oms/sign.ts";
import { makeStyle } from "../../reporters/terminal/style.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { wantsColor } from "../config/environment.ts";
import { FAILED, OK } from "../exit-code.ts";
import { logFolder } from "../log/log-work.ts";
import { oneOf } from "../scan/one-of.ts";
import type { Terminal } from "../terminal.ts";
import { logSigned } from "./log-signed.ts";
import { ignoredPaths, onlyModel, openModel, outputInModel } from "./model-target.ts";
import type { ModelTarget } from "./model-target.ts";
import { problemLines } from "./problem-lines.ts";
import { digestToSign } from "./digest-to-sign.ts";
import { openSigner } from "./open-signer.ts";
import { readChain } from "./read-chain.ts";
import { refuse, summary } from "./sign-report.ts";
import { withWork } from "./work.ts";
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
  refuseKeyInModel(given, model);
  const log = logFolder(given);
  const signer = await openSigner(given, spec);
  const chain = certificate ? readChain(given, signer, spec) : undefined;
  const allowSymlinks = given.has("allow-symlinks");
  const style = makeStyle(wantsColor(given.value("color"), terminal.err));
  return await withWork(given, terminal, async (work) => {
    const digested = await digestToSign(given, terminal, {
      model,
      target,
      signer,
      style,
      work,
    });
    if (digested === undefined) {
      return FAILED;
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
    terminal.out.write(
      summary({ ref: model.ref, who, target, digested, isVerbose: given.has("verbose") }, style),
    );
    terminal.err.write(problemLines(digested.problems, style, false));
    if (log !== undefined) {
      const { fingerprint: id, bundle } = signed;
      const actor =
        chain === undefined ? { kind: "key", id } : { kind: "certificate", id: chain.subject };
      await logSigned(log, { name: model.name, digested, bundle, actor }, terminal);
    }
    return OK;
  });
}

/** A private key in the model would be signed, and published, with it. */
function refuseKeyInModel(given: Arguments, model: ModelTarget): void {
  const key = given.value("private-key");
  const inside = key === undefined ? undefined : outputInModel(model, key);
  if (inside !== undefined && liesIn(inside, new Set(ignoredPaths(model, given))) === undefined) {
    throw new AppError("USAGE", `the private key ${inside} lies in the model that is signed`, {
      hint: "move it elsewhere, before it is published with the model",
    });
  }
}

/** Loads what talks to authorities where one is named. */
async function stamping(given: Arguments) {
  const url = given.value("timestamp");
  return url === undefined ? {} : { stamp: (await import("./stamp.ts")).stampWith(url) };
}
