/** The pages about rules are what the catalogue says, and so is what the program explains. */

import { describe, expect, it } from "vitest";

import { run } from "../src/cli/program.ts";
import { ruleCatalogue } from "../src/reporters/catalogue.ts";
import { rulePages } from "../tools/docs/rule-pages.ts";
import { filesBelow, readText } from "./architecture/files.ts";
import { recordingTerminal } from "./builders/terminal.ts";

const pages = rulePages();

/** Words alone: a terminal has its own emphasis. */
function words(text: string): string {
  return text.replaceAll("**", "").replaceAll(/\s+/g, " ").trim();
}

describe("docs/rules", () => {
  it("are what the catalogue says; npm run docs writes them", () => {
    const written = filesBelow("docs/rules").map((file) => [
      file.slice("docs/rules/".length),
      readText(file),
    ]);

    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(pages));
  });

  it("lead to pages that exist, and to places outside by https", () => {
    const targets = [...pages].flatMap(([path, text]) =>
      Array.from(text.matchAll(/\]\(([^)]*)\)/g), (match) => ({ path, target: match[1]! })),
    );
    const wrong = targets.filter(
      ({ path, target }) =>
        !/^https:\/\/[\w./?=:-]+$/.test(target) &&
        !pages.has(new URL(target, `https://x.test/${path}`).pathname.slice(1)),
    );

    expect(targets.length).toBeGreaterThan(pages.size);
    expect(wrong).toEqual([]);
  });

  it.each(ruleCatalogue().map(({ id }) => id))(
    "say of %s what the program explains",
    async (id) => {
      const terminal = recordingTerminal();
      const rule = ruleCatalogue().find((each) => each.id === id)!;
      const page = pages.get(`${id}.md`)!;

      expect(await run(["explain", id], terminal)).toBe(0);
      for (const text of [id, rule.title, rule.severity, rule.help]) {
        expect(words(terminal.stdout)).toContain(words(text));
        expect(words(page)).toContain(words(text));
      }
    },
  );
});
