/**
 * What the machine saw: facts about a stream in words, before any rule says how bad they are. Rules
 * (one a kind) live with the formats.
 */

import type { Severity, Trigger } from "../../kernel/severity.ts";
import { impliedVerdict, verdictRank } from "../../kernel/verdict.ts";
import type { Implication } from "../../kernel/verdict.ts";

export type ObservationKind =
  /** A name from the dangerous table is called, or would be by what it is handed to. */
  | "dangerous-call"
  /** Such a name is looked up and not called. */
  | "dangerous-reference"
  /** A name that nobody vouches for is called, instantiated or built. */
  | "unknown-call"
  | "unknown-reference"
  /** A known name is used or called in a way that its entry does not cover. */
  | "unexpected-use"
  /** A name whose text only exists at load time. */
  | "computed-name"
  /** A name that pure functions put together; it is known what it is. */
  | "folded-name"
  /** The callee is a value that nobody can name. */
  | "computed-call"
  /** A name walks through attributes of a module. */
  | "attribute-walk"
  /** State is set on a module, class or function, or overrides a method. */
  | "state-injection"
  /** Elements are stored into something that was imported. */
  | "changes-import"
  | "extension-code"
  | "out-of-band-buffer"
  | "persistent-id"
  /** Readers disagree about where the stream goes. */
  | "reader-disagreement"
  /** What a few bytes expand to. */
  | "expansion"
  /** A length or index that would take memory out of all proportion. */
  | "memory-claim"
  /** Names with characters that look like others or like nothing. */
  | "confusable-name";

export interface Observation {
  readonly kind: ObservationKind;
  /** Position of the opcode. */
  readonly offset: number;
  /** A sentence without a period. */
  readonly message: string;
  /** Identity for fingerprints. */
  readonly key: string;
  readonly implies?: Implication;
  readonly severity?: Severity;
  readonly trigger?: Trigger;
  /** The opcodes that lead to it, as `0x1f REDUCE`. */
  readonly trace?: readonly string[];
  /** Which readers get here; omitted when all do. */
  readonly readers?: readonly string[];
  readonly references?: readonly string[];
  /** How often the same was seen. */
  count: number;
}

export class Observations {
  readonly #byKey = new Map<string, Observation>();
  readonly #limit: number;
  /** How many are kept of each kind and weight: what is harmless and plenty crowds nothing worse out. */
  readonly #kept = new Map<string, number>();
  /** Distinct ones that were not kept. */
  dropped = 0;

  /** @param limit how many of one kind and weight are kept. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Whether one with this key exists that is as bad; then it is counted once more. */
  again(key: string, implies: Implication): boolean {
    const seen = this.#byKey.get(key);
    if (seen === undefined || isWorse({ implies }, seen)) {
      return false;
    }
    seen.count += 1;
    return true;
  }

  /** Adds an observation. Of several with one key, the first of the worst ones is kept. */
  add(observation: Omit<Observation, "count">): void {
    const key = `${observation.kind} ${observation.key}`;
    const seen = this.#byKey.get(key);
    if (seen !== undefined) {
      seen.count += 1;
      if (isWorse(observation, seen)) {
        this.#byKey.set(key, { ...observation, count: seen.count });
      }
      return;
    }
    const group = `${observation.kind} ${observation.implies ?? ""}`;
    const kept = this.#kept.get(group) ?? 0;
    if (kept >= this.#limit) {
      this.dropped += 1;
      return;
    }
    this.#kept.set(group, kept + 1);
    this.#byKey.set(key, { ...observation, count: 1 });
  }

  list(): Observation[] {
    return [...this.#byKey.values()];
  }
}

function isWorse({ implies }: Pick<Observation, "implies">, seen: Observation): boolean {
  return (
    implies !== undefined &&
    seen.implies !== undefined &&
    verdictRank(impliedVerdict(implies)) > verdictRank(impliedVerdict(seen.implies))
  );
}
