/**
 * What there is about a model, verified: its signatures, with all files compared, and the claims beside it. A signature
 * by a stranger is looked at no further; one that does not hold is told.
 */

import { existsSync, readdirSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";

import { sha256 } from "../../bytes/hash.ts";
import { MAX_BUNDLE_BYTES, readBundle } from "../../provenance/oms/bundle.ts";
import { fails } from "../../provenance/oms/problem.ts";
import type { Problem } from "../../provenance/oms/problem.ts";
import { FILE_EXTRA, LEGACY_PAE } from "../../provenance/oms/rules.ts";
import { digestModel } from "../../provenance/oms/sign.ts";
import { verifyModel } from "../../provenance/oms/verify.ts";
import type { Verification } from "../../provenance/oms/verify.ts";
import type {
  Evidence,
  SignatureEvidence,
  SignatureFlaw,
} from "../../provenance/trust/evidence.ts";
import { resolveLink } from "../../scan/links.ts";
import type { Arguments } from "../command.ts";
import { ignoresGit } from "../provenance/model-options.ts";
import { ignoredPaths, outputInModel, readNamedFile } from "../provenance/model-target.ts";
import type { ModelTarget } from "../provenance/model-target.ts";
import type { Work } from "../provenance/work.ts";
import { gatherClaims } from "./gather-claims.ts";
import { lineageFor } from "./gather-lineage.ts";
import { gatherProofs, withProofs } from "./gather-proofs.ts";
import type { LoadedPolicy } from "./load-policy.ts";
import { policySigners } from "./policy-signers.ts";
import type { Identify } from "./policy-signers.ts";

const MOST_SIGNATURES = 32;

export interface Gathered {
  readonly evidence: Evidence;
  /** Why signatures do not hold. */
  readonly problems: readonly Problem[];
}

interface Reading {
  readonly given: Arguments;
  readonly model: ModelTarget;
  readonly identify: Identify;
  readonly work: Work;
  /** Files that are signatures themselves, relative to the model. */
  readonly own: readonly string[];
}

export async function gatherEvidence(
  given: Arguments,
  model: ModelTarget,
  loaded: LoadedPolicy,
  work: Work,
  now: number,
): Promise<Gathered> {
  const files = signatureFiles(given, model);
  const own = files.flatMap(({ path }) => outputInModel(model, path) ?? []);
  const identify = await policySigners(loaded, now);
  const reading: Reading = { given, model, identify, work, own };
  const signatures: SignatureEvidence[] = [];
  const problems: Problem[] = [];
  const broken: { source: string; detail: string }[] = [];
  let digests: Evidence["model"]["digests"] | undefined;
  for (const { path, bytes } of files) {
    const read = await readSignature(path, bytes, reading);
    problems.push(...read.problems);
    signatures.push(...(read.signature === undefined ? [] : [read.signature]));
    broken.push(...(read.broken === undefined ? [] : [read.broken]));
    digests ??= read.signature === undefined ? undefined : read.digests;
  }
  digests ??= await modelDigests(reading);
  const proofs = gatherProofs(given, model, loaded);
  const collected = await gatherClaims(given, model, identify);
  const claims = collected.claims.map((each) => withProofs(each, proofs));
  const lineage = lineageFor(loaded, { name: model.name, digests }, claims);
  return {
    evidence: {
      model: { references: referencesOf(given, model, loaded), digests },
      signatures: signatures.map((each) => withProofs(each, proofs)),
      broken,
      claims,
      ...(lineage === undefined ? {} : { lineage }),
      now,
    },
    problems: [...problems, ...collected.problems, ...proofs.problems],
  };
}

/** What the user names, else all bundles at the top of the model that end in `.sig`. */
function signatureFiles(
  given: Arguments,
  model: ModelTarget,
): readonly { readonly path: string; readonly bytes: Uint8Array }[] {
  const named = given.values("signature");
  const beside = existsSync("model.sig") ? ["model.sig"] : [];
  const inside =
    model.tree.kind === "folder"
      ? readdirSync(model.location)
          .filter((name) => name.endsWith(".sig"))
          .sort()
          .map((name) => join(model.location, name))
      : [];
  const found = inside.length > 0 ? inside : beside;
  return (named.length > 0 ? named : found).slice(0, MOST_SIGNATURES).flatMap((path) => {
    const bytes = readNamedFile(path, "the signature", MAX_BUNDLE_BYTES + 1);
    return named.length > 0 || readBundle(bytes).kind === "bundle" ? [{ path, bytes }] : [];
  });
}

interface ReadSignature {
  readonly signature?: SignatureEvidence;
  /** By a signer that is known, and not of these files. */
  readonly broken?: { readonly source: string; readonly detail: string };
  readonly digests?: Evidence["model"]["digests"];
  readonly problems: readonly Problem[];
}

async function readSignature(
  path: string,
  bytes: Uint8Array,
  reading: Reading,
): Promise<ReadSignature> {
  const read = readBundle(bytes);
  if (read.kind === "failed") {
    return { problems: read.problems };
  }
  const { bundle } = read;
  const { identify, model } = reading;
  const source = relative(model.location, resolve(path)).split(sep).join("/");
  const found = identify(bundle, bytes, "legacy");
  if (found.kind === "unknown") {
    return { problems: found.problems };
  }
  const { trust, ...identified } = found.identified;
  const verification = await compareFiles(bytes, path, trust, reading);
  const signature: SignatureEvidence = {
    ...identified,
    source: source.startsWith("..") ? path : source,
    digest: sha256(bytes),
    flaws: flawsOf(verification),
  };
  if (verification.verified) {
    return { signature, digests: signedDigests(verification), problems: [] };
  }
  const problems = verification.problems.filter(fails);
  const detail = problems[0]?.evidence.message ?? "it does not hold";
  return { broken: { source: signature.source, detail }, problems };
}

async function compareFiles(
  bytes: Uint8Array,
  path: string,
  trust: Parameters<typeof verifyModel>[2]["trust"],
  { given, model, work, own }: Reading,
): Promise<Verification> {
  return await verifyModel(bytes, model.tree, {
    ...work,
    trust,
    compat: "legacy",
    ignorePaths: [...ignoredPaths(model, given), ...own],
    ignoreGitPaths: ignoresGit(given),
    signaturePath: outputInModel(model, path),
    ignoreUnsigned: given.has("ignore-unsigned-files"),
    allowSymlinks: given.has("allow-symlinks"),
    hubCache: given.has("hf-cache"),
    followLink: resolveLink,
  });
}

function flawsOf({ problems, statement }: Verification): SignatureFlaw[] {
  const has = (rule: { readonly id: string }) => problems.some((each) => each.rule.id === rule.id);
  return [
    ...(has(FILE_EXTRA) ? ["unsigned-files" as const] : []),
    ...(statement?.allowSymlinks === true ? ["symlinks" as const] : []),
    ...(has(LEGACY_PAE) ? ["legacy-signatures" as const] : []),
  ];
}

function signedDigests({ statement }: Verification): Evidence["model"]["digests"] {
  const { root, dirHash1 } = statement ?? {};
  return {
    ...(root === undefined ? {} : { root }),
    ...(dirHash1 === undefined ? {} : { dirHash1 }),
  };
}

async function modelDigests({
  given,
  model,
  work,
  own,
}: Reading): Promise<Evidence["model"]["digests"]> {
  const { root, dirHash1, files } = await digestModel(model.tree, {
    ...work,
    ignorePaths: [...ignoredPaths(model, given), ...own],
    ignoreGitPaths: ignoresGit(given),
    allowSymlinks: given.has("allow-symlinks"),
    followLink: resolveLink,
  });
  const [only, ...others] = files;
  return {
    root,
    ...(dirHash1 === undefined ? {} : { dirHash1 }),
    ...(only !== undefined && others.length === 0 ? { file: only.digest } : {}),
  };
}

/** What the user says it is called; else where it lies, from the root and from the policy. */
function referencesOf(
  given: Arguments,
  { location }: ModelTarget,
  { path }: LoadedPolicy,
): string[] {
  const named = given.values("as");
  if (named.length > 0) {
    return [...named];
  }
  const nearby = relative(resolve(path, ".."), location);
  const isBelow = nearby !== "" && !nearby.startsWith("..") && nearby !== resolve(nearby);
  return [location, ...(isBelow ? [nearby] : [])].map(
    (place) => `file:${place.split(sep).join("/")}`,
  );
}
