/** Tokens one after another, with the errors that parsers throw. */

import type { Token, TokenKind } from "./lexer.ts";
import { SyntaxProblem } from "./syntax-problem.ts";

const END: Token = { kind: "end", value: "", at: 0 };
/** Brackets, blocks and signs inside one another. CPython's own stack ends near 100 of Jinja's. */
const DEEPEST = 120;

export class TokenStream {
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get current(): Token {
    return this.#tokens[this.#index] ?? END;
  }

  get next(): Token {
    return this.#tokens[this.#index + 1] ?? END;
  }

  take(): Token {
    const token = this.current;
    this.#index += 1;
    return token;
  }

  is(kind: TokenKind, value?: string): boolean {
    const { current } = this;
    return current.kind === kind && (value === undefined || current.value === value);
  }

  isOperator(value: string): boolean {
    return this.is("operator", value);
  }

  isName(...values: readonly string[]): boolean {
    return this.is("name") && values.includes(this.current.value);
  }

  skip(kind: TokenKind, value: string): boolean {
    const found = this.is(kind, value);
    this.#index += found ? 1 : 0;
    return found;
  }

  expect(kind: TokenKind, value?: string): Token {
    if (!this.is(kind, value)) {
      this.fail(`${value ?? `a ${kind}`} is missing`);
    }
    return this.take();
  }

  fail(message: string): never {
    throw new SyntaxProblem(message, this.current.at);
  }

  /** Runs a part that may contain itself. */
  nested<Result>(part: () => Result): Result {
    this.#depth += 1;
    if (this.#depth > DEEPEST) {
      throw new SyntaxProblem(`it is nested more than ${DEEPEST} deep`, this.current.at, true);
    }
    const result = part();
    this.#depth -= 1;
    return result;
  }
}
