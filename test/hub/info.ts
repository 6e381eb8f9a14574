/**
 * What a repository is: the information of a revision, and the list of refs.
 */

import { createHash } from "node:crypto";
import { jsonReply } from "./reply.ts";
import type { Reply } from "./reply.ts";
import { identify } from "./repo.ts";
import type { HubCommit, HubFile, HubRepo } from "./repo.ts";
import type { Call } from "./state.ts";

const A_DAY = "2024-01-01T00:00:00.000Z";

export function infoReply(call: Call, repo: HubRepo, commit: HubCommit): Reply {
  const blobs = ["true", "True", "1"].includes(call.url.searchParams.get("blobs") ?? "");
  return jsonReply({
    _id: createHash("sha1").update(`${repo.type}/${repo.id}`).digest("hex").slice(0, 24),
    id: repo.id,
    ...(repo.type === "models" && { modelId: repo.id }),
    author: repo.id.split("/")[0],
    sha: commit.sha,
    private: repo.private ?? false,
    gated: repo.gated ? "manual" : false,
    disabled: false,
    tags: [],
    downloads: 0,
    likes: 0,
    lastModified: A_DAY,
    createdAt: A_DAY,
    siblings: commit.files.map((file) => sibling(file, blobs)),
  });
}

function sibling(file: HubFile, blobs: boolean): object {
  if (!blobs) {
    return { rfilename: file.path };
  }
  const { oid, size, lfs } = identify(file);
  return {
    rfilename: file.path,
    size,
    blobId: oid,
    ...(lfs && { lfs: { sha256: lfs.oid, size, pointerSize: lfs.pointerSize } }),
  };
}

export function refsReply(call: Call, repo: HubRepo): Reply {
  const refs = Object.entries(repo.refs).map(([name, targetCommit]) => ({
    ...fullRef(name),
    targetCommit,
  }));
  const below = (prefix: string) => refs.filter(({ ref }) => ref.startsWith(prefix));
  return jsonReply({
    branches: below("refs/heads/"),
    converts: below("refs/convert/"),
    tags: below("refs/tags/"),
    ...(call.url.searchParams.get("include_prs") === "1" && { pullRequests: below("refs/pr/") }),
  });
}

function fullRef(name: string): { name: string; ref: string } {
  if (name.startsWith("refs/")) {
    return { name: name.replace(/^refs\/(heads|convert|pr)\//, ""), ref: name };
  }
  return { name, ref: name === "main" ? "refs/heads/main" : `refs/tags/${name}` };
}
