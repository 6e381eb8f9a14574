/**
 * Trust on first use: whoever signed a model the first time is who has to sign it from then on. A change is not decided
 * by whoever made it: it is an event, and a person says whether the new signer is meant.
 */

import { quote } from "../../kernel/text.ts";
import type { Reason, TrustEvent } from "./decision.ts";
import type { SignatureEvidence } from "./evidence.ts";
import { reasonOf } from "./judgement.ts";
import type { Judging } from "./judgement.ts";
import { principalOf } from "./match-signer.ts";
import { lineOf, parseReference } from "./model-reference.ts";
import { SIGNER_CHANGED, THRESHOLD } from "./model-rules.ts";

/** What was kept from earlier decisions. */
export interface Memory {
  /** Signers by model, whatever its revision. */
  readonly pins: ReadonlyMap<string, string>;
  /** The latest time that is proved to have been, in milliseconds; 0 where nothing is known. */
  readonly latest: number;
}

export function judgePin(
  judging: Judging,
  signatures: readonly SignatureEvidence[],
  { pins }: Memory,
): { readonly reasons: Reason[]; readonly events: TrustEvent[] } {
  const { pin } = judging.rule;
  const reference = parseReference(judging.model);
  if (pin === undefined || reference === undefined) {
    return { reasons: [], events: [] };
  }
  const line = lineOf(reference);
  const before = pins.get(line);
  const signers = signatures.map(({ signer }) => principalOf(signer));
  const [signer] = signers;
  if (before !== undefined && signers.includes(before)) {
    return { reasons: [], events: [] };
  }
  const aspect = "authenticity";
  if (signer === undefined) {
    const message =
      before === undefined ? "nobody signed it" : `it is no longer signed by ${quote(before)}`;
    const remedy = "a signature that holds";
    const info = before === undefined ? THRESHOLD : SIGNER_CHANGED;
    return {
      reasons: [reasonOf(judging, { info, aspect, place: pin, message, remedy })],
      events: [],
    };
  }
  if (before === undefined) {
    return { reasons: [], events: [{ kind: "pinned", line, signer }] };
  }
  const message = `its signer changed: it was ${quote(before)}, and is ${quote(signer)}`;
  const remedy = `a signature by ${quote(before)}, or a person who accepts the new signer: weighbridge trust pin`;
  return {
    reasons: [reasonOf(judging, { info: SIGNER_CHANGED, aspect, place: pin, message, remedy })],
    events: [{ kind: "signer-changed", line, before, signer }],
  };
}
