/** Templates out of a grammar, and the same with a token gone, doubled or changed. */

import type { Random } from "../fuzz/random.ts";

const NAMES = ["a", "b", "messages", "loop", "if", "not", "in", "none", "recursive", "context"];
const CONSTANTS = [
  ..."1 0 1_0 0x1F 0b1 0o7 1.5 1e3 1_0.2_5e-1 'a' \"b\" 'a\\'b' 'a' 'b' true None".split(" "),
  String.raw`'\x41\u0041\n\q'`,
];
const BINARY = "+ - * / // % ** ~ and or == != < <= > >= in is".split(" ").concat("not in");
const TESTS = ["defined", "none", "divisibleby 2", "in [1]", "sameas(a)", "a.b", "eq 'a'"];
const FILTERS = ["upper", "default('a')", "map(attribute='b')", "a.b", "join(',', **a)", "f(*a)"];

export class TemplateWriter {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return this.#random.pick(items);
  }

  expression(depth: number): string {
    const next = (): string => this.expression(depth - 1);
    if (depth <= 0) {
      return this.#random.int(2) === 0 ? this.#pick(NAMES) : this.#pick(CONSTANTS);
    }
    const forms: (() => string)[] = [
      () => `${next()} ${this.#pick(BINARY)} ${next()}`,
      () => `(${next()})`,
      () => `[${next()}, ${next()}${this.#pick(["", ","])}]`,
      () => `{${next()}: ${next()}}`,
      () => `(${next()}, ${this.#pick(["", next()])})`,
      () => `not ${next()}`,
      () => `${this.#pick(["-", "+"])}${next()}`,
      () => `${next()}.${this.#pick(["b", "0", "if", "1.b"])}`,
      () =>
        `${next()}[${this.#pick([next(), ":", "::2", "1:", `${next()}:${next()}`, "a, b", ""])}]`,
      () => `${next()}(${this.#arguments(depth)})`,
      () => `${next()}|${this.#pick(FILTERS)}`,
      () => `${next()} is ${this.#pick(["", "not "])}${this.#pick(TESTS)}`,
      () => `${next()} if ${next()}${this.#pick(["", ` else ${next()}`])}`,
    ];
    return this.#pick(forms)();
  }

  #arguments(depth: number): string {
    const forms = [
      () => this.expression(depth - 1),
      () => `k=${this.expression(depth - 1)}`,
      () => `*${this.#pick(NAMES)}`,
      () => `**${this.#pick(NAMES)}`,
    ];
    const count = this.#random.int(4);
    return Array.from({ length: count }, () => this.#pick(forms)()).join(", ");
  }

  #tag(text: string): string {
    return `{%${this.#pick(["", "-", "+"])} ${text} ${this.#pick(["", "-", "+"])}%}`;
  }

  #block(open: string, close: string, depth: number): string {
    return `${this.#tag(open)}${this.body(depth - 1)}${this.#tag(close)}`;
  }

  statement(depth: number): string {
    const e = (): string => this.expression(2);
    const forms: (() => string)[] = [
      () => `text { } %} ${this.#pick(["}}", "#}", "{", "\n"])}`,
      () => `{{${this.#pick([" ", "- ", "+ "])}${e()}${this.#pick([" ", "-", ", 1"])}}}`,
      () => `{# ${this.#pick(["{{", "%}", "-"])} #}`,
      () => `{%- raw %}{{ {% ${this.#pick(["a", "#}"])}{% endraw -%}`,
      () => this.#tag(`set a${this.#pick(["", ", b", ".b", "[0]"])} = ${e()}`),
      () => this.#block(`set a${this.#pick(["", " | upper", "|f(1)|g"])}`, "endset", depth),
      () => this.#block(`if ${e()}`, "endif", depth),
      () =>
        `${this.#tag(`if ${e()}`)}a${this.#tag(`elif ${e()}`)}b${this.#tag("else")}c${this.#tag("endif")}`,
      () =>
        this.#block(
          `for a${this.#pick(["", ", b", ", (b, c)"])} in ${e()}${this.#pick(["", " if a", " recursive", " if b.c recursive"])}`,
          `${this.#pick(["", "else %}d{% "])}endfor`,
          depth,
        ),
      () =>
        this.#block(
          `macro m(${this.#pick(["", "a", "a, b=1", "a=1, b", "a,"])})`,
          "endmacro",
          depth,
        ),
      () =>
        this.#block(
          `call${this.#pick(["", "(a)"])} ${this.#pick(["m(1)", "a.b()", "a"])}`,
          "endcall",
          depth,
        ),
      () => this.#block(`filter ${this.#pick(["upper", "a.b(1)|c", "1"])}`, "endfilter", depth),
      () =>
        this.#block(
          `block b${this.#pick(["", " scoped", " required"])}`,
          `endblock${this.#pick(["", " b", " c"])}`,
          depth,
        ),
      () =>
        this.#block(`with ${this.#pick(["", "a=1", "a=1, b=a", "a, b=1", "a"])}`, "endwith", depth),
      () => this.#block("autoescape true", "endautoescape", depth),
      () => this.#block("generation", "endgeneration", depth),
      () => this.#tag(`include ${e()}${this.#pick(["", " ignore missing", " without context"])}`),
      () => this.#tag(`import 'a' as b${this.#pick(["", " with context"])}`),
      () =>
        this.#tag(
          `from 'a' import b${this.#pick(["", " as c", ", d", ", _e", " with context", ","])}`,
        ),
      () =>
        this.#tag(this.#pick(["extends 'a'", "do a.b()", "break", "continue", "print a, b", "x"])),
    ];
    return this.#pick(forms)();
  }

  body(depth: number): string {
    const count = depth <= 0 ? 1 : 1 + this.#random.int(3);
    return Array.from({ length: count }, () => (depth <= 0 ? "text" : this.statement(depth))).join(
      "",
    );
  }

  /** The template with one of its words gone, doubled or replaced. */
  damaged(template: string): string {
    const words = template.split(/(\w+|\s+|[{}%#]+|.)/su).filter((word) => word !== "");
    const at = this.#random.int(words.length);
    const word = words[at]!;
    words[at] = this.#pick(["", word + word, this.#pick(words), "'", "(", "!", "\\", "1", "."]);
    return words.join("");
  }
}
