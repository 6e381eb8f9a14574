/**
 * Text out of a model in GitHub's Markdown. It stands in a `<code>` element, where nothing is looked for that
 * is found in rendered text (mentions, references to issues and commits, emoji, formulas), and whatever could
 * end or start something in the source of the document is a character reference, which never can.
 */

import { escapeText } from "../../kernel/text.ts";

const STRUCTURE = /[\\`*_[\]#|<>&~$@:{}]|(?<=www)\./gi;

/** At most `limit` characters of a text, on one line, as they are. */
export function code(text: string, limit: number): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  const plain = escapeText(cut).replaceAll(STRUCTURE, (character) => {
    return `&#${character.charCodeAt(0)};`;
  });
  return `<code>${plain}</code>`;
}
