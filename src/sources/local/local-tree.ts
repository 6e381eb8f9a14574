/**
 * What a user points at on this machine: a file or a folder. Looked at once here, so that a mistake in
 * the command is one sentence before any work starts.
 */

import {
  accessSync,
  constants,
  createReadStream,
  readdirSync,
  realpathSync,
  statSync,
} from "node:fs";
import type { Stats } from "node:fs";
import { basename, dirname } from "node:path";

import { AppError } from "../../kernel/errors.ts";
import type { Tree } from "../../kernel/tree.ts";
import { errorCode, reachProblem } from "./failure.ts";
import { folderTree } from "./folder-tree.ts";
import { LocalFile } from "./local-file.ts";
import { fsPath, joinNative, nameText } from "./names.ts";
import type { NativePath } from "./names.ts";
import { streamTree } from "./stream-tree.ts";

/**
 * The tree of a file or a folder. Throws `AppError` where there is none or it may not be read.
 *
 * @param target as the user wrote it.
 */
export function localTree(target: string): Tree {
  const native = nativeTarget(target);
  const stat = statTarget(native, target);
  checkReadable(native, target, stat);
  if (stat.isDirectory()) {
    return folderTree(native, target);
  }
  if (stat.isFIFO()) {
    // `scan <(command)`: readable once, so it is kept like standard input.
    const chunks = (signal?: AbortSignal) =>
      createReadStream(fsPath(native), signal === undefined ? {} : { signal });
    return streamTree({ kind: "file", ref: target, path: basename(target), chunks });
  }
  if (!stat.isFile()) {
    throw new AppError("SOURCE_UNREADABLE", `${target} is neither a file nor a folder`, {
      hint: "to scan what a program or device puts out, pipe it: … | weighbridge scan -",
    });
  }
  return fileTree(native, target);
}

function fileTree(native: NativePath, target: string): Tree {
  const name = typeof native === "string" ? basename(native) : rawBasename(native);
  const isEscaped = typeof name !== "string";
  const file = new LocalFile({ native, name, path: nameText(name), isEscaped, kind: "file" });
  return {
    kind: "file",
    ref: target,
    get cacheName() {
      const folder = realpathSync(dirname(target), { encoding: "buffer" });
      return `files of ${nameText(folder)}`;
    },
    async *list() {
      yield file;
    },
  };
}

function statTarget(native: NativePath, target: string): Stats {
  try {
    return statSync(fsPath(native));
  } catch (error) {
    const options = { cause: error };
    switch (errorCode(error)) {
      case "ENOENT":
      case "ENOTDIR":
        throw new AppError("SOURCE_NOT_FOUND", `no such file or folder: ${target}`, options);
      case "EACCES":
      case "EPERM":
        throw forbidden(target, error);
      case "ELOOP":
        throw new AppError("SOURCE_LOOP", `the links of ${target} lead in a circle`, {
          ...options,
          hint: "scan the folder that the links were meant to lead to",
        });
      default:
        throw new AppError(
          "SOURCE_UNREADABLE",
          `${target} cannot be read: ${reachProblem(error)}`,
          options,
        );
    }
  }
}

function checkReadable(native: NativePath, target: string, stat: Stats): void {
  const { R_OK, X_OK } = constants;
  try {
    accessSync(fsPath(native), stat.isDirectory() ? R_OK | X_OK : R_OK);
  } catch (error) {
    throw forbidden(target, error);
  }
}

function forbidden(target: string, cause: unknown): AppError {
  return new AppError("SOURCE_FORBIDDEN", `no permission to read ${target}`, {
    hint: "run as a user who may read it, or change its mode",
    cause,
  });
}

/**
 * Node hands over arguments as text, in which a name that is not UTF-8 has lost bytes. The folder it is
 * in still knows them.
 */
function nativeTarget(target: string): NativePath {
  if (!target.includes("\ufffd") || statSync(target, { throwIfNoEntry: false }) !== undefined) {
    return target;
  }
  const folder = dirname(target);
  try {
    const names = readdirSync(folder, { encoding: "buffer" });
    const matching = names.filter((name) => name.toString() === basename(target));
    const [only] = matching;
    return only !== undefined && matching.length === 1 ? joinNative(folder, only) : target;
  } catch {
    return target;
  }
}

function rawBasename(native: Uint8Array): Uint8Array {
  return native.subarray(native.lastIndexOf(0x2f) + 1);
}
