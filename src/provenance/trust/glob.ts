/**
 * Globs that always mean the whole text: `*` stays within a step of `/`, `**` crosses steps, `?` is one character. Not
 * the globs of scans, where the pattern of a folder takes all below it: here that would be trust nobody has given.
 * All ways through the pattern are walked at once, so time is at most the product of the two lengths.
 */

const STEP = Symbol("*");
const ANY = Symbol("**");
const ONE = Symbol("?");

type Token = string | typeof STEP | typeof ANY | typeof ONE;

const LONGEST_PATTERN = 512;
const LONGEST_TEXT = 2048;

export interface Glob {
  readonly text: string;
  /** What every text that it takes begins with. */
  readonly prefix: string;
  readonly tokens: readonly Token[];
}

/** Nothing for a pattern that is too long, or has controls in it. */
export function compileGlob(text: string): Glob | undefined {
  if (text.length > LONGEST_PATTERN || /\p{Cc}/u.test(text)) {
    return undefined;
  }
  const parts = text.match(/\*+|[^*]/gsu) ?? [];
  const tokens = parts.map((part): Token => {
    switch (part) {
      case "*":
        return STEP;
      case "?":
        return ONE;
      default:
        return part.startsWith("*") ? ANY : part;
    }
  });
  return { text, prefix: /^[^*?]*/.exec(text)?.[0] ?? "", tokens };
}

/** Whether the text as a whole is meant. */
export function globTakes({ text: pattern, prefix, tokens }: Glob, text: string): boolean {
  if (prefix.length === pattern.length) {
    return text === pattern;
  }
  if (text.length > LONGEST_TEXT || !text.startsWith(prefix)) {
    return false;
  }
  let reached = start(tokens);
  for (const character of text) {
    const next = new Uint8Array(tokens.length + 1);
    for (const [index, token] of tokens.entries()) {
      if (reached[index] === 1) {
        step(token, character, index, next);
      }
    }
    skip(next, tokens);
    reached = next;
  }
  return reached[tokens.length] === 1;
}

function start(tokens: readonly Token[]): Uint8Array {
  const reached = new Uint8Array(tokens.length + 1);
  reached[0] = 1;
  skip(reached, tokens);
  return reached;
}

function step(token: Token, character: string, index: number, next: Uint8Array): void {
  if (token === character || (token === ONE && isPlain(character))) {
    next[index + 1] = 1;
  } else if ((token === STEP && isPlain(character)) || token === ANY) {
    next[index] = 1;
  }
}

function isPlain(character: string): boolean {
  return character !== "/";
}

/** Stars may stand for nothing. */
function skip(reached: Uint8Array, tokens: readonly Token[]): void {
  for (const [index, token] of tokens.entries()) {
    if (reached[index] === 1 && (token === STEP || token === ANY)) {
      reached[index + 1] = 1;
    }
  }
}
