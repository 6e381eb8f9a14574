/** What is odd in a policy that can be read: rules that are never asked, patterns that let in too much. */

import { quote } from "../../kernel/text.ts";
import type { RuleInfo } from "../../kernel/rule.ts";
import type { Reason } from "./decision.ts";
import { globTakes } from "./glob.ts";
import type { Glob } from "./glob.ts";
import type { ReferencePattern } from "./model-reference.ts";
import type { Place, Policy, Rule } from "./policy.ts";
import { SAME_KEY, SKIPPED, UNREACHABLE, UNUSED_AUTHORITY, WEAK_PATTERN } from "./policy-rules.ts";

/** In the order of the document. */
export function lintPolicy(policy: Policy): Reason[] {
  return [
    ...sameKeys(policy),
    ...unused(policy),
    ...policy.rules.flatMap((rule, index) => lintRule(rule, policy.rules.slice(0, index))),
  ];
}

function lintRule(rule: Rule, earlier: readonly Rule[]): Reason[] {
  const found: Reason[] = [];
  const cover = earlier.find(
    ({ final, match }) =>
      final && rule.match.every((pattern) => match.some((wide) => covers(wide, pattern))),
  );
  if (cover !== undefined) {
    const message = `the rule on line ${cover.place.line} takes all its models first`;
    found.push(note(UNREACHABLE, rule.place, message, "the narrower rule first"));
  }
  if (rule.level === "skip") {
    const message = "models that match are allowed without a look at them";
    found.push(note(SKIPPED, rule.place, message, "level: audit, to see what would fail"));
  }
  for (const { where, wherePlace, place } of rule.attestations) {
    for (const pattern of where?.patterns ?? []) {
      if (!isAnchored(pattern)) {
        const message = `the pattern ${quote(pattern)} also matches longer texts that contain it`;
        found.push(
          note(WEAK_PATTERN, wherePlace ?? place, message, "^ in front and $ behind, or =="),
        );
      }
    }
  }
  return found;
}

/** Both ends, and in every alternative: `^a|b$` has neither. */
function isAnchored(pattern: string): boolean {
  let depth = 0;
  for (const [token] of pattern.matchAll(/\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()|]/gs)) {
    depth += Number(token === "(") - Number(token === ")");
    if (token === "|" && depth === 0) {
      return false;
    }
  }
  return /^(?:\(\?[a-z]+\))?\^/.test(pattern) && /(?<!\\)\$$/.test(pattern);
}

function sameKeys({ authorities }: Policy): Reason[] {
  const byKey = new Map<string, string>();
  return [...authorities.values()].flatMap((authority) => {
    if (authority.kind !== "key" || authority.fingerprint === undefined) {
      return [];
    }
    const other = byKey.get(authority.fingerprint);
    byKey.set(authority.fingerprint, other ?? authority.name);
    const message = `${authority.name} is the same key as ${other ?? ""}`;
    return other === undefined
      ? []
      : [note(SAME_KEY, authority.place, message, "a key of its own")];
  });
}

function unused({ authorities, rules, delegations, signedBy }: Policy): Reason[] {
  const used = new Set([
    ...rules.flatMap(({ signature, attestations }) => [
      ...(signature?.of ?? []),
      ...attestations.flatMap(({ by }) => by),
    ]),
    ...delegations.flatMap(({ to }) => to.of),
    ...(signedBy?.of ?? []),
  ]);
  return [...authorities.values()]
    .filter(({ name }) => !used.has(name))
    .map(({ name, place }) =>
      note(
        UNUSED_AUTHORITY,
        place,
        `nothing names ${name}`,
        "a rule that does, or no such authority",
      ),
    );
}

/** Whether one pattern takes all that another one does; only where that is plain to see. */
function covers(wide: ReferencePattern, narrow: ReferencePattern): boolean {
  return (
    wide.scheme === narrow.scheme &&
    coversGlob(wide.name, narrow.name) &&
    (wide.revision === undefined ||
      (narrow.revision !== undefined && coversGlob(wide.revision, narrow.revision)))
  );
}

function coversGlob(wide: Glob, narrow: Glob): boolean {
  if (
    wide.text === narrow.text ||
    (wide.text === `${wide.prefix}**` && narrow.prefix.startsWith(wide.prefix))
  ) {
    return true;
  }
  // A star of the narrow one stands for a plain step, which a star of the wide one takes as well.
  return !/\*\*|\?/.test(narrow.text) && globTakes(wide, narrow.text.replaceAll("*", "\u{10FFFF}"));
}

function note(info: RuleInfo, place: Place, message: string, remedy: string): Reason {
  return { rule: info.id, effect: "warn", place, message, remedy };
}
