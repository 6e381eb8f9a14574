/** Operands that some reader takes and another may not: numbers in odd bases, texts in every spelling. */

import type { Random } from "./random.ts";

const INTEGERS = [
  "0", "7", "-3", "00", "01", "010", "0x1F", "0X1f", "0b101", "0o17", "1_000", " 5 ", "+7", "-0", "\t3", "5 ", "0x", "", "1e3",
  "5L", "0x1L", "08", "1__0", "_1", "1\u00001", "\u0660", "99999999999999999999", "-99999999999", "- 1", "1\r", "True",
] as const; // prettier-ignore

const FLOATS = [
  "1.5", "1_0.5", " 1.5", "1.5 ", "nan", "-inf", "infinity", "0x1p3", "1e999", ".5", "1.", "1,5", "", "1\u0000", "1e5", "1E-400",
  "\t2.5\r", "1__0.0",
] as const; // prettier-ignore

/** An integer in text, mostly one that somebody takes. */
export function oddInteger(random: Random): string {
  return random.chance(0.3) ? String(random.int(1000) - 300) : random.pick(INTEGERS);
}

export function oddFloat(random: Random): string {
  return random.pick(FLOATS);
}

/** A memo index in text: decimal as a rule, and in the spellings that `int` takes besides. */
export function memoText(random: Random, slot: number): string {
  return random.weighted([
    [8, `${slot}`],
    [1, `0${slot}`],
    [1, ` ${slot}`],
    [1, `${slot} `],
    [1, `+${slot}`],
    [1, `${slot}\r`],
    [1, slot > 9 ? Array.from(`${slot}`).join("_") : `0_${slot}`],
    [1, `${slot}\u0000junk`],
    [1, `0x${slot.toString(16)}`],
    [1, `-${slot}`],
  ]);
}

/** Bytes whose ASCII, Latin-1 and UTF-8 meanings differ or that have none. */
const ODD_BYTES = [
  "\u00ff",
  "\u00c3\u00b1",
  "\u00ed\u00a0\u0080",
  "\u0000",
  "\u0080",
  "\r",
  "\u00e2\u0080\u008b",
];

/** A name that tells by itself where it comes from; sometimes with characters beyond ASCII, as Latin-1 bytes. */
export function nameText(random: Random, serial: number): string {
  return random.weighted([
    [12, `n${serial}`],
    [2, `C${serial}.method`],
    [1, `C${serial}.a.b`],
    [1, `n${serial}${random.pick(ODD_BYTES)}`],
    [1, ` n${serial}`],
    [1, `n${serial} m`],
    [1, ""],
    [1, `.n${serial}`],
    [1, `<locals>.n${serial}`],
  ]);
}

export function moduleText(random: Random): string {
  return random.weighted([
    [10, "wb_a"],
    [4, "wb_b.c"],
    [2, "wb_plain"],
    [2, "os"],
    [1, "__builtin__"],
    [1, "copy_reg"],
    [1, "numpy.core.multiarray"],
    [1, `wb_b${random.pick(ODD_BYTES)}`],
    [1, ""],
    [1, "wb_b."],
  ]);
}

/** How STRING writes Latin-1 text: quoted, with escapes that nobody needs. */
export function quotedString(random: Random, text: string): string {
  const quote = random.pick(["'", '"']);
  const body = Array.from(text).map((character) => {
    const code = character.charCodeAt(0);
    const plain = code >= 0x20 && code !== 0x5c && character !== quote && code < 0x7f;
    return random.weighted([
      [plain ? 20 : 0, character],
      [1, `\\x${code.toString(16).padStart(2, "0")}`],
      [1, `\\${code.toString(8).padStart(3, "0")}`],
      [code === 0x0a ? 0 : 1, code === 0x5c || character === quote ? `\\${character}` : character],
    ]);
  });
  return random.weighted([
    [20, `${quote}${body.join("")}${quote}`],
    [1, `${quote}${body.join("")}${quote} `],
    [1, `${quote}${body.join("")}`],
    [1, `${quote}\\\n${body.join("")}${quote}`],
    [1, `${quote}${body.join("")}\\q${quote}`],
  ]);
}

/** How UNICODE writes Latin-1 text: raw-unicode-escape. */
export function rawUnicode(random: Random, text: string): string {
  return Array.from(text)
    .map((character) =>
      character === "\n" || character === "\\" || random.chance(0.1)
        ? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
        : character,
    )
    .join("");
}
