/** From what the user wrote to trees; every mistake is found before the first file is read. */

import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { AppError } from "../../kernel/errors.ts";
import type { Tree } from "../../kernel/tree.ts";
import { localTree } from "../../sources/local/local-tree.ts";
import { streamTree } from "../../sources/local/stream-tree.ts";
import { isRemote } from "../../sources/remote/is-remote.ts";
import type { RemoteTargets } from "../../sources/remote/remote-targets.ts";
import { nearest } from "../../kernel/suggest.ts";

/** Past this many names a folder is not searched for a suggestion. */
const MAX_NAMES = 10_000;

/** What the targets are, and how to let go of what was opened for them. */
export interface OpenedTargets {
  readonly trees: readonly Tree[];
  readonly close: () => Promise<void>;
}

export interface TargetOptions {
  /** Whether every byte of what is remote will be read. */
  readonly full: boolean;
  readonly offline: boolean;
  readonly signal?: AbortSignal;
}

/** Throws `AppError` with a sentence for each target that cannot be scanned. */
export async function openTargets(
  targets: readonly string[],
  options: TargetOptions,
): Promise<OpenedTargets> {
  const trees: Tree[] = [];
  const problems: AppError[] = [];
  const remote = targets.some(isRemote) ? await openRemote(options) : undefined;
  for (const target of targets) {
    try {
      trees.push(
        remote !== undefined && isRemote(target) ? await remote.open(target) : localTarget(target),
      );
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "ABORTED") {
        await remote?.close();
        throw error;
      }
      problems.push(withSuggestion(error, target));
    }
  }
  const [first, ...others] = problems;
  if (first !== undefined) {
    await remote?.close();
    throw others.length === 0 ? first : together(first, others);
  }
  return { trees, close: async () => await remote?.close() };
}

/** Loaded when there is something far away. */
async function openRemote(options: TargetOptions): Promise<RemoteTargets> {
  const { networkSettings } = await import("../config/network.ts");
  const { remoteTargets } = await import("../../sources/remote/remote-targets.ts");
  return remoteTargets({ ...options, settings: networkSettings() });
}

function localTarget(target: string): Tree {
  return target === "-" ? standardInput() : localTree(target);
}

function standardInput(): Tree {
  return streamTree({ kind: "stdin", ref: "-", path: "stdin", chunks: readStandardInput });
}

async function* readStandardInput(signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  if (signal !== undefined) {
    const { addAbortSignal } = await import("node:stream");
    addAbortSignal(signal, process.stdin);
  }
  yield* process.stdin;
}

function withSuggestion(error: AppError, target: string): AppError {
  if (error.code !== "SOURCE_NOT_FOUND" || isRemote(target)) {
    return error;
  }
  const folder = dirname(target);
  const near = nearest(basename(target), namesIn(folder));
  if (near === undefined) {
    return error;
  }
  const path = target.includes("/") ? join(folder, near) : near;
  return new AppError(error.code, error.message, { hint: `did you mean ${path}?`, cause: error });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, MAX_NAMES);
  } catch {
    return [];
  }
}

function together(first: AppError, others: readonly AppError[]): AppError {
  const rest = others.map(({ message }) => message).join("; ");
  return new AppError(first.code, `${first.message}; ${rest}`, {
    hint: "nothing was scanned",
    cause: first,
  });
}
