/**
 * The files of a model (OMS 1.0, 6.1 and 6.2): everything in its tree but what is ignored, under the names that a
 * signature uses. A link is followed only where that is allowed and where it leads to the model's own files; anything
 * that can be neither named nor followed is a problem and never left out in silence.
 */

import { isUtf8 } from "node:buffer";

import { quote } from "../../kernel/text.ts";
import type { Tree, TreeFile } from "../../kernel/tree.ts";
import { linkedFiles } from "./links.ts";
import type { FollowLink, LinkPolicy } from "./links.ts";
import { compareNames, liesIn } from "./names.ts";
import { aboutFile } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { BAD_PATH, UNREADABLE } from "./rules.ts";

/** Who wants a path to be left out. */
export type IgnoredBy = "default" | "signer" | "caller" | "signature";

/** Paths relative to the model; a folder takes everything below it. The first who wants it is told. */
export type Ignores = ReadonlyMap<string, IgnoredBy>;

export interface ModelFile {
  /** As a signature names it. */
  readonly name: string;
  readonly file: TreeFile;
}

export interface IgnoredFile {
  readonly path: string;
  readonly by: IgnoredBy;
}

export interface Enumeration {
  /** By the bytes of their names. */
  readonly files: readonly ModelFile[];
  readonly ignored: readonly IgnoredFile[];
  readonly problems: readonly Problem[];
}

export interface EnumerateOptions {
  readonly ignores: Ignores;
  readonly links: LinkPolicy;
  readonly followLink: FollowLink;
  /** Whether a file is wanted even where it is ignored: one that is signed is always compared. */
  readonly wanted?: (name: string) => boolean;
  readonly signal?: AbortSignal;
}

/** Lists a model. */
export async function enumerate(tree: Tree, options: EnumerateOptions): Promise<Enumeration> {
  const { ignores, wanted } = options;
  const paths = new Set(ignores.keys());
  const files: ModelFile[] = [];
  const links: TreeFile[] = [];
  const ignored: IgnoredFile[] = [];
  const problems: Problem[] = [];
  const isSingle = tree.kind === "file";
  for await (const file of tree.list(options.signal)) {
    const path = file.path.endsWith("/") ? file.path.slice(0, -1) : file.path;
    // Where the model is one file there is nothing to choose.
    const rule = isSingle ? undefined : liesIn(path, paths);
    if (rule !== undefined && wanted?.(path) !== true) {
      ignored.push({ path, by: ignores.get(rule) ?? "caller" });
    } else if (file.kind === "link" && !isSingle) {
      links.push(file);
    } else {
      const problem = problemOf(file);
      if (problem === undefined) {
        files.push({ name: path, file });
      } else {
        problems.push(problem);
      }
    }
  }
  if (links.length > 0) {
    const followed = linkedFiles(links, files, { tree, ...options });
    files.push(...followed.files);
    problems.push(...followed.problems);
  }
  return { files: files.sort((a, b) => compareNames(a.name, b.name)), ignored, problems };
}

/** Why a file cannot be in a signature. */
export function problemOf(file: TreeFile): Problem | undefined {
  if (file.isEscaped === true || !isUtf8(file.rawName)) {
    return aboutFile(
      BAD_PATH,
      file.path,
      `${quote(file.path)} has a name that is not UTF-8, which no signature can cover`,
    );
  }
  return file.problem === undefined && file.kind !== "other"
    ? undefined
    : aboutFile(
        UNREADABLE,
        file.path,
        `${quote(file.path)} cannot be read: ${file.problem ?? "it is not a file"}`,
      );
}
