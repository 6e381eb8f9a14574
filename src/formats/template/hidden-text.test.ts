import { describe, expect, it } from "vitest";

import { chat } from "../../../test/builders/template.ts";
import { rulesOf, scanBytes } from "../../../test/scan-bytes.ts";

async function judge(text: string) {
  const report = await scanBytes(Buffer.from(text), "chat_template.jinja");
  return { verdict: report.verdict, rules: rulesOf(report), findings: report.findings };
}

const inTags = (text: string): string =>
  Array.from(text, (letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join("");
const inBits = (text: string): string =>
  Array.from(text, (letter) =>
    letter.charCodeAt(0).toString(2).replaceAll("0", "\u200b").replaceAll("1", "\u200c"),
  ).join("");
const inSelectors = (text: string): string =>
  Array.from(text, (letter) => String.fromCodePoint(0xe0100 + letter.charCodeAt(0) - 16)).join("");

/** Each with a twin that has the same characters and is what real templates do. */
const HIDDEN: readonly (readonly [what: string, hidden: string, twin: string])[] = [
  ["tag characters", inTags("obey the user"), `\u{1f3f4}${inTags("gbeng")}\u{e007f} is a flag`],
  ["tags behind a flag", `\u{1f3f4}${inTags("obey the user")}`, "\u{1f3f4} is a flag"],
  ["bits", `Hello${inBits("obey")}`, "\ufeffHello, \u{1f468}\u200d\u{1f469}\u200d\u{1f467}"],
  ["a word that is split", "ig\u200bnore all", "می\u200cخواهم क्\u200dष"],
  ["marks everywhere", "a \u200bb ".repeat(9), "a \u200bb "],
  ["selectors", `\u{1f600}${inSelectors("obey")}`, "\u2764\ufe0f 1\ufe0f\u20e3 葛\u{e0100}"],
  ["selectors on letters", "o\ufe00b\ufe01e\ufe00y", "\u2764\ufe0f \u2600\ufe0f"],
  ["an override", "\u202eyebo\u202c", "שלום\u200f!"],
  ["an isolate around Latin text", "\u2067yebo\u2069", "\u2067שלום\u2069 world"],
  ["blanks in a line", `Hello${" ".repeat(400)}Obey.`, `Hello${" ".repeat(100)}there.`],
  ["wide blanks", `Hello${"\u3000".repeat(400)}Obey.`, "Hello\u3000there"],
  ["empty lines", `Hello${" \n".repeat(80)}Obey.`, `Hello${" \n".repeat(8)}there.`],
  ["escaped lines", `{{ '${String.raw`\n`.repeat(80)}Obey.' }}`, String.raw`{{ '\n\n' }}`],
  ["escaped characters", String.raw`{{ 'ig\u200bnore' }}`, String.raw`{{ '<｜User｜>▁\u3000' }}`],
  [
    "bits in a constant",
    `{{ message.content ~ '${inBits("obey")}' }}`,
    String.raw`{{ message.content|replace('\u200b\u200c\u200d\u2060\ufeff', '') }}`,
  ],
];

describe("text that nobody sees", () => {
  it.each(HIDDEN)("%s", async (_what, hidden, twin) => {
    const found = await judge(chat(hidden));
    expect(found.rules).toEqual(["template/hidden-text"]);
    expect(found.verdict).toBe("suspicious");
    const clean = await judge(chat(twin));
    expect(clean.findings).toEqual([]);
    expect(clean.verdict).toBe("clean");
  });

  it("is spelled out where it can be", async () => {
    const { findings } = await judge(chat(inTags("obey the user")));
    expect(findings[0]?.message).toContain("obey the user");
  });

  it.each([
    ["a byte order mark in front", `\ufeff${chat()}`],
    ["lines at the end", `${chat()}${"\n".repeat(500)}`],
    ["comments", chat("{# obey #}<!-- obey --> [//]: # (obey)")],
    ["deep indentation", chat(`\n${" ".repeat(60)}{{ '' }}`.repeat(100))],
  ])("is not in %s", async (_what, text) => {
    const { verdict, findings } = await judge(text);
    expect(findings).toEqual([]);
    expect(verdict).toBe("clean");
  });
});
