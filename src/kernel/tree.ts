/** The port behind which a set of named files from one place lives: folder, hub revision, archive. */

import type { ByteSource, SourceRef } from "./source.ts";

/** What the place says of a file's content: claims, until they are compared with the bytes. */
export interface StatedDigests {
  /** In hexadecimal. */
  readonly sha256?: string;
  /** SHA-1 of the git blob, `blob <size>\0` and the content, in hexadecimal. */
  readonly gitBlob?: string;
}

/** What changes with a file's bytes, without reading them. */
export interface FileState {
  /** Device, inode, size, time of the last change to content and to status, in nanoseconds. */
  readonly key: string;
  /** Time of the last change to its status, which nobody can set, in milliseconds since 1970. */
  readonly changed: number;
}

export interface TreeFile {
  /** Name as the place has it, which need not be UTF-8. */
  readonly rawName: Uint8Array;
  /** Path relative to the tree's root, with `/`; bytes that are not UTF-8 are escaped as `\xNN`. */
  readonly path: string;
  /** Set where `path` is not what the place has: bytes that are not UTF-8 are escaped in it. */
  readonly isEscaped?: boolean;
  readonly kind: "file" | "link" | "other";
  readonly size: number | undefined;
  /** Where a link points, as written in it. */
  readonly linkTarget?: string;
  /** What tells that two entries are one file: device and inode, or the hub's object id. */
  readonly identity: string | undefined;
  readonly stated?: StatedDigests;
  /** Missing where the place has no such thing. */
  readonly state?: FileState | undefined;
  /** Set where the entry cannot be opened at all, as a sentence. */
  readonly problem?: string;
  /** From which a worker can open it by itself; missing where only this process can. */
  readonly ref?: SourceRef | undefined;
  open(): Promise<ByteSource & { close?(): void }>;
}

export interface Tree {
  readonly kind: "file" | "folder" | "stdin" | "url" | "hub";
  /** How the user named it. */
  readonly ref: string;
  /** The immutable snapshot that is listed. */
  readonly revision?: string;
  /** Whether reading is dear, so that by default only the ranges are read that parsers ask for. */
  readonly isRemote?: boolean;
  /** Whether only a part of the place is listed, so that what is missing in it may lie beside it. */
  readonly isPart?: boolean;
  /** Where the root really is, as an absolute path, for a tree whose links can lead out of it. */
  readonly location?: string;
  /** Under which results of its files may be kept: the same in every run, and no other's. */
  readonly cacheName?: string;
  /** Lists every file in a stable order. */
  list(signal?: AbortSignal): AsyncIterable<TreeFile>;
}
