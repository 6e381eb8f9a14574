/** Rules over pickle streams, one for each kind of observation, shared by all formats with pickles. */

import type { Evidence, Rule, RuleInfo } from "../kernel/rule.ts";
import type { Observation, ObservationKind } from "../machines/pickle/observation.ts";
import { LOADERS, readerNames } from "../machines/pickle/readers.ts";
import { PICKLE_RULE_INFO } from "./pickle-rule-info.ts";
import type { PickleModel } from "./pickle-streams.ts";

/** Models that contain the streams of some pickle. */
export interface WithPickle {
  readonly pickle: PickleModel;
}

function observationRule(kind: ObservationKind): Rule<WithPickle> {
  const info: RuleInfo = PICKLE_RULE_INFO[kind];
  return {
    ...info,
    *evaluate({ pickle }) {
      for (const observation of pickle.observations) {
        if (observation.kind === kind) {
          yield evidenceOf(observation);
        }
      }
    },
  };
}

function evidenceOf(observation: Observation): Evidence {
  const { message, readers, count } = observation;
  const only =
    readers === undefined || readers.length === 0 ? "" : ` (only for ${readers.join(", ")})`;
  return {
    message: `${message}${only}`,
    key: observation.key,
    offset: observation.offset,
    ...(observation.implies === undefined ? {} : { implies: observation.implies }),
    ...(observation.severity === undefined ? {} : { severity: observation.severity }),
    ...(observation.trigger === undefined ? {} : { trigger: observation.trigger }),
    data: {
      ...(observation.trace === undefined ? {} : { trace: observation.trace }),
      ...(readers === undefined ? {} : { readers }),
      ...(observation.references === undefined || observation.references.length === 0
        ? {}
        : { references: observation.references }),
      ...(count > 1 ? { count } : {}),
    },
  };
}

const disagreement: Rule<WithPickle> = {
  ...PICKLE_RULE_INFO["reader-disagreement"],
  *evaluate({ pickle }) {
    const seen = new Set<string>();
    for (const { offset, stopped, alive, reason } of pickle.divergences) {
      // Where nobody goes on there is nothing to disagree about: that is damage.
      if ((alive & LOADERS) === 0 || seen.has(reason)) {
        continue;
      }
      seen.add(reason);
      yield {
        message: `${reason}: ${readerNames(stopped).join(" and ")} stops there, ${readerNames(alive).join(" and ")} goes on`,
        key: reason,
        offset,
        data: { stops: readerNames(stopped), goesOn: readerNames(alive) },
      };
    }
  },
};

const hiddenStream: Rule<WithPickle> = {
  ...PICKLE_RULE_INFO["hidden-stream"],
  *evaluate({ pickle }) {
    for (const { offset, gap } of pickle.hidden) {
      // dbm.dumb, on which shelve stands where nothing else is, starts every value on a block of 512 bytes.
      if (offset % 512 === 0 && gap < 512) {
        continue;
      }
      yield {
        message: `another pickle stream follows after ${gap} bytes of padding, where a loader that reads one never looks`,
        key: "hidden-stream",
        offset,
      };
    }
  },
};

const KINDS: readonly ObservationKind[] = [
  "dangerous-call",
  "dangerous-reference",
  "unknown-call",
  "unknown-reference",
  "unexpected-use",
  "computed-name",
  "folded-name",
  "computed-call",
  "attribute-walk",
  "state-injection",
  "changes-import",
  "extension-code",
  "out-of-band-buffer",
  "persistent-id",
  "expansion",
  "memory-claim",
  "confusable-name",
];

export const PICKLE_RULES: readonly Rule<WithPickle>[] = [
  ...KINDS.map((kind) => observationRule(kind)),
  disagreement,
  hiddenStream,
];
