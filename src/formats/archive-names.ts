/**
 * Member names that lead somewhere else than into the folder they are unpacked in, on any system: the
 * separators of Unix and of Windows both count, whoever wrote the archive.
 */

export type NameProblem =
  | "absolute"
  | "drive"
  | "drive-relative"
  | "network-path"
  | "parent"
  | "nul"
  | "encoded"
  | "inner-parent"
  | "stripped"
  | "device-name";

/** Windows opens the device whatever the extension. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:[ .:].*)?$/i;
/** `..` with what Windows strips from the end of a component. */
const PARENT = /^\.\.[ .]*$/;
const ENCODED = /(?:%2e|\.){2}(?:%2f|%5c)|%2e(?:%2e|\.)[/\\]|%2e%2e|(?:^|[/\\])\.\.(?:%2f|%5c)/i;
/** Overlong UTF-8 of `.`, `/` and `\` as code page 437 and Latin-1 show it. */
const OVERLONG = /└[«»]|┴£|À[®¯]|Á\u009c/;

/** What is wrong with a name, worst first; nothing for an ordinary one. */
export function nameProblem(name: string): NameProblem | undefined {
  if (isPlain(name)) {
    return undefined;
  }
  if (name.includes("\0")) {
    return "nul";
  }
  if (/^(?:\\\\|\/\/)[^/\\]/.test(name)) {
    return "network-path";
  }
  if (name.startsWith("/") || name.startsWith("\\")) {
    return "absolute";
  }
  if (/^[A-Za-z]:[/\\]/.test(name)) {
    return "drive";
  }
  return (
    componentProblem(name.split(/[/\\]/)) ??
    encodingProblem(name) ??
    (/^[A-Za-z]:/.test(name) ? "drive-relative" : undefined)
  );
}

/** The usual case, fast: one or more words of letters, digits and a few signs, with single slashes. */
function isPlain(name: string): boolean {
  return /^[\w\-+=@()]+(?:\.[\w\-+=@()]+)*(?:\/[\w\-+=@()]+(?:\.[\w\-+=@()]+)*)*\/?$/.test(name)
    ? !/(?:^|\/)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\/|$)/i.test(name)
    : false;
}

function componentProblem(components: readonly string[]): NameProblem | undefined {
  let depth = 0;
  let found: NameProblem | undefined;
  for (const component of components) {
    if (PARENT.test(component)) {
      depth -= 1;
      if (depth < 0) {
        return "parent";
      }
      found = "inner-parent";
    } else if (component !== "" && component !== ".") {
      depth += 1;
      found ??= oddComponent(component);
    }
  }
  return found;
}

function oddComponent(component: string): NameProblem | undefined {
  if (DEVICE.test(component)) {
    return "device-name";
  }
  return component.endsWith(".") || component.endsWith(" ") ? "stripped" : undefined;
}

function encodingProblem(name: string): NameProblem | undefined {
  return ENCODED.test(name) || OVERLONG.test(name) ? "encoded" : undefined;
}

/** Normal form under which two names are one file for some reader or some file system. */
export function canonicalName(name: string): string {
  if (/^[\w\-./]*$/.test(name) && !/\/\/|(?:^|\/)\.\//.test(name)) {
    return name;
  }
  const nul = name.indexOf("\0");
  const cut = nul === -1 ? name : name.slice(0, nul);
  return cut
    .normalize("NFC")
    .split(/[/\\]/)
    .filter((component, index) => component !== "." && (component !== "" || index === 0))
    .map((component) => component.replace(/(?<=[^. ])[. ]+$/, ""))
    .join("/");
}
