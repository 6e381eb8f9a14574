/** What a policy says of a model, as data: the decision, the line that decided, and what would change it. */

import type { Place } from "./policy.ts";

/** Worst first. */
export const EFFECTS = ["deny", "hold", "warn", "allow"] as const;

export type Effect = (typeof EFFECTS)[number];

export interface Reason {
  /** `trust/threshold`. */
  readonly rule: string;
  readonly effect: Effect;
  readonly place: Place;
  /** One sentence without a period; safe to show. */
  readonly message: string;
  /** What would have to be otherwise, as a sentence without a period. */
  readonly remedy: string;
}

/** Something to be kept in the log and in the memory of first uses. */
export type TrustEvent =
  | { readonly kind: "pinned"; readonly line: string; readonly signer: string }
  | {
      readonly kind: "signer-changed";
      readonly line: string;
      readonly before: string;
      readonly signer: string;
    };

export interface Decision {
  readonly effect: Effect;
  readonly model: string;
  readonly policy: { readonly name: string | undefined; readonly version: number };
  /** The reason that decided; for a plain allow, the rule that was fulfilled. */
  readonly decidedBy: Reason;
  /** All reasons, the worst first. */
  readonly reasons: readonly Reason[];
  /** SHA-256 of the bundles that counted. */
  readonly used: readonly string[];
  readonly events: readonly TrustEvent[];
  /** For which time it was judged: ISO 8601. Never before anything that is proved to have happened. */
  readonly at: string;
}
