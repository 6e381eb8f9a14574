/**
 * Splits a template into tokens as Jinja 2 does with its usual delimiters and without line statements. Comments
 * vanish and raw blocks are text; whitespace control is recognized and changes nothing here. Each character is
 * looked at a bounded number of times. Specification: the template designer documentation of Jinja 3.1.
 */

import { stringValue } from "./string-literal.ts";
import { SyntaxProblem } from "./syntax-problem.ts";

export type TokenKind =
  | "text"
  | "variable-begin"
  | "variable-end"
  | "block-begin"
  | "block-end"
  | "name"
  | "string"
  | "number"
  | "operator"
  | "end";

export interface Token {
  readonly kind: TokenKind;
  /** Decoded text of a string, spelling of everything else. */
  readonly value: string;
  readonly at: number;
}

/** What a template may hold; the largest real ones have some 8,000. */
const MOST_TOKENS = 200_000;

/** Python's whitespace, which is not JavaScript's. */
const SPACE = String.raw`[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const SPACES = new RegExp(`${SPACE}+`, "y");
const RAW_BEGIN = new RegExp(`\\{%[-+]?${SPACE}*raw${SPACE}*-?%\\}`, "y");
const RAW_END = new RegExp(`\\{%[-+]?${SPACE}*endraw${SPACE}*[-+]?%\\}`, "g");
const VARIABLE_END = /-?\}\}/y;
const BLOCK_END = /[-+]?%\}/y;
const FLOAT =
  /(?:\p{Nd}+_)*\p{Nd}+(?:(?:\.(?:\p{Nd}+_)*\p{Nd}+)?[eE][+-]?(?:\p{Nd}+_)*\p{Nd}+|\.(?:\p{Nd}+_)*\p{Nd}+)/uy;
const INTEGER =
  /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\p{Nd}a-fA-F])+|[1-9](?:_?\p{Nd})*|0(?:_?0)*/uy;
const NAME = /[\p{L}\p{N}\p{M}\p{Pc}\u00b7\u0387\u2118\u212e\u309b\u309c]+/uy;
const IDENTIFIER = /^[_\p{XID_Start}]\p{XID_Continue}*$/u;
const OPERATOR = /\/\/|\*\*|==|!=|>=|<=|[+\-/*%~[\](){}<>=.:|,;]/y;
const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };

/** All tokens; throws `SyntaxProblem`. */
export function tokenize(text: string): readonly Token[] {
  return new Lexer(text).run();
}

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): readonly Token[] {
    while (this.#at < this.#text.length) {
      this.#root();
    }
    this.#push("end", "", this.#text.length);
    return this.#tokens;
  }

  #push(kind: TokenKind, value: string, at: number): void {
    if (this.#tokens.length >= MOST_TOKENS) {
      throw new SyntaxProblem(`it has more than ${MOST_TOKENS} tokens`, at, true);
    }
    this.#tokens.push({ kind, value, at });
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }

  /** Text up to the next tag, and that tag. */
  #root(): void {
    const text = this.#text;
    let begin = text.indexOf("{", this.#at);
    while (begin !== -1 && !"{%#".includes(text[begin + 1] ?? " ")) {
      begin = text.indexOf("{", begin + 1);
    }
    if (begin !== this.#at) {
      const end = begin === -1 ? text.length : begin;
      this.#push("text", text.slice(this.#at, end), this.#at);
      this.#at = end;
    }
    if (begin === -1) {
      return;
    }
    if (text[begin + 1] === "#") {
      this.#comment(begin);
      return;
    }
    const raw = this.#match(RAW_BEGIN);
    if (raw !== undefined) {
      this.#raw(begin, begin + raw.length);
      return;
    }
    const isBlock = text[begin + 1] === "%";
    this.#push(isBlock ? "block-begin" : "variable-begin", text.slice(begin, begin + 2), begin);
    this.#at += 2 + ("-+".includes(text[begin + 2] ?? " ") ? 1 : 0);
    this.#tag(isBlock, begin);
  }

  #comment(begin: number): void {
    const end = this.#text.indexOf("#}", begin + 2);
    if (end === -1) {
      throw new SyntaxProblem("a comment has no end", begin);
    }
    this.#at = end + 2;
  }

  #raw(begin: number, start: number): void {
    RAW_END.lastIndex = start;
    const end = RAW_END.exec(this.#text);
    if (end === null) {
      throw new SyntaxProblem("a raw block has no end", begin);
    }
    this.#push("text", this.#text.slice(start, end.index), start);
    this.#at = end.index + end[0].length;
  }

  /** Tokens of a tag. Inside brackets its end is an operator like any other. */
  #tag(isBlock: boolean, begin: number): void {
    const open: string[] = [];
    while (this.#at < this.#text.length) {
      const end = open.length === 0 ? this.#match(isBlock ? BLOCK_END : VARIABLE_END) : undefined;
      if (end !== undefined) {
        this.#push(isBlock ? "block-end" : "variable-end", end, this.#at);
        this.#at += end.length;
        return;
      }
      const space = this.#match(SPACES);
      if (space === undefined) {
        this.#token(open);
      } else {
        this.#at += space.length;
      }
    }
    throw new SyntaxProblem("a tag has no end", begin);
  }

  #token(open: string[]): void {
    const at = this.#at;
    const first = this.#text[at] ?? "";
    if (first === "'" || first === '"') {
      this.#string(first);
      return;
    }
    const number =
      (this.#text[at - 1] === "." ? undefined : this.#match(FLOAT)) ?? this.#match(INTEGER);
    if (number !== undefined) {
      this.#push("number", number, at);
      this.#at += number.length;
      return;
    }
    const name = this.#match(NAME);
    if (name !== undefined) {
      if (!IDENTIFIER.test(name)) {
        throw new SyntaxProblem("a name has a character that no name has", at);
      }
      this.#push("name", name, at);
      this.#at += name.length;
      return;
    }
    const operator = this.#match(OPERATOR);
    if (operator === undefined) {
      throw new SyntaxProblem("a character that means nothing in a tag", at);
    }
    const closing = CLOSING[operator];
    if (closing !== undefined) {
      open.push(closing);
    } else if (")]}".includes(operator) && open.pop() !== operator) {
      throw new SyntaxProblem(`an unexpected ${operator}`, at);
    }
    this.#push("operator", operator, at);
    this.#at += operator.length;
  }

  #string(quote: string): void {
    const text = this.#text;
    const start = this.#at + 1;
    let end = start;
    while (end < text.length && text[end] !== quote) {
      end += text[end] === "\\" ? 2 : 1;
    }
    if (end >= text.length) {
      throw new SyntaxProblem("a string has no end", this.#at);
    }
    this.#push("string", stringValue(text.slice(start, end), start), this.#at);
    this.#at = end + 1;
  }
}
