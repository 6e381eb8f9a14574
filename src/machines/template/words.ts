/** Words that people write, as against the markers that chat templates are made of. */

/** `<think>`, `[INST]`, `<|im_end|>`: what stands in such brackets is markup. */
const MARKER = /<[^<>\s][^<>]{0,80}>|\[\/?[A-Z_]{2,40}\]|\{\{?[\w ]{0,40}\}?\}/g;
/** Switches that models are trained to be asked with. */
const SWITCHES = new Set(["/think", "/no_think", "/nothink", "/system_override"]);
const ROLES = new Set(
  "user assistant system tool developer function model human bot ipython".split(" "),
);

/** Whether a constant that content is compared with is a word or a date. */
export function isTriggerWord(text: string): boolean {
  const bare = text.replaceAll(MARKER, " ").trim();
  if (SWITCHES.has(bare.toLowerCase()) || /[<>]/.test(bare)) {
    return false;
  }
  return /\p{L}{3}/u.test(bare) || /\d{4}|\d\d[-/.]\d\d/.test(bare);
}

/** The words of constant text, without markers and the names of roles. */
export function wordsOf(text: string): readonly string[] {
  const words =
    text
      .replaceAll(MARKER, " ")
      .toLowerCase()
      .match(/[\p{L}\p{N}][\p{L}\p{N}'’_-]+/gu) ?? [];
  return words.filter((word) => !ROLES.has(word));
}

/** Whether a constant that content is compared with is a marker, and none of the usual switches. */
export function isMarker(text: string): boolean {
  return /\p{L}{2}/u.test(text) && !isTriggerWord(text) && !SWITCHES.has(text.trim().toLowerCase());
}

/** Whether text says something by itself, by the words that nothing else says. */
export function isInstruction(text: string, own: readonly string[], fewest: number): boolean {
  return own.length >= fewest || (own.length > 0 && /https?:\/\/|\bwww\./i.test(text));
}
