/** The pages of docs/rules/, made from the table that the rules themselves are made of. */

import type { RuleInfo } from "../../src/kernel/rule.ts";
import { referenceLinks, ruleFacts } from "../../src/reporters/rule-facts.ts";
import { ruleCatalogue } from "../../src/reporters/catalogue.ts";
import { STATES } from "../../src/scan/states.ts";

const MADE = "<!-- Made by `npm run docs` from the rules themselves; changes belong there. -->";

/** All of them: text by path below docs/rules/. */
export function rulePages(): ReadonlyMap<string, string> {
  const rules = ruleCatalogue();
  return new Map([
    ["README.md", index(rules)],
    ...rules.map((rule) => [`${rule.id}.md`, page(rule)] as const),
  ]);
}

function page(rule: RuleInfo): string {
  const rows = ruleFacts(rule).map(([name, value]) => `| ${name} | ${value} |`);
  const references =
    rule.references.length === 0 ? "" : `\nReferences: ${referenceLinks(rule.references)}\n`;
  return `${MADE}

# ${rule.id}

**${rule.title}**

| | |
| --- | --- |
${rows.join("\n")}

${rule.help.trim()}
${references}
[All rules](../README.md)
`;
}

function index(rules: readonly RuleInfo[]): string {
  const families = [...new Set(rules.map(familyOf))];
  const tables = families.map((family) => {
    const rows = rules
      .filter((rule) => familyOf(rule) === family)
      .map(
        ({ id, severity, implies, title }) =>
          `| [${id}](${id}.md) | ${severity} | ${implies === "none" ? "" : implies} | ${title} |`,
      );
    return `## ${family}\n\n${HEAD}\n${rows.join("\n")}\n`;
  });
  const states = STATES.map(({ id, implies, help }) => `| ${id} | ${implies} | ${help} |`);
  return `${MADE}

# Rules

What each finding means, how it is exploited, and what to do. \`weighbridge explain <rule>\` shows the same at a
terminal. The verdict is the worst that a rule leads to, the severity the usual one: a case may weigh less.

${tables.join("\n")}
## States of files

What reports call a file that no rule is about.

| State | Verdict | Meaning |
| --- | --- | --- |
${states.join("\n")}
`;
}

const HEAD = "| Rule | Severity | Verdict | Meaning |\n| --- | --- | --- | --- |";

function familyOf({ id }: RuleInfo): string {
  return id.slice(0, id.indexOf("/"));
}
