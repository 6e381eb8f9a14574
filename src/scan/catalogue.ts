/** All rules of a scan. What help, pages and machine outputs know is in reporters/catalogue.ts: other engines have rules, too. */

import { FORMATS } from "../formats/registry.ts";
import type { RuleInfo } from "../kernel/rule.ts";
import { CONFIG_RULES } from "./config-rules.ts";
import { SCAN_RULES } from "./rules.ts";
import { SUBJECT_RULES } from "./subject-rules/registry.ts";
import { TREE_RULES } from "./tree-rules.ts";

/** Every rule once, by id. Formats share rules where they share content. */
export function scanCatalogue(): readonly RuleInfo[] {
  const rules = new Map<string, RuleInfo>();
  for (const rule of [
    ...FORMATS.flatMap((format) => format.rules),
    ...SCAN_RULES,
    ...TREE_RULES,
    ...CONFIG_RULES,
    ...SUBJECT_RULES,
  ]) {
    if (!rules.has(rule.id)) {
      rules.set(rule.id, rule);
    }
  }
  return [...rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}
