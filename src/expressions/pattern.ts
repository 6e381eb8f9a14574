/**
 * Patterns in time that is linear in the text, whatever the pattern: RE2's syntax, which has neither back references
 * nor look-around. The only file that knows `re2js`.
 */

import { RE2JS } from "re2js";

import { MAX_PATTERN } from "./limits.ts";

export interface Pattern {
  /** Whether any part of the text matches, as CEL defines `matches`. */
  isIn(text: string): boolean;
}

export type CompiledPattern =
  | { readonly kind: "pattern"; readonly pattern: Pattern }
  | { readonly kind: "problem"; readonly message: string };

/** Compiles a pattern, or says why it is none. */
export function compilePattern(source: string): CompiledPattern {
  if (source.length > MAX_PATTERN) {
    return { kind: "problem", message: `the pattern has more than ${MAX_PATTERN} characters` };
  }
  try {
    const compiled = RE2JS.compile(source);
    return {
      kind: "pattern",
      pattern: {
        isIn: (text) => compiled.matcher(text).find(),
      },
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "problem", message: `not a pattern of RE2: ${reason}` };
  }
}
