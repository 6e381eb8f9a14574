/**
 * Globs over paths with `/`: `*` and `?` stay inside one step, `**` crosses steps, `[a-z]` and `[!a-z]`
 * are sets, `{a,b}` alternatives, `\` quotes. A pattern without a `/` applies at every depth, and one
 * that matches a folder takes everything below it. Matching backtracks over one star at a time, so it
 * is at worst the product of the two lengths: paths are written by whoever made the folder.
 */

import { AppError } from "../kernel/errors.ts";

export type PathMatcher = (path: string) => boolean;

type Token =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "any" }
  | { readonly kind: "star" }
  | { readonly kind: "set"; readonly negated: boolean; readonly ranges: readonly Range[] };

interface Range {
  readonly from: string;
  readonly to: string;
}

/** Matches one step of a path, or any number of steps. */
type Step = readonly Token[] | "**";

const MAX_ALTERNATIVES = 256;

/** A matcher for any of some patterns. Throws `AppError` USAGE for a pattern that is not a glob. */
export function globMatcher(patterns: readonly string[]): PathMatcher {
  const compiled = patterns.flatMap((pattern) => expandBraces(pattern).map(compile));
  return (path) => {
    const steps = path.split("/");
    return compiled.some((pattern) => matchSteps(pattern, steps));
  };
}

/** `{a,b}` becomes two patterns; braces may nest. */
function expandBraces(pattern: string): string[] {
  const done: string[] = [];
  const open = [pattern];
  for (;;) {
    const next = open.pop();
    if (next === undefined) {
      return done.reverse();
    }
    const braces = findBraces(next);
    if (braces === undefined) {
      done.push(next);
    } else {
      const { start, end, parts } = braces;
      open.push(...parts.map((part) => next.slice(0, start) + part + next.slice(end + 1)));
    }
    if (done.length + open.length > MAX_ALTERNATIVES) {
      throw new AppError(
        "USAGE",
        `the pattern ${pattern} has more than ${MAX_ALTERNATIVES} alternatives`,
      );
    }
  }
}

/** The first group with a comma, split at its own commas. */
function findBraces(pattern: string) {
  const start = indexOfUnquoted(pattern, "{");
  if (start === -1) {
    return undefined;
  }
  const commas: number[] = [];
  let depth = 0;
  for (let at = start; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === "\\") {
      at += 1;
    } else if (character === "{") {
      depth += 1;
    } else if (character === "," && depth === 1) {
      commas.push(at);
    } else if (character === "}") {
      depth -= 1;
      if (depth === 0) {
        const cuts = [start, ...commas, at];
        const parts = cuts.slice(1).map((cut, index) => pattern.slice((cuts[index] ?? 0) + 1, cut));
        return { start, end: at, parts };
      }
    }
  }
  throw new AppError("USAGE", `the pattern ${pattern} opens a { and does not close it`);
}

function indexOfUnquoted(pattern: string, wanted: string): number {
  for (let at = 0; at < pattern.length; at += 1) {
    if (pattern[at] === "\\") {
      at += 1;
    } else if (pattern[at] === wanted) {
      return at;
    }
  }
  return -1;
}

function compile(pattern: string): readonly Step[] {
  const trimmed = pattern.replace(/^(\.\/)+/, "").replace(/\/+$/, "");
  const anchored = trimmed.includes("/");
  const steps: Step[] = trimmed
    .replace(/^\/+/, "")
    .split("/")
    .map((step) => (step === "**" ? "**" : tokens(step, pattern)));
  return anchored ? steps : ["**", ...steps];
}

function tokens(step: string, pattern: string): readonly Token[] {
  const result: Token[] = [];
  const characters = Array.from(step);
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at] ?? "";
    if (character === "*") {
      if (result.at(-1)?.kind !== "star") {
        result.push({ kind: "star" });
      }
    } else if (character === "?") {
      result.push({ kind: "any" });
    } else if (character === "[") {
      const end = characters.indexOf("]", at + (/[!^]/.test(characters[at + 1] ?? "") ? 3 : 2));
      if (end === -1) {
        throw new AppError("USAGE", `the pattern ${pattern} opens a [ and does not close it`);
      }
      result.push(set(characters.slice(at + 1, end)));
      at = end;
    } else if (character === "\\" && at + 1 < characters.length) {
      at += 1;
      result.push({ kind: "text", text: characters[at] ?? "" });
    } else {
      result.push({ kind: "text", text: character });
    }
  }
  return result;
}

function set(content: readonly string[]): Token {
  const negated = content[0] === "!" || content[0] === "^";
  const ranges: Range[] = [];
  for (let at = negated ? 1 : 0; at < content.length; at += 1) {
    const from = content[at] ?? "";
    const to = content[at + 2];
    if (content[at + 1] === "-" && to !== undefined) {
      ranges.push({ from, to });
      at += 2;
    } else {
      ranges.push({ from, to: from });
    }
  }
  return { kind: "set", negated, ranges };
}

/** Whether the pattern takes the path or a folder that it lies in. */
function matchSteps(pattern: readonly Step[], steps: readonly string[]): boolean {
  let at = 0;
  let step = 0;
  let star = -1;
  let starStep = 0;
  for (;;) {
    const part = pattern[at];
    if (part === undefined) {
      return true;
    }
    if (part === "**") {
      star = at;
      starStep = step;
      at += 1;
      // A last `**` takes what is below a folder, and that is at least one step.
      if (at === pattern.length) {
        return step < steps.length;
      }
    } else if (step < steps.length && matchStep(part, Array.from(steps[step] ?? ""))) {
      at += 1;
      step += 1;
    } else if (star !== -1 && starStep < steps.length) {
      starStep += 1;
      step = starStep;
      at = star + 1;
    } else {
      return false;
    }
  }
}

function matchStep(pattern: readonly Token[], text: readonly string[]): boolean {
  let at = 0;
  let position = 0;
  let star = -1;
  let starPosition = 0;
  while (position < text.length) {
    const token = pattern[at];
    if (token?.kind === "star") {
      star = at;
      starPosition = position;
      at += 1;
    } else if (token !== undefined && matchOne(token, text[position] ?? "")) {
      at += 1;
      position += 1;
    } else if (star === -1) {
      return false;
    } else {
      starPosition += 1;
      position = starPosition;
      at = star + 1;
    }
  }
  return pattern.slice(at).every(({ kind }) => kind === "star");
}

function matchOne(token: Token, character: string): boolean {
  if (token.kind === "text") {
    return token.text === character;
  }
  return (
    token.kind !== "set" ||
    token.ranges.some(({ from, to }) => character >= from && character <= to) !== token.negated
  );
}
