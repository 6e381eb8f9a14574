/**
 * One entry of a local folder. Size and identity cost a system call each, so they are only asked for
 * when somebody reads them: a scan that opens every file anyway never does.
 */

import { lstatSync, statSync } from "node:fs";
import type { BigIntStats } from "node:fs";

import { openFile } from "../../bytes/file-source.ts";
import type { FileSource } from "../../bytes/file-source.ts";
import { AppError } from "../../kernel/errors.ts";
import type { SourceRef } from "../../kernel/source.ts";
import type { FileState, TreeFile } from "../../kernel/tree.ts";
import { bytesOf, fsPath } from "./names.ts";
import type { NativePath } from "./names.ts";

export interface LocalEntry {
  readonly native: NativePath;
  readonly name: NativePath;
  readonly path: string;
  readonly isEscaped?: boolean;
  readonly kind: TreeFile["kind"];
  readonly linkTarget?: string;
  readonly problem?: string;
}

/** A file, a link or something that is neither, where `native` says. */
export class LocalFile implements TreeFile {
  readonly path: string;
  readonly isEscaped: boolean;
  readonly kind: TreeFile["kind"];
  readonly linkTarget?: string;
  readonly problem?: string;
  readonly #native: NativePath;
  readonly #name: NativePath;
  #stat: BigIntStats | null | undefined;

  constructor(entry: LocalEntry) {
    this.path = entry.path;
    this.isEscaped = entry.isEscaped ?? false;
    this.kind = entry.kind;
    this.#native = entry.native;
    this.#name = entry.name;
    if (entry.linkTarget !== undefined) {
      this.linkTarget = entry.linkTarget;
    }
    if (entry.problem !== undefined) {
      this.problem = entry.problem;
    }
  }

  get rawName(): Uint8Array {
    return bytesOf(this.#name);
  }

  /** Of the file itself, for a link of what it leads to. */
  get size(): number | undefined {
    const stat = this.#status();
    return stat?.isFile() === true ? Number(stat.size) : undefined;
  }

  get identity(): string | undefined {
    const stat = this.#status();
    return stat === null ? undefined : `${stat.dev}:${stat.ino}:${stat.mtimeNs}`;
  }

  get state(): FileState | undefined {
    const stat = this.#status();
    if (stat === null || !stat.isFile()) {
      return undefined;
    }
    const { dev, ino, size, mtimeNs, ctimeNs } = stat;
    return {
      key: `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`,
      changed: Number(ctimeNs / 1_000_000n),
    };
  }

  get ref(): SourceRef | undefined {
    // A name that is not UTF-8 does not survive the way to a worker.
    return typeof this.#native === "string" && this.kind !== "other"
      ? { kind: "file", path: this.#native }
      : undefined;
  }

  open(): Promise<FileSource> {
    if (this.kind === "other" || this.problem !== undefined) {
      return Promise.reject(
        new AppError("SOURCE_UNREADABLE", `${this.path}: ${this.problem ?? "it is not a file"}`),
      );
    }
    try {
      return Promise.resolve(openFile(this.#native, this.path));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #status(): BigIntStats | null {
    if (this.#stat === undefined) {
      const options = { bigint: true, throwIfNoEntry: false } as const;
      const path = fsPath(this.#native);
      try {
        this.#stat = (this.kind === "link" ? statSync : lstatSync)(path, options) ?? null;
      } catch {
        this.#stat = null;
      }
    }
    return this.#stat;
  }
}
