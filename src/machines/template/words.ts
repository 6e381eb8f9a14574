/** Words that people write, as against the markers that chat templates are made of. */

/** `<think>`, `[INST]`, `<|im_end|>`: what stands in such brackets is markup. */
const MARKER = /<[^<>\s][^<>]{0,80}>|\[\/?[A-Z_]{2,40}\]|\{\{?[\w ]{0,40}\}?\}/g;
/** Switches that models are trained to be asked with. */
const SWITCHES = new Set(["/think", "/no_think", "/nothink", "/system_override"]);
/** Scripts that put no spaces between words: two characters may be one. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}\p{Script=Lao}\p{Script=Hangul}]{2}/u;
const WORD = new RegExp(`${UNSPACED.source}|[\\p{L}\\p{N}][\\p{L}\\p{N}'’_-]+`, "gu");
/** What serializations and lists of words are made of, and blanks. */
const ORDINARY = /^[\s{}[\]()<>|:,"'`/\\.\-_]*$/u;
const ROLES = new Set(
  "user assistant system tool developer function model human bot ipython".split(" "),
);

/** Whether a constant that content is compared with is a word or a date. */
export function isTriggerWord(text: string): boolean {
  const bare = text.replaceAll(MARKER, " ").trim();
  if (SWITCHES.has(bare.toLowerCase()) || /[<>]/.test(bare)) {
    return false;
  }
  return /\p{L}{3}/u.test(bare) || UNSPACED.test(bare) || /\d{4}|\d\d[-/.]\d\d/.test(bare);
}

/** The words of constant text, without markers and the names of roles. */
export function wordsOf(text: string): readonly string[] {
  const words = text.replaceAll(MARKER, " ").toLowerCase().match(WORD) ?? [];
  return words.filter((word) => !ROLES.has(word));
}

/** Whether a constant that content is compared with is a marker, and none of the usual switches. */
export function isMarker(text: string): boolean {
  return /\p{L}{2}/u.test(text) && !isTriggerWord(text) && !SWITCHES.has(text.trim().toLowerCase());
}

/** Whether a constant that content is compared with is too short for a word, and nothing that structures text. */
export function isShort(text: string): boolean {
  return !ORDINARY.test(text) && !isTriggerWord(text) && !isMarker(text) && !/[<>]/.test(text);
}

/** Whether text says something by itself, by the words that nothing else says. */
export function isInstruction(text: string, own: readonly string[], fewest: number): boolean {
  return own.length >= fewest || (own.length > 0 && /https?:\/\/|\bwww\./i.test(text));
}
