/**
 * Texts that stand behind a key in YAML 1.2: block scalars, literal and folded (8.1), and quoted scalars of one line
 * (7.3). A small part of YAML that is read line by line, from the bytes alone; what else may follow a key, such as
 * aliases, flow collections and quoted text over several lines, is passed by. Looks at each line once.
 */

/** Indicators of a block, with tags and anchors in front of them: style, indentation and chomping in either order. */
const BLOCK = /^(?:[!&][^\s]{0,200} +)*([|>])(?:([1-9])([+-]?)|([+-])([1-9]?))?[ \t]*(?: #.*)?$/;
const QUOTED = /^(?:[!&][^\s]{0,200} +)*(?:'((?:[^']|'')*)'|("(?:[^"\\]|\\.)*"))[ \t]*(?: #.*)?$/;
/** What stands at the left margin of a mapping or a sequence. */
const AT_MARGIN =
  /^(?:[\w.\-/]+ *:(?:\s|$)|"[^"]*" *:(?:\s|$)|'[^']*' *:(?:\s|$)|- |-$|---|\.\.\.|#|%YAML)/;

/** Finds the texts behind a key, at any depth. */
export function findScalarValues(text: string, key: RegExp): readonly string[] {
  const lines = text.split(/\r\n?|\n/);
  const found: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [, margin = "", dashes = "", name, rest = ""] =
      /^(\ufeff? *)((?:- +)*)["']?([\w.-]{1,200})["']? *:[ \t]+(.*)$/.exec(lines[at] ?? "") ?? [];
    if (name === undefined) {
      continue;
    }
    const block = BLOCK.exec(rest);
    if (block !== null) {
      const body = bodyOf(
        lines,
        at + 1,
        margin.length + dashes.length,
        Number(block[2] ?? block[5] ?? 0),
      );
      if (key.test(name)) {
        found.push(block[1] === "|" ? body.join("\n") : folded(body));
      }
      at += body.length;
    } else if (key.test(name)) {
      const value = unquoted(rest);
      if (value !== undefined) {
        found.push(value);
      }
    }
  }
  return found;
}

/** Whether all lines at the left margin are what YAML has there. The last one may be cut off. */
export function looksLikeYaml(text: string): boolean {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n?|\n/, 10_000);
  const atMargin = lines.slice(0, -1).filter((line) => /^[^ \t]/.test(line));
  return atMargin.length > 0 && atMargin.every((line) => AT_MARGIN.test(line));
}

/**
 * Lines of a block without their indentation: as many as are blank or indented deeper than the key.
 *
 * @param parent column of the key.
 * @param given indentation that the block states for itself, or 0.
 */
function bodyOf(lines: readonly string[], from: number, parent: number, given: number): string[] {
  const body: string[] = [];
  let indentation = given === 0 ? 0 : parent + given;
  for (let at = from; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    const own = /[^ ]|$/.exec(line)?.index ?? 0;
    if (own < line.length) {
      if (indentation === 0) {
        indentation = Math.max(own, parent + 1);
      }
      if (own < indentation) {
        break;
      }
    }
    body.push(line.slice(indentation === 0 ? own : indentation));
  }
  return body;
}

/** A line end between two lines of text is a space, or nothing where blank lines follow; deeper lines keep theirs. */
function folded(body: readonly string[]): string {
  const parts: string[] = [];
  let ends = 0;
  let wasPlain = false;
  for (const line of body) {
    if (line === "") {
      ends += 1;
      continue;
    }
    const isPlain = !/^[ \t]/.test(line);
    const isFirst = parts.length === 0;
    if (isPlain && wasPlain) {
      parts.push(ends === 0 ? " " : "\n".repeat(ends));
    } else {
      parts.push("\n".repeat(ends + (isFirst ? 0 : 1)));
    }
    parts.push(line);
    ends = 0;
    wasPlain = isPlain;
  }
  return parts.join("");
}

/** Text between quotes; of escapes those that JSON has, and the short ones of YAML. */
function unquoted(rest: string): string | undefined {
  const [, single, double] = QUOTED.exec(rest) ?? [];
  if (single !== undefined) {
    return single.replaceAll("''", "'");
  }
  if (double === undefined) {
    return undefined;
  }
  const json = double
    .replaceAll("\t", String.raw`\t`)
    .replaceAll(
      /\\(x[\da-fA-F]{2}|U[\da-fA-F]{8}|[^])/g,
      (escape, what: string) => ESCAPES[what] ?? numbered(what) ?? escape,
    );
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** `\x41` and `\U00000041` as JSON has them. */
function numbered(what: string): string | undefined {
  const code = what.length > 1 ? Number.parseInt(what.slice(1), 16) : -1;
  return code >= 0 && code <= 0x10ffff
    ? JSON.stringify(String.fromCodePoint(code)).slice(1, -1)
    : undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  " ": " ",
  "\t": String.raw`\t`,
  "0": String.raw`\u0000`,
  a: String.raw`\u0007`,
  e: String.raw`\u001b`,
  v: String.raw`\u000b`,
  _: String.raw`\u00a0`,
  N: String.raw`\u0085`,
  L: String.raw`\u2028`,
  P: String.raw`\u2029`,
};
