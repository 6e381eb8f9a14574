/**
 * The walking policy, once for all sources: which listed entries are scanned, which are only reported.
 * Links inside the tree are followed; one that leads out is a finding and is not, except from a
 * snapshot of a Hugging Face cache into the blobs of the same repository; circles end. A folder that is
 * linked to is listed under its link once more, and never twice: the work stays linear.
 */

import type { Evidence, RuleInfo } from "../kernel/rule.ts";
import { quote } from "../kernel/text.ts";
import type { Tree, TreeFile } from "../kernel/tree.ts";
import { globMatcher } from "./glob.ts";
import { resolveLink } from "./links.ts";
import { LEFT_OUT, LINK_ESCAPE } from "./tree-rules.ts";

export interface WalkOptions {
  /** Globs over paths; a file must match one, when there are any. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly signal?: AbortSignal;
}

export type Walked =
  /** To be scanned under `file.path`; with `file.problem` it cannot be opened and is `incomplete`. */
  | { readonly kind: "file"; readonly file: TreeFile }
  /** Not to be opened: a file that is in the report for this finding alone. */
  | {
      readonly kind: "refused";
      readonly file: TreeFile;
      readonly rule: RuleInfo;
      readonly evidence: Evidence;
    }
  /** About the tree as a whole. */
  | { readonly kind: "finding"; readonly rule: RuleInfo; readonly evidence: Evidence };

/** What git writes into `.git` by itself; a hook or anything of another shape is not among it. */
const GIT_RECORD =
  /(?:^|\/)\.git\/(?:HEAD|ORIG_HEAD|FETCH_HEAD|COMMIT_EDITMSG|config|description|index|packed-refs|shallow|info\/(?:exclude|refs|packs)|hooks\/[^/]+\.sample|(?:refs|logs)\/.+|objects\/(?:[0-9a-f]{2}\/(?:[0-9a-f]{38}|[0-9a-f]{62})|info\/[^/]+|pack\/(?:pack|multi-pack-index)[^/]*)|lfs\/objects\/[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{64})$/;

/** Walks a tree: plain files in the order that it lists them, then what its links lead to. */
export async function* walk(tree: Tree, options: WalkOptions = {}): AsyncGenerator<Walked> {
  const filter = makeFilter(options);
  const links: TreeFile[] = [];
  const skipsRecords = (options.include ?? []).length === 0;
  let records = 0;
  for await (const file of tree.list(options.signal)) {
    if (file.kind === "link") {
      links.push(file);
    } else if (filter(file.path)) {
      if (skipsRecords && file.path.includes(".git/") && GIT_RECORD.test(file.path)) {
        records += 1;
      } else {
        yield { kind: "file", file };
      }
    }
  }
  if (records > 0) {
    yield leftOut(records);
  }
  if (links.length > 0) {
    yield* followLinks(tree, links, filter, options.signal);
  }
}

type Filter = (path: string) => boolean;

function makeFilter({ include = [], exclude = [] }: WalkOptions): Filter {
  const included = include.length === 0 ? () => true : globMatcher(include);
  const excluded = exclude.length === 0 ? () => false : globMatcher(exclude);
  return (path) => {
    // A folder that could not be listed may hold anything that is included.
    const folder = path.endsWith("/");
    const clean = folder ? path.slice(0, -1) : path;
    return !excluded(clean) && (folder || included(clean));
  };
}

function leftOut(records: number): Walked {
  const files = records === 1 ? "1 record" : `${records} records`;
  return {
    kind: "finding",
    rule: LEFT_OUT,
    evidence: {
      message: `left out ${files} of git in .git, which no loader reads; --include '**' scans them too`,
      key: ".git",
      data: { files: records },
    },
  };
}

async function* followLinks(
  tree: Tree,
  links: readonly TreeFile[],
  filter: Filter,
  signal: AbortSignal | undefined,
): AsyncGenerator<Walked> {
  const table = new Map(
    links.flatMap(({ path, linkTarget }) => (linkTarget === undefined ? [] : [[path, linkTarget]])),
  );
  /** Links by path where they lead to a file, and by target where they may lead to a folder. */
  const files = new Set<string>();
  const folders = new Map<string, string>();
  for (const link of links) {
    const to = resolveLink(link.path, table, tree.location);
    if (to.kind === "outside") {
      if (filter(link.path)) {
        yield escape(link);
      }
    } else if (link.size !== undefined || link.problem !== undefined || to.kind !== "inside") {
      files.add(link.path);
      if (filter(link.path)) {
        yield { kind: "file", file: to.kind === "circle" ? withProblem(link) : link };
      }
    } else if (!`${link.path}/`.startsWith(to.path === "" ? "" : `${to.path}/`)) {
      folders.set(to.path, folders.get(to.path) ?? link.path);
    }
  }
  if (folders.size > 0) {
    yield* underLinks(tree, { files, folders }, filter, signal);
  }
}

interface Followed {
  readonly files: ReadonlySet<string>;
  readonly folders: ReadonlyMap<string, string>;
}

/** Lists the tree again, for the files that linked folders hold. Asking twice costs less than keeping all. */
async function* underLinks(
  tree: Tree,
  { files, folders }: Followed,
  filter: Filter,
  signal: AbortSignal | undefined,
): AsyncGenerator<Walked> {
  for await (const file of tree.list(signal)) {
    const path = linkedPath(file.path, folders);
    if (path !== undefined && filter(path) && (file.kind !== "link" || files.has(file.path))) {
      yield { kind: "file", file: renamed(file, path) };
    }
  }
}

/** The path under the link to the closest folder that is linked to, or to the file itself. */
function linkedPath(path: string, folders: ReadonlyMap<string, string>): string | undefined {
  for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) {
    const link = folders.get(path.slice(0, end));
    if (link !== undefined) {
      return link + path.slice(end);
    }
  }
  return undefined;
}

function escape(file: TreeFile): Walked {
  const target = file.linkTarget ?? "";
  return {
    kind: "refused",
    file,
    rule: LINK_ESCAPE,
    evidence: {
      message: `links to ${quote(target)}, outside of the scanned folder; it was not followed`,
      key: target,
      data: { target },
    },
  };
}

function withProblem(file: TreeFile): TreeFile {
  return { ...renamed(file, file.path), problem: "its links lead in a circle" };
}

/** The same file under another path, with size and identity still asked for only when they are read. */
function renamed(file: TreeFile, path: string): TreeFile {
  return {
    rawName: file.rawName,
    path,
    kind: file.kind,
    get size() {
      return file.size;
    },
    get identity() {
      return file.identity;
    },
    get state() {
      return file.state;
    },
    ...(file.stated === undefined ? {} : { stated: file.stated }),
    ...(file.problem === undefined ? {} : { problem: file.problem }),
    open: () => file.open(),
  };
}
