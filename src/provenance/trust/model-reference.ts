/**
 * What models are called: a scheme, a name, and where there is one a revision: `hf:org/name@main`, `oci:host/name@sha256:…`,
 * `file:/models/bert`. A pattern has the same parts. Its scheme is never a pattern, and one without a revision takes all.
 */

import { compileGlob, globTakes } from "./glob.ts";
import type { Glob } from "./glob.ts";

export interface ModelReference {
  readonly scheme: string;
  readonly name: string;
  readonly revision: string | undefined;
}

export interface ReferencePattern {
  readonly text: string;
  readonly scheme: string;
  readonly name: Glob;
  readonly revision: Glob | undefined;
}

const SCHEME = /^[a-z][a-z\d+.-]*$/;

/** Nothing for what two readers could take for two models. */
export function parseReference(text: string): ModelReference | undefined {
  const parts = split(text);
  const isPlain =
    parts !== undefined &&
    text.length <= 2048 &&
    !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text) &&
    !parts.name.split("/").some((step) => step === "." || step === "..") &&
    !parts.name.includes("//");
  return isPlain ? parts : undefined;
}

/** Nothing for what is no pattern. */
export function parsePattern(text: string): ReferencePattern | undefined {
  const parts = split(text);
  const name = parts === undefined ? undefined : compileGlob(parts.name);
  const revision = parts?.revision === undefined ? undefined : compileGlob(parts.revision);
  if (parts === undefined || name === undefined) {
    return undefined;
  }
  return parts.revision !== undefined && revision === undefined
    ? undefined
    : { text, scheme: parts.scheme, name, revision };
}

export function patternTakes(pattern: ReferencePattern, reference: ModelReference): boolean {
  return (
    pattern.scheme === reference.scheme &&
    globTakes(pattern.name, reference.name) &&
    (pattern.revision === undefined ||
      (reference.revision !== undefined && globTakes(pattern.revision, reference.revision)))
  );
}

/** The model whatever its revision: what trust on first use remembers. */
export function lineOf({ scheme, name }: ModelReference): string {
  return `${scheme}:${name}`;
}

function split(text: string): ModelReference | undefined {
  const colon = text.indexOf(":");
  const scheme = text.slice(0, Math.max(0, colon));
  const rest = text.slice(colon + 1);
  if (!SCHEME.test(scheme) || rest === "") {
    return undefined;
  }
  // Names of files may have an @ in them, and files have no revisions.
  const at = scheme === "file" ? -1 : rest.indexOf("@");
  const name = at === -1 ? rest : rest.slice(0, at);
  const revision = at === -1 ? undefined : rest.slice(at + 1);
  return name === "" || revision === "" ? undefined : { scheme, name, revision };
}
