/**
 * Strings for SARIF's message objects (3.11): nothing out of a model may become a placeholder, an embedded
 * link or a control character there. Braces are doubled, as 3.11.5 has it; brackets are escaped where they
 * could be read as a link (3.11.6).
 */

import { escapeText } from "../../kernel/text.ts";

/** GitHub shows no more of a message than about this. */
const LONGEST = 4000;

/** A sentence with what a model may have put into it. */
export function messageText(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  const sentence = escapeText(cut).replaceAll(/[{}]/g, "$&$&");
  const safe = sentence.includes("](")
    ? sentence.replaceAll(/[\\[\]]/g, String.raw`\$&`)
    : sentence;
  return safe.charAt(0).toUpperCase() + safe.slice(1);
}
