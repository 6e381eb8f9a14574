/** What is to be said of every rule beside its help, in the words that `explain` and the pages share. */

import type { RuleInfo } from "../kernel/rule.ts";

/** Pairs of a name and a value, in the order in which they are read. */
export function ruleFacts(rule: RuleInfo): readonly (readonly [name: string, value: string])[] {
  return [
    ["severity", rule.severity],
    ["confidence", rule.confidence],
    ["bites at", rule.trigger],
    ["verdict", rule.implies === "none" ? "none of its own" : rule.implies],
  ];
}

/** Where a reference can be read; ids of other scanners have no place of their own. */
function referenceUrl(reference: string): string | undefined {
  const [, scheme = "", number = ""] = /^([A-Z]+)[-.]?(.*)$/.exec(reference) ?? [];
  switch (scheme) {
    case "CWE":
      return `https://cwe.mitre.org/data/definitions/${number}.html`;
    case "CVE":
      return `https://www.cve.org/CVERecord?id=${reference}`;
    case "GHSA":
      return `https://github.com/advisories/${reference}`;
    case "AML":
      return `https://atlas.mitre.org/techniques/${reference}`;
    case "LLM":
      return "https://genai.owasp.org/llm-top-10/";
    case "ML":
      return "https://owasp.org/www-project-machine-learning-security-top-10/";
    default:
      return undefined;
  }
}

/** References as Markdown, with links where there are places. */
export function referenceLinks(references: readonly string[]): string {
  return references
    .map((reference) => {
      const url = referenceUrl(reference);
      return url === undefined ? reference : `[${reference}](${url})`;
    })
    .join(", ");
}
