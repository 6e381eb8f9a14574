/** `weighbridge verify`: opens what the user names, verifies, reports. */

import { AppError } from "../../kernel/errors.ts";
import { aboutSignature } from "../../provenance/oms/problem.ts";
import { UNSIGNED } from "../../provenance/oms/rules.ts";
import { verifyModel } from "../../provenance/oms/verify.ts";
import type { Verification } from "../../provenance/oms/verify.ts";
import { globMatcher } from "../../scan/glob.ts";
import { resolveLink } from "../../scan/links.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { exitCodeOf, FAILED, OK } from "../exit-code.ts";
import { logFolder, logWork } from "../log/log-work.ts";
import { oneOf } from "../scan/one-of.ts";
import type { Terminal } from "../terminal.ts";
import { ignoresGit } from "./model-options.ts";
import { ignoredPaths } from "./model-target.ts";
import type { ModelTarget } from "./model-target.ts";
import type { ScanGate } from "./scan-gate.ts";
import { fingerprintLines } from "./read-keys.ts";
import { readTrust } from "./trust-settings.ts";
import { openReport } from "./verification-output.ts";
import type * as VerifySignedFile from "./verify-signed-file.ts";
import { openSubject } from "./verify-subject.ts";
import { sayProblem, withWork } from "./work.ts";
import type { Work } from "./work.ts";

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
  const asked = oneOf("--oms-compat", given.value("oms-compat"), COMPAT) ?? "legacy";
  const compat = given.has("strict") ? "strict" : asked;
  const subset = given.values("subset");
  const matches = subset.length === 0 ? undefined : globMatcher(subset);
  const log = logFolder(given);
  const report = await openReport(given, terminal);
  const subject = await openSubject(given, spec);
  const { model, signature, bundle, signaturePath } = subject;
  try {
    // What is missing on the command line is said before a model is read for minutes.
    const trust = await readTrust(given, spec, method, bundle ?? new Uint8Array());
    if (given.has("log-fingerprints")) {
      terminal.err.write(fingerprintLines(given.values("certificate-chain")));
    }
    if (bundle === undefined) {
      const verification = unsigned();
      report.write({ model, signature, verification, subset });
      await logVerification(log, { model, verification, bundle }, terminal);
      return FAILED;
    }
    return await withWork(given, terminal, async (work) => {
      const overBytes =
        trust.kind === "sigstore" ? await fileVerification(given, model, bundle, work) : undefined;
      if (overBytes !== undefined) {
        report.write({ model, signature, verification: overBytes, subset });
        await logVerification(log, { model, verification: overBytes, bundle }, terminal);
        return overBytes.verified ? OK : FAILED;
      }
      const gate = await openGate(given, model, work);
      const verification = await verifyModel(bundle, model.tree, {
        ...work,
        ...compareSettings(given, model),
        hash: subject.wrap(gate?.hash ?? work.hash),
        trust,
        compat,
        signaturePath,
        subset: matches,
      });
      const { comparison, verified } = verification;
      if (matches !== undefined && comparison?.verified.length === 0 && verified) {
        throw new AppError("USAGE", `no signed file matches --subset ${subset.join(" ")}`);
      }
      const scan = gate?.report;
      report.write({ model, signature, verification, subset, ...(scan && { scan }) });
      await logVerification(log, { model, verification, bundle }, terminal);
      const harmless = scan === undefined ? OK : exitCodeOf(scan, "suspicious");
      return verified ? harmless : FAILED;
    });
  } finally {
    sayProblem(await subject.close(), terminal);
  }
}

/** Adds what it came to, where the user keeps a log. */
async function logVerification(
  log: string | undefined,
  done: { model: ModelTarget; verification: Verification; bundle: Uint8Array | undefined },
  terminal: Terminal,
): Promise<void> {
  if (log !== undefined) {
    const { verifiedEvent } = await import("../log/model-events.ts");
    const { model, verification, bundle } = done;
    await logWork(log, [verifiedEvent(model.name, verification, bundle)], terminal);
  }
}

/** What the user says of the files. */
function compareSettings(given: Arguments, model: ModelTarget) {
  return {
    ignorePaths: ignoredPaths(model, given),
    ignoreGitPaths: ignoresGit(given),
    ignoreUnsigned: given.has("ignore-unsigned-files") && !given.has("no-ignore-unsigned-files"),
    allowSymlinks: given.has("allow-symlinks"),
    hubCache: given.has("hf-cache"),
    followLink: resolveLink,
  };
}

/** A scan in the same read, where the user asks for one. */
async function openGate(
  given: Arguments,
  { tree }: ModelTarget,
  work: Work,
): Promise<ScanGate | undefined> {
  if (!given.has("scan")) {
    return undefined;
  }
  const other = ["remote", "cache"].find((option) => given.has(option));
  if (other !== undefined) {
    throw new AppError("USAGE", `--scan reads everything, and --${other} does not`);
  }
  return await (await import("./scan-gate.ts")).scanGate(tree, work);
}

/** Of a bundle over the bytes of one file, which is no signature of OMS; loaded for keyless ones alone. */
async function fileVerification(
  ...args: Parameters<typeof VerifySignedFile.verifySignedFile>
): Promise<Verification | undefined> {
  const { verifySignedFile } = await import("./verify-signed-file.ts");
  return await verifySignedFile(...args);
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
