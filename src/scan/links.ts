/**
 * Where the links of a tree lead, worked out from what the tree lists and without touching a disk: the
 * same answer for a folder, an archive and a repository on a hub.
 */

/** Links in a row before they count as a circle, as Linux has it. */
const MAX_HOPS = 40;

/** The folder of one repository in a Hugging Face cache, seen from one of its snapshots. */
const SNAPSHOT = /^(.*\/(?:models|datasets|spaces)--[^/]+)\/snapshots(?:\/|$)/;
/** Blobs are named by their git or LFS object id. */
const BLOB = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

export type Destination =
  /** Path in the tree; empty for its root. */
  | { readonly kind: "inside"; readonly path: string }
  /** A blob of the repository that the tree is a snapshot of. */
  | { readonly kind: "blob" }
  | { readonly kind: "outside" }
  | { readonly kind: "circle" };

/** The links of one tree: path to target as written. */
export type LinkTable = ReadonlyMap<string, string>;

/**
 * Follows a link, and the links on its way.
 *
 * @param location where the tree's root really is, when it is a place on this machine.
 */
export function resolveLink(path: string, links: LinkTable, location?: string): Destination {
  const root = location === undefined ? [] : location.split("/").filter(Boolean);
  const at = [...root, ...path.split("/")];
  const ahead: string[] = [];
  let hops = 0;
  for (;;) {
    const target = inside(at, root) ? links.get(at.slice(root.length).join("/")) : undefined;
    if (target !== undefined) {
      hops += 1;
      if (hops > MAX_HOPS) {
        return { kind: "circle" };
      }
      if (target.startsWith("/") && location === undefined) {
        return { kind: "outside" };
      }
      at.length = target.startsWith("/") ? 0 : at.length - 1;
      ahead.push(...target.split("/").reverse());
    }
    const outcome = advance(at, ahead, location !== undefined);
    if (outcome === "left") {
      return { kind: "outside" };
    }
    if (outcome === "done") {
      return destination(at, root, location);
    }
  }
}

/** Takes steps until one leads somewhere new. In an absolute path `/..` is `/`. */
function advance(at: string[], ahead: string[], absolute: boolean): "moved" | "left" | "done" {
  for (;;) {
    const step = ahead.pop();
    if (step === undefined) {
      return "done";
    }
    if (step === "..") {
      if (at.pop() === undefined && !absolute) {
        return "left";
      }
    } else if (step !== "" && step !== ".") {
      at.push(step);
      return "moved";
    }
  }
}

function destination(
  at: readonly string[],
  root: readonly string[],
  location?: string,
): Destination {
  if (inside(at, root)) {
    return { kind: "inside", path: at.slice(root.length).join("/") };
  }
  const repository = location === undefined ? undefined : SNAPSHOT.exec(location)?.[1];
  const target = `/${at.join("/")}`;
  return repository !== undefined &&
    target.startsWith(`${repository}/blobs/`) &&
    BLOB.test(target.slice(repository.length + "/blobs/".length))
    ? { kind: "blob" }
    : { kind: "outside" };
}

function inside(at: readonly string[], root: readonly string[]): boolean {
  return at.length >= root.length && root.every((step, index) => at[index] === step);
}
