/**
 * Text of a template that nobody sees who reads it: characters without a glyph that spell something or split words,
 * controls that reorder a line, and blanks that push text out of sight. Unicode Standard, 23.2 (layout controls), 23.4
 * (variation selectors) and 23.9 (tag characters); UTS #51 for emoji. Joiners inside emoji and between letters of
 * scripts that need them, marks beside right-to-left text and byte order marks are what they should be.
 */

import type { Body, Expression } from "../../codecs/jinja/syntax.ts";
import { quote } from "../../kernel/text.ts";
import type { Capability } from "./capability.ts";
import { expressionsOf, statementsOf, within } from "./walk.ts";

/** Capabilities that are listed for one template. */
const MOST = 50;
/** Blanks in one line, and lines without anything, that no layout needs. */
const MOST_BLANKS = 300;
const MOST_EMPTY_LINES = 60;
const BLANKS = /[\s\u2800\u3164]{60,}/g;
const TAGS = /[\u{e0020}-\u{e007e}]{1,4096}\u{e007f}?/gu;
/** Flags of regions are a black flag, tags, and the tag that ends them. */
const FLAG = /\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{3,6}\u{e007f}/gu;
const OVERRIDES = /[\u202d\u202e]/;
const EMBEDDINGS = /[\u202a\u202b\u2066\u2067]/;
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** Characters without a glyph or a width, except those that have a rule of their own. */
const INVISIBLE =
  "\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180e\\u200b-\\u200f\\u2060-\\u2065\\u206a-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\u{1d173}-\\u{1d17a}";
const RUN = new RegExp(`[${INVISIBLE}]{4,4096}`, "gu");
/** Inside a word that could be written without. A soft hyphen may stand there. */
const SPLIT =
  /[A-Za-z\p{Script=Cyrillic}\p{Script=Greek}][\u034f\u180e\u200b-\u200f\u2060-\u2064\ufeff]{1,3}[A-Za-z\p{Script=Cyrillic}\p{Script=Greek}]/u;
/** What is pasted has one or two of them. */
const STRAY = /[ -~][\u200b-\u200f\u2060-\u2064\ufeff]/g;
const MOST_STRAY = 8;
/** A character takes one selector, and letters of the Latin script take none. */
const SELECTORS =
  /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{2}|(?:[A-Za-z ][\ufe00-\ufe0f\u{e0100}-\u{e01ef}]){2}/u;

/** Finds text that cannot be seen, in the order of the text. */
export function findHiddenText(body: Body, text: string): readonly Capability[] {
  const found: Capability[] = [];
  const add = (subject: string, at: number): void => {
    if (found.length < MOST) {
      found.push({ kind: "hidden-text", subject, at, isHidden: true });
    }
  };
  for (const [blanks, at] of longBlanks(text)) {
    // Nothing is hidden behind the last of them.
    if (at + blanks.length < text.length) {
      add("behind a long run of blanks", at);
    }
  }
  for (const statement of statementsOf(body)) {
    if (statement.kind === "text") {
      look(statement.text, statement.at, add);
    }
    for (const expression of expressionsOf(statement)) {
      for (const part of within(expression)) {
        lookAtConstant(part, add);
      }
    }
  }
  return found;
}

type Add = (subject: string, at: number) => void;

function lookAtConstant(part: Expression, add: Add): void {
  if (part.kind === "constant" && typeof part.value === "string") {
    const { value, at } = part;
    if (longBlanks(value).length > 0) {
      add("behind a long run of blanks", at);
    }
    look(value, at, add);
  }
}

/** Runs of blanks in which a line is very long or that have very many lines, and where they begin. */
function longBlanks(text: string): readonly (readonly [string, number])[] {
  return Array.from(text.matchAll(BLANKS), (match) => [match[0], match.index] as const).filter(
    ([blanks]) => {
      const lines = blanks.split("\n");
      return lines.length > MOST_EMPTY_LINES || lines.some((line) => line.length >= MOST_BLANKS);
    },
  );
}

function look(text: string, at: number, add: Add): void {
  // eslint-disable-next-line no-control-regex
  if (/^[\u0000-\u007f]*$/.test(text)) {
    return;
  }
  const plain = text.replaceAll(FLAG, " ");
  const tags = (plain.match(TAGS) ?? []).join("");
  if (tags !== "") {
    add(`in tag characters, which spell ${quote(spelled(tags))}`, at);
  }
  if (OVERRIDES.test(text) || (EMBEDDINGS.test(text) && !RIGHT_TO_LEFT.test(text))) {
    add("by controls that reorder a line", at);
  }
  if ((text.match(RUN) ?? []).some((run) => !isSet(run, text))) {
    add("in a run of characters without a width", at);
  } else if (SPLIT.test(text) || (text.match(STRAY) ?? []).length >= MOST_STRAY) {
    add("by characters without a width", at);
  }
  if (SELECTORS.test(text)) {
    add("in variation selectors", at);
  }
}

/** Whether it is a list of such characters, each once, as it is handed to `strip` and `replace`. */
function isSet(run: string, text: string): boolean {
  return run === text && new Set(run).size === Array.from(run).length;
}

/** What tag characters say: each stands for one of ASCII. */
function spelled(tags: string): string {
  return Array.from(tags.slice(0, 400), (tag) =>
    String.fromCharCode((tag.codePointAt(0) ?? 0) & 0x7f),
  )
    .join("")
    .replace("\u007f", "");
}
