/** The files of a model against a manifest: every one that changed, is missing, or is not in it. */

import { formatBytes, quote } from "../../kernel/text.ts";
import type { Tree } from "../../kernel/tree.ts";
import { enumerate } from "./enumerate.ts";
import type { IgnoredBy, IgnoredFile, ModelFile } from "./enumerate.ts";
import type { HashFiles, HashJob, HashOptions, HashResult } from "./hash-files.ts";
import type { FollowLink } from "./links.ts";
import { GIT_PATHS } from "./manifest.ts";
import type { Manifest, Resource } from "./manifest.ts";
import { aboutFile, aboutSignature, asNote } from "./problem.ts";
import type { Problem } from "./problem.ts";
import {
  CACHED_DIGESTS,
  FILE_CHANGED,
  FILE_EXTRA,
  FILE_MISSING,
  FILE_UNSTABLE,
  IGNORED_BY_SIGNER,
  STATED_DIGESTS,
  UNREADABLE,
} from "./rules.ts";

export interface CompareOptions extends HashOptions {
  /** What the caller leaves out, relative to the model. */
  readonly ignorePaths: readonly string[];
  readonly ignoreGitPaths: boolean;
  /** Where the signature lies in the model. */
  readonly signaturePath?: string | undefined;
  /** Whether files that are not signed are told and let pass. */
  readonly ignoreUnsigned: boolean;
  /** Links are followed where the signature and the caller both allow it. */
  readonly allowSymlinks: boolean;
  readonly hubCache: boolean;
  readonly followLink: FollowLink;
  /** Which files are compared, where not all of them are. */
  readonly subset?: ((path: string) => boolean) | undefined;
  readonly hash: HashFiles;
}

export interface Comparison {
  readonly verified: readonly string[];
  readonly bytes: number;
  /** Files whose digests come from an earlier run. */
  readonly cached: readonly string[];
  /** Files whose digests their place states. */
  readonly stated: readonly string[];
  readonly ignored: readonly IgnoredFile[];
  readonly problems: readonly Problem[];
}

/** Compares them all. Throws `AppError` ABORTED, and where the model cannot be listed at all. */
export async function compare(
  manifest: Manifest,
  tree: Tree,
  options: CompareOptions,
): Promise<Comparison> {
  const { subset = () => true, ignoreUnsigned } = options;
  const signed = new Map<string, Resource[]>();
  const onlyName = tree.kind === "file" ? await nameOfOnly(tree, options.signal) : undefined;
  for (const resource of manifest.resources) {
    // Releases up to 1.1.1 of the reference call the only file of a model `.`.
    const path = resource.path === "." && onlyName !== undefined ? onlyName : resource.path;
    if (subset(path)) {
      const parts = signed.get(path) ?? [];
      signed.set(path, parts);
      parts.push(resource);
    }
  }
  const {
    files,
    ignored,
    problems: found,
  } = await enumerate(tree, {
    ignores: ignoresOf(manifest, options),
    links: {
      inside: manifest.allowSymlinks && options.allowSymlinks,
      blobs: options.hubCache,
    },
    followLink: options.followLink,
    wanted: (path) => signed.has(path),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const problems: Problem[] = found
    .filter(({ path }) => path === undefined || subset(path))
    .map((problem) =>
      ignoreUnsigned && !signed.has(problem.path ?? "") ? asNote(problem) : problem,
    );
  const present = new Map(files.map((file) => [file.name, file]));
  problems.push(...extras(files, signed, manifest, { subset, ignoreUnsigned }));
  const troubled = new Set(found.map(({ path }) => path));
  for (const path of signed.keys()) {
    if (!present.has(path) && !troubled.has(path)) {
      problems.push(aboutFile(FILE_MISSING, path, `${quote(path)} was signed and is not there`));
    }
  }
  const compared = await compareContents(signed, present, options);
  problems.push(...compared.problems, ...ignoredNotes(ignored));
  return { ...compared, ignored, problems };
}

async function nameOfOnly(tree: Tree, signal?: AbortSignal): Promise<string | undefined> {
  for await (const { path } of tree.list(signal)) {
    return path;
  }
  return undefined;
}

/** The caller's own wishes are told before the signer's. */
function ignoresOf(manifest: Manifest, options: CompareOptions): Map<string, IgnoredBy> {
  const ignores = new Map<string, IgnoredBy>();
  const add = (paths: readonly string[], by: IgnoredBy): void => {
    for (const path of paths) {
      if (!ignores.has(path)) {
        ignores.set(path, by);
      }
    }
  };
  add(options.signaturePath === undefined ? [] : [options.signaturePath], "signature");
  add(options.ignorePaths, "caller");
  add(options.ignoreGitPaths ? GIT_PATHS : [], "default");
  add(manifest.ignorePaths, "signer");
  return ignores;
}

function extras(
  files: readonly ModelFile[],
  signed: ReadonlyMap<string, unknown>,
  { method }: Manifest,
  {
    subset,
    ignoreUnsigned,
  }: { readonly subset: (path: string) => boolean; readonly ignoreUnsigned: boolean },
): Problem[] {
  return files
    .filter(({ name }) => !signed.has(name) && subset(name))
    .map(({ name, file }) => {
      if (method === "shards" && file.size === 0) {
        const why = "is empty, and signatures over shards do not cover empty files";
        return asNote(aboutFile(FILE_EXTRA, name, `${quote(name)} ${why}`));
      }
      const problem = aboutFile(FILE_EXTRA, name, `${quote(name)} is not covered by the signature`);
      return ignoreUnsigned ? asNote(problem) : problem;
    });
}

type Contents = Pick<Comparison, "verified" | "bytes" | "cached" | "stated" | "problems">;

async function compareContents(
  signed: ReadonlyMap<string, readonly Resource[]>,
  present: ReadonlyMap<string, ModelFile>,
  options: CompareOptions,
): Promise<Contents> {
  const work: { readonly path: string; readonly parts: readonly Resource[]; job: HashJob }[] = [];
  for (const [path, parts] of signed) {
    const file = present.get(path)?.file;
    const [first] = parts;
    if (file !== undefined && first !== undefined) {
      const shards = parts.flatMap(({ shard }) => (shard === undefined ? [] : [shard]));
      const job = { file, algorithm: first.algorithm, ...(shards.length > 0 ? { shards } : {}) };
      work.push({ path, parts, job });
    }
  }
  const results = await options.hash(
    work.map(({ job }) => job),
    options,
  );
  const verified: string[] = [];
  const cached: string[] = [];
  const stated: string[] = [];
  const problems: Problem[] = [];
  let bytes = 0;
  for (const [index, { path, parts }] of work.entries()) {
    const result = results[index] ?? { kind: "unreadable", detail: "nobody read it" };
    const problem = judge(path, parts, result);
    if (problem !== undefined) {
      problems.push(problem);
    } else {
      verified.push(path);
    }
    if (result.kind === "digests") {
      bytes += result.size;
      if (result.cached === true) {
        cached.push(path);
      }
      if (result.stated === true) {
        stated.push(path);
      }
    }
  }
  if (cached.length > 0) {
    const count = cached.length === 1 ? "1 file was" : `${cached.length} files were`;
    const message = `${count} not read again: their state is that of an earlier run`;
    problems.push(aboutSignature(CACHED_DIGESTS, message, { files: cached.length }));
  }
  if (stated.length > 0) {
    const count = stated.length === 1 ? "1 file was" : `${stated.length} files were`;
    const message = `${count} not read: the digests are those that the hub states`;
    problems.push(aboutSignature(STATED_DIGESTS, message, { files: stated.length }));
  }
  return { verified, bytes, cached, stated, problems };
}

function judge(path: string, parts: readonly Resource[], result: HashResult): Problem | undefined {
  switch (result.kind) {
    case "unreadable":
      return aboutFile(UNREADABLE, path, `${quote(path)} cannot be read: ${result.detail}`);
    case "unstable":
      return aboutFile(FILE_UNSTABLE, path, `${quote(path)} was changed while it was read`);
    default: {
      const size = Math.max(0, ...parts.map(({ shard }) => shard?.end ?? 0));
      if (parts[0]?.shard !== undefined && size !== result.size) {
        const message = `${quote(path)} has ${formatBytes(result.size)}, and ${formatBytes(size)} of it were signed`;
        return aboutFile(FILE_CHANGED, path, message, { signedSize: size, size: result.size });
      }
      const index = parts.findIndex(({ digest }, at) => digest !== result.digests[at]);
      const part = parts[index];
      if (part === undefined) {
        return undefined;
      }
      const found = result.digests[index] ?? "";
      const message = `${quote(path)} is not what was signed: its ${part.algorithm} is ${found}, and ${part.digest} was signed`;
      return aboutFile(FILE_CHANGED, path, message, { signed: part.digest, found });
    }
  }
}

function ignoredNotes(ignored: readonly IgnoredFile[]): Problem[] {
  return ignored
    .filter(({ by }) => by === "signer")
    .map(({ path }) =>
      aboutFile(
        IGNORED_BY_SIGNER,
        path,
        `${quote(path)} was left out by the signer: it may be anything`,
      ),
    );
}
