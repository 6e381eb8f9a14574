/**
 * Signs a model: lists its files, takes their digests, and has the statement signed. Refuses what would make a
 * signature that covers less than it seems to: no files at all, names that are not UTF-8, links that are not followed,
 * files that cannot be read or that change meanwhile.
 */

import { createPublicKey } from "node:crypto";

import type { Signer } from "../../kernel/signer.ts";
import { quote } from "../../kernel/text.ts";
import type { Tree } from "../../kernel/tree.ts";
import { pae } from "../dsse/pae.ts";
import { PAYLOAD_TYPE, writeBundle } from "./bundle.ts";
import type { WrittenMaterial } from "./bundle.ts";
import { checkSignature } from "./check-signature.ts";
import type { NamedDigest } from "./dir-hash1.ts";
import { enumerate } from "./enumerate.ts";
import type { IgnoredBy, IgnoredFile } from "./enumerate.ts";
import type { HashFiles, HashOptions } from "./hash-files.ts";
import { curveOf, describeKey, keyFingerprint } from "./keys.ts";
import type { FollowLink } from "./links.ts";
import { EVIDENCE_PATHS, GIT_PATHS } from "./manifest.ts";
import { aboutFile, aboutSignature, fails } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { EMPTY, FILE_UNSTABLE, KEY_UNSUPPORTED, SIGNATURE_INVALID, UNREADABLE } from "./rules.ts";
import { modelDigests, writeStatement } from "./write-statement.ts";
import type { ModelDigests } from "./write-statement.ts";

export interface DigestOptions extends HashOptions {
  /** Relative to the model. */
  readonly ignorePaths: readonly string[];
  readonly ignoreGitPaths: boolean;
  /** Where the signature will lie, when that is in the model. */
  readonly signaturePath?: string | undefined;
  readonly allowSymlinks: boolean;
  readonly followLink: FollowLink;
  readonly hash: HashFiles;
}

export interface DigestedFile extends NamedDigest {
  readonly size: number;
}

export interface DigestedModel extends ModelDigests {
  /** By the bytes of their names. */
  readonly files: readonly DigestedFile[];
  readonly bytes: number;
  readonly ignored: readonly IgnoredFile[];
  /** What a statement says is left out. */
  readonly ignorePaths: readonly string[];
  /** Files whose digests come from an earlier run. */
  readonly cached: readonly string[];
  /** Where any of them fails, the model cannot be signed. */
  readonly problems: readonly Problem[];
}

/** Lists a model and takes its digests. */
export async function digestModel(tree: Tree, options: DigestOptions): Promise<DigestedModel> {
  const ignores = ignoresOf(options);
  const {
    files,
    ignored,
    problems: found,
  } = await enumerate(tree, {
    ignores,
    links: { inside: options.allowSymlinks, blobs: options.allowSymlinks },
    followLink: options.followLink,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const problems = [...found];
  if (files.length === 0) {
    problems.push(aboutSignature(EMPTY, "there are no files to sign"));
  }
  const jobs = files.map(({ file }) => ({ file, algorithm: "sha256" as const }));
  // Nobody waits for gigabytes to be read when it is known that they will not be signed.
  const results = problems.some(fails) ? [] : await options.hash(jobs, options);
  const digests: DigestedFile[] = [];
  const cached: string[] = [];
  let bytes = 0;
  for (const [index, result] of results.entries()) {
    const name = files[index]?.name ?? "";
    if (result.kind === "digests") {
      digests.push({ name, digest: result.digests[0] ?? "", size: result.size });
      bytes += result.size;
      if (result.cached === true) {
        cached.push(name);
      }
    } else {
      problems.push(
        result.kind === "unstable"
          ? aboutFile(FILE_UNSTABLE, name, `${quote(name)} was changed while it was read`)
          : aboutFile(UNREADABLE, name, `${quote(name)} cannot be read: ${result.detail}`),
      );
    }
  }
  const ignorePaths = [...ignores.keys()];
  return {
    ...modelDigests(digests),
    files: digests,
    bytes,
    ignored,
    ignorePaths,
    cached,
    problems,
  };
}

function ignoresOf(options: DigestOptions): Map<string, IgnoredBy> {
  const { ignorePaths, ignoreGitPaths, signaturePath } = options;
  return new Map<string, IgnoredBy>([
    ...EVIDENCE_PATHS.map((path) => [path, "default"] as const),
    ...(ignoreGitPaths ? GIT_PATHS : []).map((path) => [path, "default"] as const),
    ...(signaturePath === undefined ? [] : [[signaturePath, "signature"] as const]),
    ...ignorePaths.map((path) => [path, "caller"] as const),
  ]);
}

/** How a signature is made, and what a verifier needs to check it. */
export interface SigningOptions {
  readonly signer: Signer;
  /** As DER, the signer's own first and no root; missing for a bare key. */
  readonly chain?: readonly Uint8Array[];
  /** What the model is called. */
  readonly name: string;
  readonly allowSymlinks: boolean;
  /** The only file is called `.`, as releases up to 1.1.1 of the reference want it. */
  readonly dotName?: boolean;
  /** Gets a token over the signature, as DER. */
  readonly stamp?: ((signature: Uint8Array) => Promise<Uint8Array>) | undefined;
}

export type SignedModel =
  | { readonly kind: "signed"; readonly bundle: string; readonly fingerprint: string }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** Signs what was digested, and checks the signature before it is handed out. */
export async function signModel(
  model: DigestedModel,
  options: SigningOptions,
): Promise<SignedModel> {
  const { signer, chain, name, allowSymlinks, dotName = false, stamp } = options;
  const key = createPublicKey({
    key: Buffer.from(signer.publicKey),
    type: "spki",
    format: "der",
  });
  if (curveOf(key) === undefined) {
    const message = `${describeKey(key)} cannot sign models: P-256, P-384 or P-521 can`;
    return { kind: "refused", problems: [aboutSignature(KEY_UNSUPPORTED, message)] };
  }
  const files =
    dotName && model.files.length === 1
      ? model.files.map((file) => ({ ...file, name: "." }))
      : model.files;
  const payload = writeStatement({ name, files, ignorePaths: model.ignorePaths, allowSymlinks });
  const signature = await signer.sign(pae(PAYLOAD_TYPE, payload));
  if (
    checkSignature(key, { payloadType: PAYLOAD_TYPE, payload, signature }, "strict") !== "valid"
  ) {
    const message = "what the signer gave is not a signature by its own key";
    return { kind: "refused", problems: [aboutSignature(SIGNATURE_INVALID, message)] };
  }
  const fingerprint = keyFingerprint(key);
  const material: WrittenMaterial =
    chain === undefined ? { kind: "key", hint: fingerprint } : { kind: "certificate", chain };
  const timestamps = stamp === undefined ? [] : [await stamp(signature)];
  return {
    kind: "signed",
    bundle: writeBundle({ material, payload, signature, timestamps }),
    fingerprint,
  };
}
