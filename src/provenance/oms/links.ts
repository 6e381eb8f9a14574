/**
 * Links in a model (OMS 1.0, 6.1.1). By default there must be none. Where they are allowed, a file behind a link is
 * named by the link's path, and a folder behind one by its files below that path. What leads out of the model, in a
 * circle or nowhere is refused, and so is a folder linked to inside of a folder that is linked to, which would multiply.
 */

import { quote } from "../../kernel/text.ts";
import type { Tree, TreeFile } from "../../kernel/tree.ts";
import type { ModelFile } from "./enumerate.ts";
import { aboutFile } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { SYMLINK } from "./rules.ts";

export interface LinkPolicy {
  /** Follows links to files and folders of the model itself. */
  readonly inside: boolean;
  /** Follows links from a snapshot of a Hugging Face cache to the blobs of the same repository. */
  readonly blobs: boolean;
}

/** Where a link leads, worked out from all links of the tree. */
export type FollowLink = (
  path: string,
  links: ReadonlyMap<string, string>,
  location?: string,
) =>
  | { readonly kind: "inside"; readonly path: string }
  | { readonly kind: "blob" }
  | { readonly kind: "outside" }
  | { readonly kind: "circle" };

interface LinkOptions {
  readonly tree: Tree;
  readonly links: LinkPolicy;
  readonly followLink: FollowLink;
}

interface Followed {
  readonly files: readonly ModelFile[];
  readonly problems: readonly Problem[];
}

/** The files behind links. @param plain the files that are none. */
export function linkedFiles(
  links: readonly TreeFile[],
  plain: readonly ModelFile[],
  { tree, links: policy, followLink }: LinkOptions,
): Followed {
  const table = new Map(
    links.flatMap(({ path, linkTarget }) => (linkTarget === undefined ? [] : [[path, linkTarget]])),
  );
  const files: ModelFile[] = [];
  const problems: Problem[] = [];
  const folders: { readonly link: TreeFile; readonly target: string }[] = [];
  for (const link of links) {
    const to = followLink(link.path, table, tree.location);
    const isAllowed = policy.inside || (to.kind === "blob" && policy.blobs);
    if (!isAllowed || to.kind === "outside" || to.kind === "circle") {
      problems.push(refusal(link, to.kind, policy));
    } else if (link.problem !== undefined) {
      problems.push(refuse(link, link.problem));
    } else if (to.kind === "blob" || link.size !== undefined) {
      files.push({ name: link.path, file: link });
    } else {
      folders.push({ link, target: to.path });
    }
  }
  const reached = [...plain, ...files];
  for (const { link, target } of folders) {
    problems.push(...addFolder(link, target, reached, { files, folders }));
  }
  return { files, problems };
}

/** Adds the files of a folder that is linked to. */
function addFolder(
  link: TreeFile,
  target: string,
  reached: readonly ModelFile[],
  {
    files,
    folders,
  }: { readonly files: ModelFile[]; readonly folders: readonly { readonly link: TreeFile }[] },
): Problem[] {
  const prefix = target === "" ? "" : `${target}/`;
  if (link.path.startsWith(prefix)) {
    return [refuse(link, "it leads to a folder that it lies in itself")];
  }
  if (folders.some((other) => other.link.path.startsWith(prefix))) {
    return [refuse(link, "it leads to a folder with a link to a folder in it")];
  }
  for (const { name, file } of reached) {
    if (name.startsWith(prefix)) {
      files.push({ name: `${link.path}/${name.slice(prefix.length)}`, file });
    }
  }
  return [];
}

function refusal(link: TreeFile, kind: string, policy: LinkPolicy): Problem {
  switch (kind) {
    case "outside":
      return refuse(link, "it leads out of the model");
    case "circle":
      return refuse(link, "it leads in a circle");
    case "blob":
      return refuse(link, "it leads into a Hugging Face cache; --hf-cache follows such links");
    default:
      return refuse(
        link,
        policy.inside
          ? "what it leads to does not exist"
          : "links are not followed here; see --allow-symlinks",
      );
  }
}

function refuse(link: TreeFile, why: string): Problem {
  const target = link.linkTarget ?? "";
  const message = `${quote(link.path)} is a link to ${quote(target)}: ${why}`;
  return aboutFile(SYMLINK, link.path, message, { target });
}
