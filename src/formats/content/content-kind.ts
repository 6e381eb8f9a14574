/** What the bytes of an artifact are, without a claim to understand them. */

import type { Match } from "../format.ts";

export type Category =
  | "archive"
  | "audio"
  | "data"
  | "document"
  | "empty"
  | "executable"
  | "image"
  | "model"
  | "script"
  | "text"
  | "video";

export interface ContentKind {
  /** Short and stable, for facts and policies: `elf`, `png`, `onnx`. */
  readonly kind: string;
  /** For people, with an article where a sentence needs one: `a Linux shared library (ELF)`. */
  readonly title: string;
  readonly category: Category;
  readonly match: Exclude<Match, "none">;
}

/** Signature and structure fit. */
export function certain(kind: string, title: string, category: Category): ContentKind {
  return { kind, title, category, match: "certain" };
}

/** The signature is too short, or the structure too loose, to be sure. */
export function likely(kind: string, title: string, category: Category): ContentKind {
  return { kind, title, category, match: "likely" };
}
