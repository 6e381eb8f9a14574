/** What only the children can say: that a text of the metadata is a script. */

import { quote } from "../../kernel/text.ts";
import type { ChildResult, Composed } from "../format.ts";
import type { SafetensorsModel } from "./model.ts";
import { SCRIPT_IN_METADATA } from "./rules.ts";

/** Findings on texts that are code. */
export function composeSafetensors(
  model: SafetensorsModel,
  children: readonly ChildResult[],
): Composed {
  const keys = new Map(model.literals.map(({ child, key }) => [child, key]));
  const findings = children.flatMap(({ name, report }) => {
    const key = keys.get(name);
    const isScript = report.findings.some(({ rule }) => rule === "content/script");
    if (key === undefined || !isScript) {
      return [];
    }
    const message = `the metadata ${quote(key)} holds source code`;
    return [{ rule: SCRIPT_IN_METADATA, evidence: { message, key: key.slice(0, 200) } }];
  });
  return { findings };
}
