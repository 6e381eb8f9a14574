/** Addresses of a hub's web pages and files, as people copy them from a browser, as places on the hub. */

/** Steps after the repository's name in an address, and what follows them. */
const VIEWS = new Set(["tree", "blob", "resolve", "raw"]);
const NO_REPOSITORY = new Set(["api", "spaces", "docs", "collections", "papers", "settings"]);

/**
 * `https://huggingface.co/org/name/blob/main/model.safetensors` as `hf:org/name@main/model.safetensors`; nothing for
 * addresses of other servers and for pages that belong to no repository.
 */
export function hubUrlTarget(target: string, endpoint: URL): string | undefined {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  const base = endpoint.pathname.replace(/\/*$/, "/");
  if (url === undefined || url.origin !== endpoint.origin || !url.pathname.startsWith(base)) {
    return undefined;
  }
  const steps = url.pathname.slice(base.length).split("/").filter(Boolean);
  const isDataset = steps[0] === "datasets";
  const inside = isDataset ? steps.slice(1) : steps;
  const at = inside.findIndex((step) => VIEWS.has(step));
  const name = at === -1 ? inside : inside.slice(0, at);
  if (name.length === 0 || name.length > 2 || NO_REPOSITORY.has(steps[0] ?? "")) {
    return undefined;
  }
  const type = isDataset ? "datasets/" : "";
  const [revision, ...path] = at === -1 ? [] : inside.slice(at + 1);
  const after = [revision === undefined ? "" : `@${revision}`, ...path.map(decoded)].join("/");
  return `hf:${type}${name.join("/")}${after}`;
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
