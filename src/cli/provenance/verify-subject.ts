/** What is verified: a model on this machine or on a hub, its signature, and where digests of its files come from. */

import { existsSync } from "node:fs";
import { join } from "node:path";

import { AppError } from "../../kernel/errors.ts";
import type { ByteSource } from "../../kernel/source.ts";
import type { Tree } from "../../kernel/tree.ts";
import { MAX_BUNDLE_BYTES } from "../../provenance/oms/bundle.ts";
import { statedDigests } from "../../provenance/oms/compare-remote.ts";
import type { HashFiles } from "../../provenance/oms/hash-files.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { openDigestCache } from "./digest-cache.ts";
import { onlyModel, openModel, outputInModel, readNamedFile } from "./model-target.ts";
import type { ModelTarget } from "./model-target.ts";

const SIGNATURE = "model.sig";

export interface VerifySubject {
  readonly model: ModelTarget;
  /** Where the signature was read from; missing where there is none. */
  readonly signature: string | undefined;
  readonly bundle: Uint8Array | undefined;
  /** Where it lies in the model. */
  readonly signaturePath: string | undefined;
  /** Puts in front of hashing what need not be hashed. */
  wrap(hash: HashFiles): HashFiles;
  /** Lets go of it. Gives a sentence where something could not be kept. */
  close(): Promise<string | undefined>;
}

/** Throws `AppError` where there is no such model, or no file that is named as its signature. */
export async function openSubject(given: Arguments, spec: CommandSpec): Promise<VerifySubject> {
  const remote = given.value("remote");
  return remote === undefined
    ? await openLocal(given, spec)
    : await openRemote(given, spec, remote);
}

async function openLocal(given: Arguments, spec: CommandSpec): Promise<VerifySubject> {
  const model = openModel(onlyModel(given, spec));
  const cache = await openDigestCache(given, model);
  if (cache !== undefined && given.has("strict")) {
    throw new AppError("USAGE", "--strict reads everything, and --cache does not");
  }
  const signature = findSignature(given, model);
  return {
    model,
    signature,
    bundle: signature === undefined ? undefined : readSignature(signature),
    signaturePath: signature === undefined ? undefined : outputInModel(model, signature),
    wrap: (hash) => cache?.wrap(hash) ?? hash,
    close: async () => cache?.close(),
  };
}

/** What the user names; else `model.sig` in the model, else beside the user. */
function findSignature(given: Arguments, model: ModelTarget): string | undefined {
  const named = given.value("signature");
  if (named !== undefined) {
    return named;
  }
  const inside = join(model.ref, SIGNATURE);
  if (model.tree.kind === "folder" && existsSync(inside)) {
    return inside;
  }
  return existsSync(SIGNATURE) ? SIGNATURE : undefined;
}

function readSignature(path: string): Uint8Array {
  return readNamedFile(path, "the signature", MAX_BUNDLE_BYTES + 1);
}

async function openRemote(
  given: Arguments,
  { name }: CommandSpec,
  target: string,
): Promise<VerifySubject> {
  if (given.positionals.length > 0 || !target.startsWith("hf:")) {
    const message = target.startsWith("hf:")
      ? `${name} takes a model or --remote, and not both`
      : `--remote takes a repository on a hub, hf:org/name, and not ${target}`;
    throw new AppError("USAGE", message, { hint: `weighbridge ${name} --help` });
  }
  if (given.has("strict") || given.has("cache")) {
    throw new AppError("USAGE", "--remote reads nothing that --strict or --cache could be about");
  }
  const { networkSettings } = await import("../config/network.ts");
  const { remoteTargets } = await import("../../sources/remote/remote-targets.ts");
  const remote = remoteTargets({ settings: networkSettings(), full: true, offline: false });
  try {
    const tree = await remote.open(target);
    const named = given.value("signature");
    const bundle = named === undefined ? await fetchSignature(tree) : readSignature(named);
    return {
      model: { ref: target, tree, name: target, location: "" },
      signature: bundle === undefined ? undefined : (named ?? `${target}/${SIGNATURE}`),
      bundle,
      signaturePath: SIGNATURE,
      wrap: statedDigests,
      close: async () => {
        await remote.close();
        return undefined;
      },
    };
  } catch (error) {
    await remote.close();
    throw error;
  }
}

/** `model.sig` of a repository. */
async function fetchSignature(tree: Tree): Promise<Uint8Array | undefined> {
  for await (const file of tree.list()) {
    if (file.path === SIGNATURE) {
      if ((file.size ?? 0) > MAX_BUNDLE_BYTES) {
        throw new AppError("SOURCE_FORBIDDEN", `${SIGNATURE} of ${tree.ref} is too large`);
      }
      const source = await file.open();
      try {
        return await readAll(source, file.size ?? 0);
      } finally {
        source.close?.();
      }
    }
  }
  return undefined;
}

async function readAll(source: ByteSource, size: number): Promise<Uint8Array> {
  const bytes = Buffer.alloc(size);
  let at = 0;
  while (at < size) {
    const count = await source.readInto(bytes.subarray(at), at);
    if (count === 0) {
      break;
    }
    at += count;
  }
  return bytes.subarray(0, at);
}
