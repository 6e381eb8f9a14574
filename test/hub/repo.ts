/**
 * What a test hub holds: repositories with their commits, refs and files.
 */

import { createHash } from "node:crypto";
import { bytesOf, gitBlob, lfsPointer, sha256Of } from "./content.ts";
import type { VirtualContent } from "./content.ts";

export interface HubFile {
  readonly path: string;
  readonly content: Uint8Array | VirtualContent;
  /** Kept by Git LFS: named by its SHA-256 and served by the CDN. Virtual content always is. */
  readonly lfs?: boolean;
}

export interface HubCommit {
  /** 40 hexadecimal digits. */
  readonly sha: string;
  readonly files: readonly HubFile[];
}

export interface HubRepo {
  readonly type: "models" | "datasets";
  readonly id: string;
  readonly commits: readonly HubCommit[];
  /** Name to commit: `main`, `refs/heads/…` for other branches, `refs/pr/…`, `refs/convert/…`; other names are tags. */
  readonly refs: Readonly<Record<string, string>>;
  /** Older or short names that the hub answers with a redirect: `gpt2`. */
  readonly aliases?: readonly string[];
  /** Everyone sees what is in it; files are for those who were let in. */
  readonly gated?: boolean;
  /** Whether the owner of the token was let into a gated repository. */
  readonly granted?: boolean;
  /** Without the token it does not exist. */
  readonly private?: boolean;
}

/** How Git, LFS and Xet name a file. */
export interface Identity {
  readonly size: number;
  /** The Git blob: of the file, or of its LFS pointer. */
  readonly oid: string;
  readonly lfs: { readonly oid: string; readonly pointerSize: number } | undefined;
  readonly xetHash: string | undefined;
  /** What caches name it by. */
  readonly etag: string;
}

export function identify({ content, lfs }: HubFile): Identity {
  const { size } = bytesOf(content);
  if (content instanceof Uint8Array && lfs !== true) {
    const oid = gitBlob(content);
    return { size, oid, lfs: undefined, xetHash: undefined, etag: oid };
  }
  const sha256 = sha256Of(content);
  const pointer = lfsPointer(sha256, size);
  return {
    size,
    oid: gitBlob(pointer),
    lfs: { oid: sha256, pointerSize: pointer.length },
    xetHash: createHash("sha256").update(`xet ${sha256}`).digest("hex"),
    etag: sha256,
  };
}

/** The commit that a revision means: a ref, `HEAD`, a whole commit or the first 7 digits of one and more. */
export function commitAt(repo: HubRepo, revision: string): HubCommit | undefined {
  const name = revision === "HEAD" ? "main" : revision;
  const sha = repo.refs[name] ?? repo.refs[`refs/heads/${name}`] ?? revision;
  return repo.commits.find(
    (commit) => commit.sha === sha || (/^[0-9a-f]{7,39}$/.test(sha) && commit.sha.startsWith(sha)),
  );
}
