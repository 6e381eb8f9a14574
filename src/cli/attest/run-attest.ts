/** `weighbridge attest`: digests the model, puts the claim together, signs it, adds it to the others. */

import { AppError } from "../../kernel/errors.ts";
import { escapeText } from "../../kernel/text.ts";
import type { JsonObject } from "../../provenance/attestations/statement.ts";
import { signAttestation } from "../../provenance/attestations/sign-attestation.ts";
import { modelSubjects } from "../../provenance/attestations/write-statement.ts";
import type { AttestedModel } from "../../provenance/attestations/write-statement.ts";
import { BUNDLE_MEDIA_TYPE } from "../../provenance/oms/bundle.ts";
import { fails } from "../../provenance/oms/problem.ts";
import { digestModel } from "../../provenance/oms/sign.ts";
import type { DigestedModel } from "../../provenance/oms/sign.ts";
import { makeStyle } from "../../reporters/terminal/style.ts";
import { resolveLink } from "../../scan/links.ts";
import { appendClaim } from "../../store/claims-file/append-claim.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { wantsColor } from "../config/environment.ts";
import { FAILED, OK } from "../exit-code.ts";
import { ignoresGit } from "../provenance/model-options.ts";
import { ignoredPaths, onlyModel, openModel, outputInModel } from "../provenance/model-target.ts";
import type { ModelTarget } from "../provenance/model-target.ts";
import { openSigner } from "../provenance/open-signer.ts";
import { INDENT, problemLines } from "../provenance/problem-lines.ts";
import { readChain } from "../provenance/read-chain.ts";
import { withWork } from "../provenance/work.ts";
import type { Work } from "../provenance/work.ts";
import { writeSignature } from "../provenance/write-signature.ts";
import type { Terminal } from "../terminal.ts";
import { claimsPlace } from "./claims-place.ts";

export interface ClaimInput {
  readonly given: Arguments;
  readonly model: ModelTarget;
  readonly digested: DigestedModel & AttestedModel;
  readonly work: Work;
}

export interface ClaimKind {
  readonly spec: CommandSpec;
  /** What it is called in the summary. */
  readonly name: string;
  /** Paths of the model that are left out, beside those that the user names. */
  readonly ignorePaths?: readonly string[];
  /** Throws `AppError` for what cannot be claimed. */
  readonly make: (
    input: ClaimInput,
  ) => Promise<{ readonly type: string; readonly predicate: JsonObject }>;
}

/** Gives the exit code. Throws `AppError` for a key that cannot be used and a claim that cannot be made. */
export async function runAttest(
  given: Arguments,
  terminal: Terminal,
  { spec, name, ignorePaths = [], make }: ClaimKind,
): Promise<number> {
  const model = openModel(onlyModel(given, spec));
  const output = given.value("output");
  const target = output ?? claimsPlace(model);
  const signer = await openSigner(given, spec);
  const chain = given.has("signing-certificate") ? readChain(given, signer, spec) : undefined;
  return await withWork(given, terminal, async (work) => {
    const digested = await digestTarget(model, given, work, { output, ignorePaths });
    if (digested.problems.some(fails)) {
      const style = makeStyle(wantsColor(given.value("color"), terminal.err));
      terminal.err.write(`${style.bold("not attested")}  ${escapeText(model.ref)}\n`);
      terminal.err.write(problemLines(digested.problems, style, true));
      return FAILED;
    }
    const { type, predicate } = await make({ given, model, digested, work });
    const { bundle, fingerprint } = await signAttestation(
      { subject: modelSubjects(digested), predicateType: type, predicate },
      {
        signer,
        ...(chain === undefined ? {} : { chain: chain.certificates }),
        ...(await stamping(given)),
      },
    );
    if (output === undefined) {
      await appendClaim(target, bundle);
    } else {
      writeSignature(target, bundle);
    }
    const logged = given.value("log");
    const index =
      logged === undefined
        ? undefined
        : await logClaim(logged, { digested, bundle, type, fingerprint });
    const style = makeStyle(wantsColor(given.value("color"), terminal.out));
    const who = chain === undefined ? `the key ${fingerprint}` : chain.subject;
    const lines = [
      `${"attested".padEnd(INDENT.length)}${style.bold(escapeText(model.ref))}  ${style.dim(`(${name})`)}`,
      `${INDENT}by ${escapeText(who)}`,
      `${INDENT}${output === undefined ? "added to" : "written to"} ${escapeText(target)}`,
      ...(index === undefined
        ? []
        : [`${INDENT}entry ${index} of the log ${escapeText(logged ?? "")}`]),
      `${INDENT}${style.dim(`root sha256:${digested.root}`)}`,
    ];
    terminal.out.write(`${lines.join("\n")}\n`);
    return OK;
  });
}

interface LoggedClaim {
  readonly digested: AttestedModel;
  readonly bundle: string;
  readonly type: string;
  readonly fingerprint: string;
}

/** Gives the index of the entry. */
async function logClaim(
  folder: string,
  { digested, bundle, type, fingerprint }: LoggedClaim,
): Promise<number | undefined> {
  const { appendEvent } = await import("../log/append-event.ts");
  const { name, root, dirHash1, files } = digested;
  const [only] = files.length === 1 ? files : [];
  const subject = {
    name,
    omsRoot: root,
    ...(dirHash1 === undefined ? {} : { dirHash1 }),
    ...(only === undefined ? {} : { sha256: only.digest }),
    files: files.length,
  };
  const { appended } = await appendEvent(folder, [
    {
      event: { type: "attested", subject, actor: { kind: "key", id: fingerprint } },
      // Without the line feed, as a claim is known by its digest everywhere.
      evidence: [
        { bytes: Buffer.from(bundle.trimEnd()), mediaType: BUNDLE_MEDIA_TYPE, predicateType: type },
      ],
    },
  ]);
  return appended[0]?.index;
}

/** Loads what talks to authorities where one is named. */
async function stamping(given: Arguments) {
  const url = given.value("timestamp");
  return url === undefined
    ? {}
    : { stamp: (await import("../provenance/stamp.ts")).stampWith(url) };
}

interface DigestChoices {
  /** Where the claim will lie, when that is in the model. */
  readonly output?: string | undefined;
  readonly ignorePaths?: readonly string[];
}

/** What a claim is about. Throws `AppError` where the model has no files. */
export async function digestTarget(
  model: ModelTarget,
  given: Arguments,
  work: Work,
  { output, ignorePaths = [] }: DigestChoices = {},
): Promise<DigestedModel & AttestedModel> {
  const digested = await digestModel(model.tree, {
    ...work,
    ignorePaths: [...ignoredPaths(model, given), ...ignorePaths],
    ignoreGitPaths: ignoresGit(given),
    signaturePath: output === undefined ? undefined : outputInModel(model, output),
    allowSymlinks: given.has("allow-symlinks"),
    followLink: resolveLink,
  });
  return { ...digested, name: model.name };
}

/** An artifact that is only needed for its digests. Throws `AppError` where they cannot be taken. */
export async function digestOther(
  ref: string,
  given: Arguments,
  work: Work,
): Promise<DigestedModel & AttestedModel> {
  const digested = await digestTarget(openModel(ref), given, work);
  const problem = digested.problems.find(fails);
  if (problem !== undefined) {
    throw new AppError("USAGE", `${ref} cannot be named: ${problem.evidence.message}`);
  }
  return digested;
}
