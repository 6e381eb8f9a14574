/** `weighbridge explain`: what a rule means, from the table that the rule itself is made of. */

import { AppError } from "../../kernel/errors.ts";
import type { RuleInfo } from "../../kernel/rule.ts";
import { ruleFacts } from "../../reporters/rule-facts.ts";
import { makeStyle } from "../../reporters/terminal/style.ts";
import type { Style } from "../../reporters/terminal/style.ts";
import { columns } from "../columns.ts";
import type { Command } from "../command.ts";
import { wantsColor } from "../config/environment.ts";
import { OK } from "../exit-code.ts";
import { didYouMean } from "../../kernel/suggest.ts";

export const explainCommand: Command = {
  name: "explain",
  usage: "[rule…]",
  about: [
    "Explains rules: what they mean, how they are exploited, what to do.",
    "Without a rule it lists all of them; with the first part of an id, its family.",
  ],
  options: [],
  examples: [
    { command: "weighbridge explain pickle/dangerous-call", help: "one rule" },
    { command: "weighbridge explain pickle", help: "the rules about pickles" },
  ],
  async run(given, { out }) {
    const { ruleCatalogue } = await import("../../reporters/catalogue.ts");
    const { STATES } = await import("../../scan/states.ts");
    const rules = ruleCatalogue();
    const style = makeStyle(wantsColor(given.value("color"), out));
    const texts =
      given.positionals.length === 0
        ? [table(rules)]
        : given.positionals.map((name) => explanation(name.toLowerCase(), rules, STATES, style));
    out.write(texts.join("\n"));
    return OK;
  },
};

function explanation(
  name: string,
  rules: readonly RuleInfo[],
  states: readonly RuleInfo[],
  style: Style,
): string {
  const rule = rules.find(({ id }) => id === name);
  if (rule !== undefined) {
    return page(rule, style);
  }
  const family = rules.filter(({ id }) => id.startsWith(`${name.replace(/\/$/, "")}/`));
  if (family.length > 0) {
    return table(family);
  }
  const state = states.find(({ id }) => id === name);
  if (state !== undefined) {
    return `${style.bold(name)}\n\n${state.help}\n`;
  }
  const known = rules.flatMap(({ id }) => [id, id.slice(id.indexOf("/") + 1)]);
  throw new AppError("USAGE", `there is no rule ${name}${didYouMean(name, known)}`, {
    hint: "weighbridge explain lists them all",
  });
}

function table(rules: readonly RuleInfo[]): string {
  return columns(rules.map(({ id, severity, implies, title }) => [id, severity, implies, title]));
}

function page(rule: RuleInfo, style: Style): string {
  const { references } = rule;
  const facts = columns([
    ...ruleFacts(rule),
    ...(references.length === 0 ? [] : [["references", references.join(", ")]]),
  ]);
  return `${style.bold(rule.id)}\n${rule.title}\n\n${facts}\n${plain(rule.help, style)}\n`;
}

/** Markdown for a terminal: emphasis as the terminal has it. */
function plain(markdown: string, style: Style): string {
  return markdown.replaceAll(/\*\*([^*]+)\*\*/g, (_all, text: string) => style.bold(text)).trim();
}
