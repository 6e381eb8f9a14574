/** A revision of a repository on a hub as a tree: pinned to a commit before anything else is asked. */

import { AppError } from "../../kernel/errors.ts";
import type { Tree, TreeFile } from "../../kernel/tree.ts";
import type { HttpClient } from "../http/http-client.ts";
import { openRemote } from "../http/remote-file.ts";
import { HubApi } from "./hub-api.ts";
import type { HubEntry, HubSettings } from "./hub-api.ts";
import { hubContent } from "./hub-content.ts";
import { isSafePath, parseHubTarget } from "./hub-target.ts";
import type { HubPlace } from "./hub-target.ts";

export interface HubTreeOptions {
  readonly client: HttpClient;
  readonly hub: HubSettings;
  /** Whether every byte will be read. */
  readonly full: boolean;
  /** As the user wrote the target. */
  readonly ref: string;
  readonly signal?: AbortSignal;
}

/**
 * Finds the repository and pins its revision. Throws `AppError`: USAGE for a target that names none, and what the
 * hub refuses.
 *
 * @param target `hf:…`.
 */
export async function hubTree(target: string, options: HubTreeOptions): Promise<Tree> {
  const api = new HubApi(options.client, options.hub);
  const { place, commit } = await find(parseHubTarget(target), api, options.signal);
  const entry = place.path === "" ? "folder" : await api.entry(place, commit, options.signal);
  if (entry === undefined) {
    throw new AppError("SOURCE_NOT_FOUND", `${target}: there is no ${place.path} at that revision`);
  }
  return {
    kind: "hub",
    ref: options.ref,
    revision: commit,
    isRemote: true,
    async *list(signal) {
      const file = { ...options, api, place, commit, signal };
      if (entry !== "folder") {
        yield hubFile({ ...file, entry });
        return;
      }
      for await (const each of api.files(place, commit, place.path, signal)) {
        yield hubFile({ ...file, entry: each });
      }
    },
  };
}

/** Of the places that a target may mean the first that is there. */
async function find(
  places: readonly [HubPlace, ...HubPlace[]],
  api: HubApi,
  signal: AbortSignal | undefined,
): Promise<{ place: HubPlace; commit: string }> {
  let first: AppError | undefined;
  for (const place of places) {
    try {
      const { id, commit } = await api.commit(place, signal);
      return { place: { ...place, id }, commit };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "SOURCE_NOT_FOUND") {
        throw error;
      }
      first ??= error;
    }
  }
  throw first ?? new AppError("INTERNAL", "a target means at least one place");
}

interface FileOptions {
  readonly client: HttpClient;
  readonly api: HubApi;
  readonly place: HubPlace;
  readonly commit: string;
  readonly entry: HubEntry;
  readonly full: boolean;
  readonly signal?: AbortSignal | undefined;
}

function hubFile({ full, ...options }: FileOptions): TreeFile {
  const { path, size, oid, sha256 } = options.entry;
  const isSafe = isSafePath(path);
  return {
    rawName: Buffer.from(path),
    path,
    kind: "file",
    size,
    identity: oid,
    stated: sha256 === undefined ? { gitBlob: oid } : { sha256 },
    ...(isSafe ? {} : { problem: "its path leads out of the repository, or nowhere" }),
    open: () =>
      isSafe
        ? openRemote({ name: path, size, ask: hubContent(options), full })
        : Promise.reject(new AppError("SOURCE_UNREADABLE", `${path}: no path of a repository`)),
  };
}
