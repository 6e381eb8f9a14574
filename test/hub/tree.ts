/**
 * What is in a commit: `tree` in pages, and `paths-info` for named paths.
 */

import { createHash } from "node:crypto";
import { jsonReply } from "./reply.ts";
import type { Reply } from "./reply.ts";
import { identify } from "./repo.ts";
import type { HubCommit, HubFile } from "./repo.ts";
import { missing } from "./resolve.ts";
import type { Call, HubState } from "./state.ts";

/** Expanding costs the hub more, so that its pages are shorter. */
const EXPANDED_PAGE = 50;

interface TreeEntry {
  readonly type: "file" | "directory";
  readonly oid: string;
  readonly size: number;
  readonly path: string;
  readonly [more: string]: unknown;
}

export function treeReply(state: HubState, call: Call, commit: HubCommit): Reply {
  const { searchParams } = call.url;
  const folder = call.route.path === "" ? "" : `${call.route.path}/`;
  const all = entries(commit, isTrue(searchParams.get("expand"))).filter(
    ({ path }) =>
      path.startsWith(folder) &&
      (isTrue(searchParams.get("recursive")) || !path.slice(folder.length).includes("/")),
  );
  if (all.length === 0 && folder !== "") {
    return missing(call.route.path, commit);
  }
  const most = isTrue(searchParams.get("expand"))
    ? Math.min(state.pageSize, EXPANDED_PAGE)
    : state.pageSize;
  const limit = Math.min(most, Number(searchParams.get("limit") ?? most) || most);
  const start = Number(Buffer.from(searchParams.get("cursor") ?? "", "base64url").toString()) || 0;
  const end = start + limit;
  const next = end < all.length ? { link: nextLink(state, call, String(end)) } : {};
  return jsonReply(all.slice(start, end), next);
}

/** The `Link` header to the page at a cursor: absolute, with the other parameters kept. */
export function nextLink(state: HubState, call: Call, cursor: string): string {
  const url = new URL(call.url.pathname + call.url.search, state.endpoint);
  url.searchParams.set("cursor", Buffer.from(cursor).toString("base64url"));
  return `<${url.href}>; rel="next"`;
}

/** The named files and folders that exist, asked for as a form or as JSON. */
export function pathsReply(call: Call, commit: HubCommit): Reply {
  const isJson = (call.headers["content-type"] ?? "").startsWith("application/json");
  const form = new URLSearchParams(isJson ? "" : call.body);
  const asked = isJson
    ? (JSON.parse(call.body) as { paths?: string | string[]; expand?: boolean })
    : { paths: form.getAll("paths"), expand: isTrue(form.get("expand")) };
  const paths = new Set([asked.paths ?? []].flat());
  return jsonReply(entries(commit, asked.expand === true).filter(({ path }) => paths.has(path)));
}

function entries(commit: HubCommit, expand: boolean): TreeEntry[] {
  const folders = new Set(commit.files.flatMap(({ path }) => foldersOf(path)));
  const extra = expand
    ? { lastCommit: { id: commit.sha, title: "Upload", date: "2024-01-01T00:00:00.000Z" } }
    : {};
  const directories = [...folders].map((path): TreeEntry => {
    const oid = createHash("sha1").update(`tree ${commit.sha} ${path}`).digest("hex");
    return { type: "directory", oid, size: 0, path, ...extra };
  });
  const files = commit.files.map((file) => ({ ...fileEntry(file), ...extra }));
  return [...directories, ...files].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function foldersOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

function fileEntry(file: HubFile): TreeEntry {
  const { oid, size, lfs, xetHash } = identify(file);
  return {
    type: "file",
    oid,
    size,
    path: file.path,
    ...(lfs && { lfs: { oid: lfs.oid, size, pointerSize: lfs.pointerSize } }),
    ...(xetHash !== undefined && { xetHash }),
  };
}

/** Clients write Python's and JavaScript's words. */
function isTrue(value: string | null): boolean {
  return value?.toLowerCase() === "true" || value === "1";
}
