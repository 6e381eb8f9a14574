/**
 * Who may have signed: an exact name, or a pattern of ours. A pattern always means the whole name, its wildcards are
 * two (`*` within a step, `**` across steps), and the part that says whose names they are has none. Nothing here
 * becomes a regular expression, so nothing is to be escaped and nothing backtracks.
 */

export interface ExactIdentity {
  readonly kind: "exact";
  readonly value: string;
}

export interface IdentityPattern {
  readonly kind: "pattern";
  readonly text: string;
  readonly tokens: readonly Token[];
}

export type ExpectedIdentity = ExactIdentity | IdentityPattern;

/** A character; `*`: any but `/`, `@` and controls; `**`: any but controls. */
type Token = string | typeof STEP | typeof ANY;

const STEP = Symbol("*");
const ANY = Symbol("**");

/** As long as nobody's name is. */
const LONGEST = 2048;

export type ReadPattern =
  | IdentityPattern
  /** Half a sentence. */
  | { readonly kind: "refused"; readonly reason: string };

/** Compiles a pattern, or says why it would let in strangers. */
export function identityPattern(text: string): ReadPattern {
  const reason = objectionTo(text);
  if (reason !== undefined) {
    return { kind: "refused", reason };
  }
  const tokens = (text.match(/\*+|[^*]/gsu) ?? []).map((part) => {
    if (part === "*") {
      return STEP;
    }
    return part.startsWith("*") ? ANY : part;
  });
  return { kind: "pattern", text, tokens };
}

/** Whether a name is the one expected, or one of those that the pattern means. Linear in the product of both. */
export function isExpected(name: string, expected: ExpectedIdentity): boolean {
  return expected.kind === "exact"
    ? name === expected.value
    : name.length <= LONGEST && fits(name, expected.tokens);
}

function objectionTo(text: string): string | undefined {
  if (text.length > LONGEST) {
    return `it is longer than ${LONGEST} characters`;
  }
  if (!text.includes("*")) {
    return "it has no wildcard; an exact identity needs no pattern";
  }
  const scheme = text.indexOf("://");
  if (scheme !== -1) {
    const rest = text.slice(scheme + 3);
    const slash = rest.indexOf("/");
    const isFixed = slash > 0 && !`${text.slice(0, scheme)}${rest.slice(0, slash)}`.includes("*");
    if (!isFixed) {
      return "its scheme and host have to be written out, with a slash behind them";
    }
    // On a web host that everybody may sign up to, the first step says who it is.
    const [owner = ""] = rest.slice(slash + 1).split("/", 1);
    return /^https?:/i.test(text) && (owner === "" || owner.includes("*"))
      ? "the first step behind the host has to be written out: it says whose names they are"
      : undefined;
  }
  const at = text.lastIndexOf("@");
  return at === -1 || at === text.length - 1 || text.slice(at).includes("*")
    ? "it is neither an address of the web nor of mail whose domain is written out"
    : undefined;
}

/** Walks all ways through the tokens at once. */
function fits(name: string, tokens: readonly Token[]): boolean {
  let reached = new Uint8Array(tokens.length + 1);
  reached[0] = 1;
  skipWildcards(reached, tokens);
  for (const character of name) {
    const next = new Uint8Array(tokens.length + 1);
    for (const [index, token] of tokens.entries()) {
      if (reached[index] === 0) {
        continue;
      }
      if (token === character) {
        next[index + 1] = 1;
      } else if (typeof token === "symbol" && mayStandFor(token, character)) {
        next[index] = 1;
      }
    }
    skipWildcards(next, tokens);
    reached = next;
  }
  return reached[tokens.length] === 1;
}

/** A wildcard may stand for nothing. */
function skipWildcards(reached: Uint8Array, tokens: readonly Token[]): void {
  for (const [index, token] of tokens.entries()) {
    if (reached[index] === 1 && typeof token === "symbol") {
      reached[index + 1] = 1;
    }
  }
}

function mayStandFor(token: typeof STEP | typeof ANY, character: string): boolean {
  return character >= " " && character !== "\x7f" && (token === ANY || !"/@".includes(character));
}
