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
import { judgeSigner } from "../../provenance/oms/trust.ts";
import type { SignerIdentity } from "../../provenance/oms/trust.ts";
import { verifyModel } from "../../provenance/oms/verify.ts";
import type { Verification } from "../../provenance/oms/verify.ts";
import type {
  Evidence,
  SignatureEvidence,
  SignatureFlaw,
  Signer,
} from "../../provenance/trust/evidence.ts";
import { resolveLink } from "../../scan/links.ts";
import type { Arguments } from "../command.ts";
import { ignoresGit } from "../provenance/model-options.ts";
import { ignoredPaths, outputInModel, readNamedFile } from "../provenance/model-target.ts";
import type { ModelTarget } from "../provenance/model-target.ts";
import type { Work } from "../provenance/work.ts";
import { gatherClaims } from "./gather-claims.ts";
import type { LoadedPolicy } from "./load-policy.ts";
import { candidatesFor } from "./policy-signers.ts";

const MOST_SIGNATURES = 32;

export interface Gathered {
  readonly evidence: Evidence;
  /** Why signatures do not hold. */
  readonly problems: readonly Problem[];
}

interface Reading {
  readonly given: Arguments;
  readonly model: ModelTarget;
  readonly loaded: LoadedPolicy;
  readonly work: Work;
  readonly now: number;
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
  const reading: Reading = { given, model, loaded, work, now, own };
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
  const claims = await gatherClaims(given, model, loaded, now);
  return {
    evidence: {
      model: { references: referencesOf(given, model, loaded), digests },
      signatures,
      broken,
      claims: claims.claims,
      now,
    },
    problems: [...problems, ...claims.problems],
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
  const { loaded, now, model } = reading;
  const source = relative(model.location, resolve(path)).split(sep).join("/");
  const roots: string[] = [];
  const failed: Problem[] = [];
  let signature: SignatureEvidence | undefined;
  let verification: Verification | undefined;
  for (const candidate of await candidatesFor(bundle, bytes, loaded, now)) {
    const { signer, time, problems } = judgeSigner(bundle, candidate.trust, "legacy");
    if (signer === undefined) {
      failed.push(...problems.filter(fails));
      continue;
    }
    verification ??= await compareFiles(bytes, path, candidate.trust, reading);
    const described = candidate.describe(bundle, signerOf(signer));
    roots.push(...(described.roots ?? []));
    signature = {
      signer: { ...described, ...(roots.length === 0 ? {} : { roots: [...roots] }) },
      source: source.startsWith("..") ? path : source,
      digest: sha256(bytes),
      flaws: flawsOf(verification),
      ...(time?.kind === "timestamp" ? { time: time.at } : {}),
      ...logEntriesOf(signer),
    };
  }
  if (signature === undefined || verification === undefined) {
    // With a key, every other key of the policy fails as well; that is no news.
    return { problems: bundle.material.kind === "key" ? [] : failed };
  }
  if (verification.verified) {
    return { signature, digests: signedDigests(verification), problems: [] };
  }
  const found = verification.problems.filter(fails);
  const detail = found[0]?.evidence.message ?? "it does not hold";
  return { broken: { source: signature.source, detail }, problems: found };
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

function signerOf(identity: SignerIdentity): Signer {
  switch (identity.kind) {
    case "key":
      return { kind: "key", id: identity.fingerprint };
    case "certificate":
      return {
        kind: "certificate",
        id: identity.subject,
        issuer: identity.issuer,
        certificate: identity.fingerprint,
      };
    default:
      return {
        kind: "keyless",
        id: identity.identity,
        issuer: identity.issuer,
        claims: identity.claims,
      };
  }
}

function logEntriesOf(identity: SignerIdentity): Pick<SignatureEvidence, "logged"> {
  return identity.kind === "identity"
    ? {
        logged: identity.logEntries.map(({ log, index }) => ({
          origin: log,
          index: Number(index),
          witnesses: 0,
        })),
      }
    : {};
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
