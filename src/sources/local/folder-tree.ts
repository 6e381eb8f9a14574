/**
 * A local folder as a tree: every entry below it, in the byte order of paths. Folders are read one at
 * a time from a stack of our own, so that depth costs memory and not the call stack. Links are listed
 * and never followed here; what to do with them is decided once, in `scan/walk.ts`.
 */

import { readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import type { Dirent } from "node:fs";

import { AppError } from "../../kernel/errors.ts";
import type { Tree, TreeFile } from "../../kernel/tree.ts";
import { reachProblem } from "./failure.ts";
import { LocalFile } from "./local-file.ts";
import type { LocalEntry } from "./local-file.ts";
import { bytesOf, fsPath, joinNative, nameText } from "./names.ts";
import type { NativePath } from "./names.ts";

/** What waits to be listed: a folder to open, or an entry to hand out. */
type Waiting =
  | {
      readonly folder: true;
      readonly native: NativePath;
      readonly path: string;
      readonly isEscaped: boolean;
    }
  | Entry;

interface Entry {
  readonly folder: false;
  readonly native: NativePath;
  readonly name: NativePath;
  readonly path: string;
  readonly isEscaped: boolean;
  readonly kind: TreeFile["kind"];
  readonly problem?: string;
}

/** Where UTF-16 units and UTF-8 bytes sort differently. */
const SURROGATE = /[\ud800-\udfff]/;
/** What the decoder puts where a name is not UTF-8; a name may also really have it. */
const REPLACEMENT = "\ufffd";

/**
 * The tree below a folder.
 *
 * @param path of the folder, as the operating system takes it.
 * @param ref how the user named it.
 */
export function folderTree(path: NativePath, ref: string): Tree {
  const location = nameText(realpathSync(fsPath(path), { encoding: "buffer" }));
  return {
    kind: "folder",
    ref,
    location,
    cacheName: `folder ${location}`,
    list: (signal) => listFolder(path, signal),
  };
}

async function* listFolder(root: NativePath, signal?: AbortSignal): AsyncGenerator<TreeFile> {
  const stack: Waiting[] = [{ folder: true, native: root, path: "", isEscaped: false }];
  for (;;) {
    const next = stack.pop();
    if (next === undefined) {
      return;
    }
    if (signal?.aborted === true) {
      // Ending quietly would make a part look like the whole.
      throw new AppError("ABORTED", "interrupted");
    }
    if (!next.folder) {
      yield new LocalFile(next.kind === "link" ? followed(next) : next);
      continue;
    }
    try {
      for (const entry of readFolder(next).reverse()) {
        stack.push(entry);
      }
    } catch (error) {
      yield unreadableFolder(next.native, next.path, error);
    }
  }
}

/** The entries of one folder in byte order, a folder where its files would stand. */
function readFolder(folder: Extract<Waiting, { folder: true }>): Waiting[] {
  const { native, path } = folder;
  const prefix = path === "" ? "" : `${path}/`;
  return readEntries(native).map(({ entry, name }) => {
    const isEscaped = folder.isEscaped || typeof name !== "string";
    const child = { native: joinNative(native, name), path: prefix + nameText(name), isEscaped };
    return entry.isDirectory()
      ? { folder: true, ...child }
      : { folder: false, ...child, name, ...describe(entry) };
  });
}

interface Named {
  readonly entry: Dirent | Dirent<Buffer>;
  readonly name: NativePath;
}

function readEntries(native: NativePath): Named[] {
  if (typeof native === "string") {
    const entries = readdirSync(native, { withFileTypes: true });
    if (!entries.some(({ name }) => name.includes(REPLACEMENT))) {
      return sortText(entries);
    }
  }
  // `encoding: "buffer"` is the only way to reach names that are not UTF-8.
  const entries = readdirSync(fsPath(native), { withFileTypes: true, encoding: "buffer" });
  return entries
    .map((entry) => ({ entry, key: sortBytes(entry), name: textOrBytes(entry.name) }))
    .sort((a, b) => Buffer.compare(a.key, b.key));
}

function sortText(entries: readonly Dirent[]): Named[] {
  const named = entries.map((entry) => ({
    entry,
    name: entry.name,
    key: entry.isDirectory() ? `${entry.name}/` : entry.name,
  }));
  return named.some(({ name }) => SURROGATE.test(name))
    ? named.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)))
    : named.sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** A folder sorts as what stands below it, `name/…`. */
function sortBytes(entry: Dirent<Buffer>): Uint8Array {
  return entry.isDirectory() ? Buffer.concat([entry.name, Buffer.from("/")]) : entry.name;
}

/** A string where it is the same bytes, so that one odd neighbor does not slow everybody down. */
function textOrBytes(name: Uint8Array): NativePath {
  const text = Buffer.from(name).toString();
  return Buffer.from(text).equals(name) ? text : name;
}

function describe(entry: Named["entry"]): Pick<Entry, "kind" | "problem"> {
  if (entry.isFile()) {
    return { kind: "file" };
  }
  return entry.isSymbolicLink()
    ? { kind: "link" }
    : { kind: "other", problem: otherProblem(entry) };
}

/** Finds out where a link leads and, where that cannot be opened, why not. */
function followed(entry: Entry): LocalEntry {
  let linkTarget: string | undefined;
  try {
    linkTarget = nameText(readlinkSync(fsPath(entry.native), { encoding: "buffer" }));
    const target = statSync(fsPath(entry.native));
    return target.isFile() || target.isDirectory()
      ? { ...entry, linkTarget }
      : { ...entry, linkTarget, problem: "it leads to something that is not a file" };
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const problem = missing ? "what it leads to does not exist" : reachProblem(error);
    return linkTarget === undefined ? { ...entry, problem } : { ...entry, linkTarget, problem };
  }
}

function otherProblem(entry: Named["entry"]): string {
  if (entry.isFIFO()) {
    return "it is a named pipe, not a file";
  }
  return entry.isSocket() ? "it is a socket, not a file" : "it is a device, not a file";
}

function unreadableFolder(native: NativePath, path: string, error: unknown): TreeFile {
  return new LocalFile({
    native,
    name: bytesOf(path.slice(path.lastIndexOf("/") + 1)),
    path: path === "" ? "./" : `${path}/`,
    kind: "other",
    problem: `its files cannot be listed: ${reachProblem(error)}`,
  });
}
