/**
 * The hub's URL grammar, read side. An id has one or two segments, so that a route is found by the word that follows
 * it; a revision is one segment with its slashes encoded; each segment is decoded exactly once.
 */

export type RouteKind = "info" | "tree" | "paths" | "refs" | "resolve" | "cache" | "cdn";

export interface Route {
  readonly kind: Exclude<RouteKind, "cdn">;
  readonly type: "models" | "datasets";
  readonly id: string;
  readonly revision: string;
  /** Of a file or folder; empty where there is none. */
  readonly path: string;
}

const API_WORDS: Readonly<Record<string, Route["kind"]>> = {
  revision: "info",
  tree: "tree",
  "paths-info": "paths",
  refs: "refs",
};

/** The route of a path (without its query), or undefined for one the hub does not know. */
export function parseRoute(pathname: string): Route | undefined {
  let segments: string[];
  try {
    segments = pathname.split("/").slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
  const [first, second] = segments;
  if (first === "api" && second === "resolve-cache") {
    const [type, owner, name, revision, ...path] = segments.slice(2);
    return typeOf(type) && route("cache", typeOf(type), [owner, name], revision, path);
  }
  if (first === "api") {
    return typeOf(second) && apiRoute(typeOf(second), segments.slice(2));
  }
  const type = first === "datasets" ? "datasets" : "models";
  const rest = first === "datasets" ? segments.slice(1) : segments;
  const at = rest.findIndex((word, index) => index > 0 && index < 3 && word === "resolve");
  return at === -1
    ? undefined
    : route("resolve", type, rest.slice(0, at), rest[at + 1], rest.slice(at + 2));
}

function typeOf(segment: string | undefined): Route["type"] | undefined {
  return segment === "models" || segment === "datasets" ? segment : undefined;
}

function apiRoute(type: Route["type"] | undefined, segments: string[]): Route | undefined {
  const at = segments.findIndex((word, index) => index > 0 && index < 3 && word in API_WORDS);
  if (at === -1) {
    return segments.length > 2 ? undefined : route("info", type, segments, "main", []);
  }
  const kind = API_WORDS[segments[at] ?? ""];
  const revision = kind === "refs" ? "main" : segments[at + 1];
  return kind && route(kind, type, segments.slice(0, at), revision, segments.slice(at + 2));
}

function route(
  kind: Route["kind"],
  type: Route["type"] | undefined,
  id: readonly (string | undefined)[],
  revision: string | undefined,
  path: readonly string[],
): Route | undefined {
  const needsPath = kind === "resolve" || kind === "cache";
  if (!type || !revision || id.some((part) => !part) || (needsPath && path.length === 0)) {
    return undefined;
  }
  return { kind, type, id: id.join("/"), revision, path: path.join("/") };
}

/** A path for a URL: each segment encoded, the slashes left. */
export function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
