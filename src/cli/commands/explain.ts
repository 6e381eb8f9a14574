/** `weighbridge explain`: what a rule means, from the table that the rule itself is made of. */

import { AppError } from "../../kernel/errors.ts";
import type { RuleInfo } from "../../kernel/rule.ts";
import { makeStyle } from "../../reporters/terminal/style.ts";
import type { Style } from "../../reporters/terminal/style.ts";
import { columns } from "../columns.ts";
import type { Command } from "../command.ts";
import { wantsColor } from "../config/environment.ts";
import { OK } from "../exit-code.ts";
import { didYouMean } from "../suggest.ts";

/** What reports call the state of a file that no rule is about. */
const STATES: Readonly<Record<string, string>> = {
  truncated: "The file ends before its format says that it does.",
  damaged: "The file contradicts itself, so that nobody can say what a loader would read.",
  encrypted: "The content is encrypted. Only what is decrypted can be judged.",
  unsupported: "The file uses a part of its format that is not understood here.",
  limit:
    "Reading on would have taken more than a budget of one file allows (see --limits). The rest was not looked at.",
  unreadable: "The file could not be read at all.",
  coverage:
    "Nothing bad was found, and yet some bytes are not accounted for: nobody can vouch for them.",
};

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
    const { ruleCatalogue } = await import("../../scan/catalogue.ts");
    const rules = ruleCatalogue();
    const style = makeStyle(wantsColor(given.value("color"), out));
    const texts =
      given.positionals.length === 0
        ? [table(rules)]
        : given.positionals.map((name) => explanation(name.toLowerCase(), rules, style));
    out.write(texts.join("\n"));
    return OK;
  },
};

function explanation(name: string, rules: readonly RuleInfo[], style: Style): string {
  const rule = rules.find(({ id }) => id === name);
  if (rule !== undefined) {
    return page(rule, style);
  }
  const family = rules.filter(({ id }) => id.startsWith(`${name.replace(/\/$/, "")}/`));
  if (family.length > 0) {
    return table(family);
  }
  const state = Object.hasOwn(STATES, name) ? STATES[name] : undefined;
  if (state !== undefined) {
    return `${style.bold(name)}\n\n${state}\n`;
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
  const facts = columns([
    ["severity", rule.severity],
    ["confidence", rule.confidence],
    ["bites at", rule.trigger],
    ["verdict", rule.implies === "none" ? "none of its own" : rule.implies],
    ...(rule.references.length === 0 ? [] : [["references", rule.references.join(", ")]]),
  ]);
  return `${style.bold(rule.id)}\n${rule.title}\n\n${facts}\n${plain(rule.help, style)}\n`;
}

/** Markdown for a terminal: emphasis as the terminal has it. */
function plain(markdown: string, style: Style): string {
  return markdown.replaceAll(/\*\*([^*]+)\*\*/g, (_all, text: string) => style.bold(text)).trim();
}
