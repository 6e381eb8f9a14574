/** Rules as SARIF's reportingDescriptor (3.49), with the properties that GitHub reads. */

import type { RuleInfo } from "../../kernel/rule.ts";
import type { Severity } from "../../kernel/severity.ts";
import { referenceLinks } from "../rule-facts.ts";

export type Level = "error" | "warning" | "note";

const LEVELS: Readonly<Record<Severity, Level>> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
  info: "note",
};

/** In the middle of GitHub's bands: critical above 9, high above 7, medium above 4. */
const SECURITY_SEVERITIES: Readonly<Record<Severity, string | undefined>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "2.0",
  info: undefined,
};

/** GitHub takes no rule with more. */
const MAX_TAGS = 20;

export function levelOf(severity: Severity): Level {
  return LEVELS[severity];
}

/** A rule of the catalogue; of one that it lacks there is the id. */
export function ruleDescriptor(id: string, rule: RuleInfo | undefined) {
  if (rule === undefined) {
    return { id };
  }
  const { severity, confidence, trigger, references, title } = rule;
  const help = rule.help.trim();
  const score = SECURITY_SEVERITIES[severity];
  return {
    id,
    name: pascalCase(id),
    shortDescription: { text: title },
    fullDescription: { text: firstParagraph(help) },
    defaultConfiguration: { level: levelOf(severity) },
    help: { text: help.replaceAll("**", ""), markdown: helpMarkdown(help, references) },
    properties: {
      tags: tagsOf(references),
      precision: confidence,
      ...(score === undefined ? {} : { "security-severity": score }),
      trigger,
    },
  };
}

/** GitHub knows weaknesses by the tags that CodeQL gives them. */
function tagsOf(references: readonly string[]): string[] {
  const weaknesses = references
    .filter((reference) => reference.startsWith("CWE-"))
    .map((reference) => `external/cwe/${reference.toLowerCase()}`);
  return [...new Set(["security", ...weaknesses, ...references])].slice(0, MAX_TAGS);
}

function helpMarkdown(help: string, references: readonly string[]): string {
  return references.length === 0
    ? help
    : `${help}\n\n**References:** ${referenceLinks(references)}`;
}

/** `pickle/dangerous-call` is `PickleDangerousCall`: names are for readers who know no ids (3.49.7). */
function pascalCase(id: string): string {
  return id
    .split(/[/-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}

function firstParagraph(help: string): string {
  return (help.split("\n\n")[0] ?? "").replaceAll("**", "").replaceAll(/\s+/g, " ");
}
