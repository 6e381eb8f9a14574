/** A copy of something that a model was made from, held against what the lineage says of it. */

import type { RuleInfo } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import { matchDigests } from "../attestations/match-digests.ts";
import type { DigestSet } from "../attestations/statement.ts";
import { shortDigest } from "./explain-gap.ts";
import type { Lineage, LineageNode } from "./lineage.ts";
import { DIGEST_MISMATCH, NAMES_UNBOUND, RENAMED } from "./rules.ts";

export interface LocalCopy {
  /** The base name of its path. */
  readonly name: string;
  readonly digest: DigestSet;
  /** As the user wrote it. */
  readonly place: string;
}

/** The lineage with the copy told where it is one of its artifacts, and with a problem where it is none. */
export function holdAgainst(lineage: Lineage, copy: LocalCopy): Lineage {
  const { nodes } = lineage;
  const { digest, place, name } = copy;
  const matches = nodes.map((node) => matchDigests(node.digest, digest));
  const same = matches.indexOf("same");
  if (same !== -1) {
    const held = (node: LineageNode): LineageNode => ({
      ...node,
      copies: [...(node.copies ?? []), place],
    });
    return { ...lineage, nodes: nodes.map((node, at) => (at === same ? held(node) : node)) };
  }
  const renamed = matches.indexOf("renamed");
  if (renamed !== -1) {
    const message = `${quote(place)} has the contents of ${quote(nodes[renamed]?.name ?? "")}, and its files have other names`;
    return withProblem(lineage, renamed, RENAMED, message);
  }
  const unbound = matches.indexOf("unbound");
  if (unbound !== -1) {
    const message = `${quote(place)} has the root of ${quote(nodes[unbound]?.name ?? "")}, and it is not claimed how its files are called`;
    return withProblem(lineage, unbound, NAMES_UNBOUND, message);
  }
  const namesake = nodes.find((node) => node.name === name);
  const message =
    namesake === undefined
      ? `${quote(place)} (${shortDigest(digest)}) is nothing that the model was made from`
      : `${quote(place)} is ${shortDigest(digest)}, and the ${namesake.role} ${quote(name)} that was used is ${shortDigest(namesake.digest)}`;
  return withProblem(lineage, namesake?.id ?? 0, DIGEST_MISMATCH, message);
}

function withProblem(lineage: Lineage, node: number, rule: RuleInfo, message: string): Lineage {
  const problem = { rule, node, evidence: { message, key: `${rule.id} ${node} copy` } };
  return { ...lineage, problems: [...lineage.problems, problem], complete: false };
}
