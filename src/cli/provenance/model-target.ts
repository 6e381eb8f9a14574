/** The model that a command is about, and where other paths lie in it. */

import { readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative, resolve, sep } from "node:path";

import { AppError, errorMessage } from "../../kernel/errors.ts";
import type { Tree } from "../../kernel/tree.ts";
import { localTree } from "../../sources/local/local-tree.ts";
import type { Arguments, CommandSpec } from "../command.ts";

export interface ModelTarget {
  /** As the user wrote it. */
  readonly ref: string;
  readonly tree: Tree;
  /** What a signature calls it. */
  readonly name: string;
  /** Where it really is. */
  readonly location: string;
}

/** The one positional argument. Throws `AppError` USAGE where there is none or more than one. */
export function onlyModel(given: Arguments, { name }: CommandSpec): string {
  const [model, ...others] = given.positionals;
  if (model === undefined || others.length > 0) {
    const what = model === undefined ? "needs a model" : "takes one model";
    throw new AppError("USAGE", `${name} ${what}: a folder or a file`, {
      hint: `weighbridge ${name} --help`,
    });
  }
  return model;
}

/** Throws `AppError` where there is no such file or folder. */
export function openModel(ref: string): ModelTarget {
  const tree = localTree(ref);
  const location = realpathSync(ref);
  return { ref, tree, name: basename(location), location };
}

/**
 * Where a path lies in the model, with `/`; nothing where it lies outside. Relative paths are taken from the working
 * folder as by the reference, and where they do not lead into the model, from the model.
 */
export function pathInModel(model: ModelTarget, path: string): string | undefined {
  if (model.tree.kind === "file") {
    return undefined;
  }
  if (model.tree.kind === "hub") {
    return path.replace(/^\.\//, "").replace(/\/$/, "");
  }
  return (
    within(model.location, resolve(path)) ?? within(model.location, resolve(model.location, path))
  );
}

/** The same for a file that may not exist yet, taken from the working folder alone. */
export function outputInModel(model: ModelTarget, path: string): string | undefined {
  return model.tree.kind === "file" ? undefined : within(model.location, resolve(path));
}

function within(root: string, path: string): string | undefined {
  const inside = relative(root, real(path));
  return inside === "" || inside === ".." || inside.startsWith(`..${sep}`)
    ? undefined
    : inside.split(sep).join("/");
}

/** With the links on its way resolved, but not the last one: a link can be what is meant. */
function real(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}

/** The paths of `--ignore-paths` in the model. */
export function ignoredPaths(model: ModelTarget, given: Arguments): string[] {
  return given.values("ignore-paths").flatMap((path) => pathInModel(model, path) ?? []);
}

/** A file that the user names, such as a key. Throws `AppError` with a sentence. @param what `the public key`. */
export function readNamedFile(path: string, what: string, largest: number): Uint8Array {
  try {
    const { size } = statSync(path);
    if (size > largest) {
      throw new AppError("USAGE", `${path} is too large to be ${what}`);
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof AppError) {
      throw error;
    }
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const why = code === "ENOENT" ? "there is no such file" : errorMessage(error);
    throw new AppError("SOURCE_NOT_FOUND", `cannot read ${what} ${path}: ${why}`, { cause: error });
  }
}
