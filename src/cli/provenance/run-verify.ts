/** `weighbridge verify`: opens what the user names, verifies, reports. */

import { existsSync } from "node:fs";
import { join } from "node:path";

import { AppError } from "../../kernel/errors.ts";
import { MAX_BUNDLE_BYTES } from "../../provenance/oms/bundle.ts";
import { aboutSignature } from "../../provenance/oms/problem.ts";
import { UNSIGNED } from "../../provenance/oms/rules.ts";
import { verifyModel } from "../../provenance/oms/verify.ts";
import type { Verification } from "../../provenance/oms/verify.ts";
import { globMatcher } from "../../scan/glob.ts";
import { resolveLink } from "../../scan/links.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { FAILED, OK } from "../exit-code.ts";
import { oneOf } from "../scan/one-of.ts";
import type { Terminal } from "../terminal.ts";
import { openDigestCache } from "./digest-cache.ts";
import { ignoresGit } from "./model-options.ts";
import {
  ignoredPaths,
  onlyModel,
  openModel,
  outputInModel,
  readNamedFile,
} from "./model-target.ts";
import type { ModelTarget } from "./model-target.ts";
import { readTrust } from "./trust-settings.ts";
import { openReport } from "./verification-output.ts";
import { sayProblem, withWork } from "./work.ts";

const DEFAULT_SIGNATURE = "model.sig";
const COMPAT = ["legacy", "strict"] as const;

export interface VerifyKind {
  readonly spec: CommandSpec;
  /** How the model has to be signed; as the signature says, where it is missing. */
  readonly method: "key" | "certificate" | "sigstore" | undefined;
}

/** Gives the exit code. Throws `AppError` where it could not be verified at all. */
export async function runVerify(
  given: Arguments,
  terminal: Terminal,
  { spec, method }: VerifyKind,
): Promise<number> {
  const model = openModel(onlyModel(given, spec));
  const asked = oneOf("--oms-compat", given.value("oms-compat"), COMPAT) ?? "legacy";
  const compat = given.has("strict") ? "strict" : asked;
  const subset = given.values("subset");
  const matches = subset.length === 0 ? undefined : globMatcher(subset);
  const report = await openReport(given, terminal);
  const cache = await openDigestCache(given, model);
  if (cache !== undefined && compat === "strict") {
    throw new AppError("USAGE", "--strict reads everything, and --cache does not");
  }
  const signature = findSignature(given, model);
  const bundle =
    signature === undefined
      ? undefined
      : readNamedFile(signature, "the signature", MAX_BUNDLE_BYTES + 1);
  // What is missing on the command line is said before a model is read for minutes.
  const trust = await readTrust(given, spec, method, bundle ?? new Uint8Array());
  if (bundle === undefined) {
    report.write({ model, signature, verification: unsigned(), subset });
    return FAILED;
  }
  return await withWork(given, terminal, async (work) => {
    const verification = await verifyModel(bundle, model.tree, {
      ...work,
      hash: cache?.wrap(work.hash) ?? work.hash,
      trust,
      compat,
      ignorePaths: ignoredPaths(model, given),
      ignoreGitPaths: ignoresGit(given),
      signaturePath: signature === undefined ? undefined : outputInModel(model, signature),
      ignoreUnsigned: given.has("ignore-unsigned-files") && !given.has("no-ignore-unsigned-files"),
      allowSymlinks: given.has("allow-symlinks"),
      hubCache: given.has("hf-cache"),
      followLink: resolveLink,
      subset: matches,
    });
    if (
      matches !== undefined &&
      verification.comparison?.verified.length === 0 &&
      verification.verified
    ) {
      throw new AppError("USAGE", `no signed file matches --subset ${subset.join(" ")}`);
    }
    sayProblem(cache?.close(), terminal);
    report.write({ model, signature, verification, subset });
    return verification.verified ? OK : FAILED;
  });
}

/** What the user names; else `model.sig` in the model, else beside the user. */
function findSignature(given: Arguments, model: ModelTarget): string | undefined {
  const named = given.value("signature");
  if (named !== undefined) {
    return named;
  }
  const inside = join(model.ref, DEFAULT_SIGNATURE);
  if (model.tree.kind === "folder" && existsSync(inside)) {
    return inside;
  }
  return existsSync(DEFAULT_SIGNATURE) ? DEFAULT_SIGNATURE : undefined;
}

function unsigned(): Verification {
  const message =
    "it is not signed: there is no model.sig in it or here, and --signature names none";
  return {
    verified: false,
    method: undefined,
    signer: undefined,
    time: undefined,
    statement: undefined,
    comparison: undefined,
    problems: [aboutSignature(UNSIGNED, message)],
  };
}
