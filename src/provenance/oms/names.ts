/**
 * Names of files in a manifest (OMS 1.0, 6.1): POSIX paths relative to the model, in the order of their UTF-8 bytes,
 * compared byte by byte. Names that differ in case or in Unicode normalisation are different names.
 */

/** Where UTF-16 units and UTF-8 bytes sort differently. */
const SURROGATE = /[\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Cs}/u;

/** Sorts by UTF-8 bytes; JavaScript's own order is that of UTF-16 units. */
export function compareNames(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) {
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
  }
  if (a === b) {
    return 0;
  }
  return a < b ? -1 : 1;
}

/** Why a name is no canonical relative path, as half a sentence; nothing where it is one. */
export function nameProblem(name: string): string | undefined {
  if (name === "") {
    return "it is empty";
  }
  if (name.startsWith("/")) {
    return "it is absolute";
  }
  if (name.endsWith("/")) {
    return "it ends with a slash";
  }
  if (name.includes("\0")) {
    return "it has a zero byte in it";
  }
  if (LONE_SURROGATE.test(name)) {
    return "it is not Unicode";
  }
  for (const step of name.split("/")) {
    if (step === "..") {
      return "it leads out of the model";
    }
    if (step === "" || step === ".") {
      return "it has a step that leads nowhere";
    }
  }
  return undefined;
}

/** Whether one of some paths is the name or a folder that it lies in. */
export function liesIn(name: string, paths: ReadonlySet<string>): string | undefined {
  for (let end = name.indexOf("/"); end !== -1; end = name.indexOf("/", end + 1)) {
    const folder = name.slice(0, end);
    if (paths.has(folder)) {
      return folder;
    }
  }
  return paths.has(name) ? name : undefined;
}
