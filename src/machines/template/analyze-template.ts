/** What a template is made of, and what it can do. Nothing in it is run. */

import type { Body } from "../../codecs/jinja/syntax.ts";
import { collectBindings } from "./bindings.ts";
import { findCapabilities } from "./capabilities.ts";
import type { Capability } from "./capability.ts";
import { Folder } from "./folder.ts";
import { findHiddenText } from "./hidden-text.ts";
import { GIVEN } from "./names.ts";
import { findTriggers } from "./triggers.ts";
import { expressionsIn, statementsOf } from "./walk.ts";

export interface TemplateAnalysis {
  readonly capabilities: readonly Capability[];
  /** Some of what it does was not followed: there was too much. */
  readonly isPartial: boolean;
  /** Names that somebody has to hand in, sorted. */
  readonly variables: readonly string[];
  readonly filters: readonly string[];
  readonly tests: readonly string[];
  /** How many statements of each kind there are. */
  readonly statements: Readonly<Record<string, number>>;
}

/** @param text what was parsed. */
export function analyzeTemplate(body: Body, text: string): TemplateAnalysis {
  const bindings = collectBindings(body);
  const folder = new Folder(bindings);
  const variables = new Set<string>();
  const filters = new Set<string>();
  const tests = new Set<string>();
  const statements: Record<string, number> = {};
  for (const statement of statementsOf(body)) {
    statements[statement.kind] = (statements[statement.kind] ?? 0) + 1;
  }
  for (const part of expressionsIn(body)) {
    if (part.kind === "name") {
      variables.add(part.name);
    } else if (part.kind === "filter") {
      filters.add(part.name);
    } else if (part.kind === "test") {
      tests.add(part.name);
    }
  }
  const isFree = (name: string): boolean =>
    !bindings.of.has(name) && !bindings.macros.has(name) && !GIVEN.has(name);
  const triggers = findTriggers(body, bindings, folder);
  return {
    capabilities: [
      ...findCapabilities(body, bindings, folder),
      ...triggers.found,
      ...findHiddenText(body, text),
    ].toSorted((a, b) => a.at - b.at),
    isPartial: triggers.isPartial || folder.isSpent,
    variables: [...variables].filter(isFree).toSorted(),
    filters: [...filters].toSorted(),
    tests: [...tests].toSorted(),
    statements,
  };
}
