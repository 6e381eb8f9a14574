/**
 * Where a file is, as a URI reference (RFC 3986): relative to the folder that the program was started in
 * where the user named it so, which in CI is the root of the repository. Code scanning and annotations find
 * the file by it.
 */

import { posix } from "node:path";

import type { Subject } from "../kernel/report.ts";

export type Place = Pick<Subject, "kind" | "ref">;

/** How the user would write the path of a file of a subject. */
export function pathOf({ kind, ref }: Place, path: string): string {
  switch (kind) {
    case "file":
      return posix.normalize(ref);
    case "stdin":
      return path;
    case "folder": {
      const folder = posix.normalize(ref).replace(/\/+$/, "");
      return folder === "." ? path : `${folder}/${path}`;
    }
    default:
      return `${ref}/${path}`;
  }
}

/** The same as a URI reference: percent-encoded, `file:` for an absolute path. */
export function uriOf(subject: Place, path: string): string {
  const whole = pathOf(subject, path).toWellFormed();
  if (subject.kind === "url" || subject.kind === "hub") {
    return encodeURI(whole);
  }
  const encoded = whole.split("/").map(encodeURIComponent).join("/");
  return encoded.startsWith("/") ? `file://${encoded}` : encoded;
}
