/**
 * A repository in the local cache of huggingface_hub, for those who are offline:
 * `models--org--name/refs/<revision>` names the commit, `snapshots/<commit>/` has its files as links into `blobs/`,
 * and a blob is named by its digest, which is compared with the bytes.
 */

import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { AppError } from "../../kernel/errors.ts";
import type { StatedDigests, Tree, TreeFile } from "../../kernel/tree.ts";
import type { HubPlace } from "../huggingface/hub-target.ts";
import { folderTree } from "./folder-tree.ts";

/** Throws `AppError` SOURCE_NOT_FOUND where none of the places is in the cache. */
export function hubCacheTree(ref: string, places: readonly HubPlace[], cache: string): Tree {
  for (const place of places) {
    const found = findSnapshot(place, cache);
    if (found !== undefined) {
      return snapshotTree(ref, place, found);
    }
  }
  throw new AppError("SOURCE_NOT_FOUND", `${ref} is not in the cache at ${cache}`, {
    hint: "fetch it once without --offline and HF_HUB_OFFLINE: hf download",
  });
}

interface Snapshot {
  readonly commit: string;
  readonly folder: string;
}

function findSnapshot({ type, id, revision }: HubPlace, cache: string): Snapshot | undefined {
  const root = join(cache, [type, ...id.split("/")].join("--"));
  const commit = commitOf(root, revision ?? "main");
  if (commit === undefined) {
    return undefined;
  }
  const folder = join(root, "snapshots", commit);
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
    ? { commit, folder }
    : undefined;
}

/**
 * A ref's file names the commit; a commit, also the first digits of one, names itself. Nothing where that is no commit:
 * it becomes part of a path.
 */
function commitOf(root: string, revision: string): string | undefined {
  let named: string | undefined;
  try {
    named = readFileSync(join(root, "refs", revision), "utf8").trim();
  } catch {
    const known = /^[0-9a-f]{7,40}$/.test(revision) ? snapshotNames(root) : [];
    const fitting = known.filter((name) => name.startsWith(revision));
    named = fitting.length === 1 ? fitting[0] : undefined;
  }
  return named !== undefined && /^[0-9a-f]{40}$/.test(named) ? named : undefined;
}

function snapshotNames(root: string): string[] {
  try {
    return readdirSync(join(root, "snapshots"));
  } catch {
    return [];
  }
}

function snapshotTree(ref: string, { path }: HubPlace, { commit, folder }: Snapshot): Tree {
  const inner = folderTree(folder, ref);
  return {
    kind: "hub",
    ref,
    revision: commit,
    ...(path === "" ? {} : { isPart: true }),
    ...(inner.location === undefined ? {} : { location: inner.location }),
    async *list(signal) {
      let isThere = path === "";
      for await (const file of inner.list(signal)) {
        if (path === "" || file.path === path || file.path.startsWith(`${path}/`)) {
          isThere = true;
          yield withStated(file);
        }
      }
      if (!isThere) {
        throw new AppError("SOURCE_NOT_FOUND", `${ref}: there is no ${path} in the cache`, {
          hint: "the cache has the files that were fetched at that revision, and no others",
        });
      }
    },
  };
}

/** The file, with the digest that the name of its blob states. */
function withStated(file: TreeFile): TreeFile {
  const blob = /(?:^|\/)blobs\/([0-9a-f]{40}(?:[0-9a-f]{24})?)$/.exec(file.linkTarget ?? "")?.[1];
  if (blob === undefined) {
    return file;
  }
  const stated: StatedDigests = blob.length === 64 ? { sha256: blob } : { gitBlob: blob };
  return {
    rawName: file.rawName,
    path: file.path,
    kind: file.kind,
    get size() {
      return file.size;
    },
    get identity() {
      return file.identity;
    },
    ...(file.linkTarget === undefined ? {} : { linkTarget: file.linkTarget }),
    ...(file.problem === undefined ? {} : { problem: file.problem }),
    stated,
    ref: file.ref,
    open: () => file.open(),
  };
}
