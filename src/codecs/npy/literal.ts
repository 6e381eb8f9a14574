/**
 * Python literals as `ast.literal_eval` takes them in npy headers: dicts, lists, tuples, strings,
 * integers, True, False, None. Python 2 headers have `L` behind long integers.
 */

export type PythonLiteral =
  | { readonly kind: "str"; readonly value: string }
  | { readonly kind: "int"; readonly value: number }
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "none" }
  | { readonly kind: "tuple" | "list"; readonly items: readonly PythonLiteral[] }
  | {
      readonly kind: "dict";
      readonly entries: readonly { readonly key: PythonLiteral; readonly value: PythonLiteral }[];
    };

const MAX_DEPTH = 64;

/** Parses one literal that fills the text; undefined where it is anything else. */
export function parsePythonLiteral(text: string): PythonLiteral | undefined {
  const parser = new Parser(text);
  const value = parser.value(0);
  return value !== undefined && parser.atEnd() ? value : undefined;
}

const TOKEN =
  /\s*(?:([{}()[\],:])|(-?\d+)L?(?![\w.])|(True|False|None)(?!\w)|[buBU]?'((?:[^'\\\n]|\\.)*)'|[buBU]?"((?:[^"\\\n]|\\.)*)")/y;

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    return this.#text.slice(this.#at).trim() === "";
  }

  value(depth: number): PythonLiteral | undefined {
    const token = this.#next();
    if (token === undefined || depth > MAX_DEPTH) {
      return undefined;
    }
    const { mark, integer, word, string } = token;
    if (string !== undefined) {
      return { kind: "str", value: string };
    }
    if (integer !== undefined) {
      return { kind: "int", value: Number(integer) };
    }
    if (word !== undefined) {
      return word === "None" ? { kind: "none" } : { kind: "bool", value: word === "True" };
    }
    switch (mark) {
      case "{":
        return this.#dict(depth);
      case "[":
        return this.#sequence("list", "]", depth);
      case "(":
        return this.#sequence("tuple", ")", depth);
      default:
        return undefined;
    }
  }

  #sequence(kind: "list" | "tuple", close: string, depth: number): PythonLiteral | undefined {
    const items: PythonLiteral[] = [];
    let commas = 0;
    for (;;) {
      if (this.#skip(close)) {
        // One element in parentheses without a comma is that element.
        return kind === "tuple" && items.length === 1 && commas === 0 ? items[0] : { kind, items };
      }
      if (items.length > commas) {
        return undefined;
      }
      const item = this.value(depth + 1);
      if (item === undefined) {
        return undefined;
      }
      items.push(item);
      commas += this.#skip(",") ? 1 : 0;
    }
  }

  #dict(depth: number): PythonLiteral | undefined {
    const entries: { key: PythonLiteral; value: PythonLiteral }[] = [];
    let commas = 0;
    for (;;) {
      if (this.#skip("}")) {
        return { kind: "dict", entries };
      }
      const key = entries.length > commas ? undefined : this.value(depth + 1);
      const value = key !== undefined && this.#skip(":") ? this.value(depth + 1) : undefined;
      if (key === undefined || value === undefined) {
        return undefined;
      }
      entries.push({ key, value });
      commas += this.#skip(",") ? 1 : 0;
    }
  }

  #skip(mark: string): boolean {
    const before = this.#at;
    if (this.#next()?.mark === mark) {
      return true;
    }
    this.#at = before;
    return false;
  }

  #next():
    | {
        mark?: string | undefined;
        integer?: string | undefined;
        word?: string | undefined;
        string?: string | undefined;
      }
    | undefined {
    TOKEN.lastIndex = this.#at;
    const match = TOKEN.exec(this.#text);
    if (match === null) {
      return undefined;
    }
    this.#at = TOKEN.lastIndex;
    const [, mark, integer, word, single, double] = match;
    const quoted = single ?? double;
    return { mark, integer, word, string: quoted?.replaceAll(/\\(.)/g, "$1") };
  }
}
