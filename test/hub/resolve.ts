/**
 * `resolve`: where the bytes of a file are. An LFS file is a signed address on another origin; any other is a place
 * on the hub itself that is named by the commit, so that caches may keep it.
 */

import { bytesOf } from "./content.ts";
import { errorReply, fileReply, textReply } from "./reply.ts";
import type { Headers, Reply } from "./reply.ts";
import { identify } from "./repo.ts";
import type { HubCommit, HubFile, HubRepo } from "./repo.ts";
import { encodePath } from "./route.ts";
import type { Call, HubState } from "./state.ts";

export function resolveReply(state: HubState, call: Call, repo: HubRepo, commit: HubCommit): Reply {
  const { path } = call.route;
  const file = commit.files.find((each) => each.path === path);
  if (!file) {
    return missing(path, commit);
  }
  const headers = stated(file, commit);
  if (call.route.kind === "cache") {
    const range = call.method === "HEAD" ? undefined : call.headers["range"];
    return fileReply(bytesOf(file.content), range, {
      ...headers,
      "content-disposition": `inline; filename*=UTF-8''${encodeURIComponent(path.split("/").at(-1) ?? "")}`,
    });
  }
  const { lfs, etag, xetHash } = identify(file);
  if (!lfs) {
    const query = `${encodeURIComponent(call.url.pathname)}=&etag=${encodeURIComponent(`"${etag}"`)}`;
    const place = `/api/resolve-cache/${repo.type}/${repo.id}/${commit.sha}/${encodePath(path)}`;
    return redirect(307, `${place}?${query}`, headers);
  }
  const token = `${state.endpoint}/api/${repo.type}/${repo.id}/xet-read-token/${commit.sha}`;
  return redirect(302, state.links.sign(file), {
    ...headers,
    ...(xetHash !== undefined && { "x-xet-hash": xetHash }),
    link: `<${token}>; rel="xet-auth"`,
  });
}

/** What the hub says of a file, wherever it serves it. */
function stated(file: HubFile, commit: HubCommit): Headers {
  const { etag, size } = identify(file);
  return {
    "x-repo-commit": commit.sha,
    etag: `"${etag}"`,
    "x-linked-etag": `"${etag}"`,
    "x-linked-size": String(size),
    "accept-ranges": "bytes",
  };
}

export function redirect(status: number, location: string, headers: Headers = {}): Reply {
  return textReply(status, `Redirecting to ${location}`, { ...headers, location });
}

export function missing(path: string, commit: HubCommit): Reply {
  const reply = errorReply(404, "EntryNotFound", `${path} does not exist on "${commit.sha}"`);
  return { ...reply, headers: { ...reply.headers, "x-repo-commit": commit.sha } };
}
