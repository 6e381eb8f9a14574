/** Whether claims about one artifact can be true together. */

import { quote } from "../../kernel/text.ts";
import { SCAN_TYPE } from "../attestations/namespace.ts";
import { asObject, fieldOf } from "../dsse/strict-json.ts";
import type { Claim } from "./lineage.ts";
import type { ReadStep } from "./read-step.ts";

/** A sentence for the first pair of steps that cannot both be true. @param keyOf of an input's digests. */
export function stepContradiction(
  steps: readonly ReadStep[],
  keyOf: (input: ReadStep["inputs"][number]) => string,
): string | undefined {
  // A build that tells nothing of where its inputs come from contradicts nothing.
  const telling = steps.filter(({ kind, inputs }) => kind !== "build" || inputs.length > 0);
  const [first, ...others] = telling;
  const signature = (step: ReadStep): string =>
    step.inputs
      .map((input) => `${input.role} ${keyOf(input)}`)
      .toSorted()
      .join("\n");
  for (const other of others) {
    if (first !== undefined && other.kind !== first.kind) {
      return `${first.source} says that it was made by ${first.kind}, and ${other.source} by ${other.kind}`;
    }
    if (first !== undefined && signature(other) !== signature(first)) {
      return `${first.source} and ${other.source} say that it was made by ${first.kind} from different inputs: ${inputNames(first)}; ${inputNames(other)}`;
    }
  }
  return undefined;
}

function inputNames({ inputs }: ReadStep): string {
  return inputs.length === 0
    ? "nothing"
    : inputs
        .slice(0, 8)
        .map(({ role, descriptor }) => `${role} ${quote(descriptor.name ?? descriptor.uri ?? "")}`)
        .join(", ");
}

/** A sentence for two scans by the same rules that come to different verdicts. */
export function scanContradiction(claims: readonly Claim[]): string | undefined {
  const verdicts = new Map<string, { readonly verdict: string; readonly source: string }>();
  for (const { statement, source } of claims) {
    if (statement.predicateType !== SCAN_TYPE) {
      continue;
    }
    const scanner = JSON.stringify(asObject(fieldOf(statement.predicate, "scanner")) ?? {});
    const verdict = JSON.stringify(fieldOf(statement.predicate, "verdict") ?? null);
    const known = verdicts.get(scanner);
    if (known !== undefined && known.verdict !== verdict) {
      return `${known.source} says that a scan found it ${known.verdict}, and ${source} that the same scan found it ${verdict}`;
    }
    verdicts.set(scanner, { verdict, source });
  }
  return undefined;
}
