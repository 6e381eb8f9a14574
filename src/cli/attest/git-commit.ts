/** The commit that a git repository has checked out, read from its files: no program is started. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";

import { AppError } from "../../kernel/errors.ts";

const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

export interface CheckedOut {
  readonly commit: string;
  /** Of the remote `origin`, without credentials. */
  readonly uri?: string;
}

/** Throws `AppError` USAGE where there is none. */
export function gitCommit(folder: string): CheckedOut {
  const git = gitFolder(folder);
  const head = git === undefined ? undefined : read(join(git, "HEAD"));
  const commit = git === undefined || head === undefined ? undefined : resolveHead(git, head);
  if (git === undefined || commit === undefined || !COMMIT.test(commit)) {
    throw new AppError("USAGE", `${folder} is no git repository with a commit`, {
      hint: "--commit SHA names one that lies elsewhere",
    });
  }
  const uri = originOf(read(join(commonFolder(git), "config")) ?? "");
  return { commit, ...(uri === undefined ? {} : { uri }) };
}

/** `.git` is a folder, or in a work tree of its own a file that says where that folder is. */
function gitFolder(folder: string): string | undefined {
  const path = join(folder, ".git");
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() === true) {
    const [, target] = /^gitdir: (.+)$/m.exec(read(path) ?? "") ?? [];
    return target === undefined ? undefined : resolve(folder, target.trim());
  }
  return stat?.isDirectory() === true ? path : undefined;
}

function commonFolder(git: string): string {
  const common = read(join(git, "commondir"))?.trim();
  if (common === undefined) {
    return git;
  }
  return isAbsolute(common) ? common : resolve(git, common);
}

function resolveHead(git: string, head: string): string | undefined {
  const [, ref] = /^ref: (refs\/[^\s]+)\s*$/.exec(head) ?? [];
  if (ref === undefined || ref.split("/").includes("..")) {
    return head.trim();
  }
  const common = commonFolder(git);
  const loose = [join(git, ref), join(common, ref)].find((path) => existsSync(path));
  if (loose !== undefined) {
    return read(loose)?.trim();
  }
  const packed = read(join(common, "packed-refs")) ?? "";
  return packed
    .split("\n")
    .map((line) => line.split(" "))
    .find(([, name]) => name === ref)?.[0];
}

function originOf(config: string): string | undefined {
  const [, section = ""] = /\[remote "origin"\]([^[]*)/.exec(config) ?? [];
  const [, url] = /^\s*url\s*=\s*(\S+)/m.exec(section) ?? [];
  if (url === undefined) {
    return undefined;
  }
  const plain = url.replace(/^(https?:\/\/)[^@/]*@/, "$1");
  return /^https?:\/\//.test(plain)
    ? `git+${plain}`
    : `git+ssh://${plain.replace(/^ssh:\/\//, "").replace(/^([^/:]+):/, "$1/")}`;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
