/**
 * Secrets in what is shown. A payload may carry the token that it posts to somewhere, and a model may carry its
 * author's: a report must not spread either. Recognized by the prefixes that issuers publish, by key blocks and by
 * the words before a value; what has neither cannot be told from ordinary text and stays.
 */

const MARK = "[redacted]";

/** Tokens whose first characters say what they are; the prefix stays, so that the reader knows which. */
const TOKENS: readonly RegExp[] = [
  /\b(hf_|api_org_)[A-Za-z0-9]{16,}/g,
  /\b(gh[pousr]_|github_pat_)[A-Za-z0-9_]{20,}/g,
  /\b(glpat-|gldt-|glrt-)[\w-]{16,}/g,
  /\b(AKIA|ASIA|AGPA|AIDA|AROA)[A-Z0-9]{12,}/g,
  /\b(AIza)[\w-]{30,}/g,
  /\b(ya29\.)[\w-]{20,}/g,
  /\b(sk-|sk_live_|sk_test_|rk_live_|pk_live_)[\w-]{16,}/g,
  /\b(xox[abeoprs]-|xapp-)[\w-]{10,}/g,
  /\b(npm_|pypi-|dop_v1_|r8_|gsk_|nvapi-|SG\.)[\w.-]{20,}/g,
  /\b(eyJ)[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g,
  /(:\/\/[^\s/:@]{1,64}:)[^\s/@]{1,256}(?=@)/g,
  /\b(Bearer |Basic )[\w.~+/=-]{8,}/gi,
  /((?:password|passwd|pwd|secret|api[_-]?key|access[_-]?key|auth[_-]?token|access[_-]?token|token)["']?\s{0,4}[=:]\s{0,4}["']?)[^\s"'&;,)]{4,256}/gi,
];

const KEY_BLOCK = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/g;

/** The text without the secrets that can be recognized in it. */
export function redact(text: string): string {
  let shown = withoutKeyBlocks(text);
  for (const token of TOKENS) {
    shown = shown.replaceAll(token, (_match, prefix: string) => `${prefix}${MARK}`);
  }
  return shown;
}

/** Cuts key blocks out, also one that has no end because the text was cut. */
function withoutKeyBlocks(text: string): string {
  let shown = "";
  let at = 0;
  for (const block of text.matchAll(KEY_BLOCK)) {
    if (block.index < at) {
      continue;
    }
    shown += text.slice(at, block.index) + MARK;
    const end = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/.exec(text.slice(block.index));
    at = end === null ? text.length : block.index + end.index + end[0].length;
  }
  return shown + text.slice(at);
}
