/**
 * Python pickles of every protocol: `pickle.dump`, and what joblib, dill and cloudpickle write on top
 * where no format of their own applies.
 */

import { Ledger } from "../../bytes/ledger.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { probePickle } from "../../machines/pickle/probe.ts";
import { defineFormat } from "../format.ts";
import type { DetectionHint, Match, ParseContext, Parsed } from "../format.ts";
import { PICKLE_RULES } from "../pickle-rules.ts";
import type { WithPickle } from "../pickle-rules.ts";
import {
  analysisOptions,
  behindDamage,
  globalFacts,
  nestedChildren,
  pickleModel,
  readStreams,
  trailingChild,
} from "../pickle-streams.ts";

/** Opcodes that must fit before bytes without a protocol are believed to be a pickle. */
const ENOUGH = 3;

function detect(head: Uint8Array, _tail: Uint8Array, { size }: DetectionHint): Match {
  const probe = probePickle(head, head.length === size);
  if (head[0] === 0x80) {
    if (probe.opcodes >= ENOUGH || probe.stop !== undefined || probe.open) {
      return probe.opcodes > 8 || probe.stop !== undefined ? "certain" : "likely";
    }
    return "none";
  }
  if (probe.calls || probe.namesModule) {
    return "likely";
  }
  if (probe.stop !== undefined) {
    return probe.stop === size || probe.opcodes > ENOUGH ? "likely" : "none";
  }
  // A long literal or list that the head does not hold whole.
  return probe.open && probe.opcodes > 64 ? "likely" : "none";
}

async function parse(source: RandomSource, context: ParseContext): Promise<Parsed<WithPickle>> {
  const ledger = new Ledger(source.size);
  const result = readStreams(source, 0, ledger, analysisOptions(context));
  const nested = nestedChildren(result.analysis, context.governor);
  const { persistentIds } = result.analysis.findings;
  return {
    model: { pickle: pickleModel(result) },
    issues: [...result.issues, ...nested.issues],
    ledger,
    children: [
      ...nested.children,
      ...behindDamage(result.analysis, context.governor),
      ...(result.trailing === undefined ? [] : [trailingChild(source, result.trailing)]),
    ],
    facts: { pickle: { globals: globalFacts(result.analysis.findings.names.list()) } },
    exports: {
      "pickle.storages": persistentIds,
      "pickle.uses": result.analysis.findings.names.list(),
    },
  };
}

export const pickle = defineFormat({
  id: "pickle",
  title: "Python pickle",
  revision: 1,
  specification: [
    {
      title: "pickletools, the opcodes",
      url: "https://docs.python.org/3/library/pickletools.html",
    },
    { title: "PEP 3154, protocol 4", url: "https://peps.python.org/pep-3154/" },
    { title: "PEP 574, protocol 5", url: "https://peps.python.org/pep-0574/" },
  ],
  extensions: [".pkl", ".pickle", ".p", ".dat", ".joblib", ".dill"],
  detect,
  parse,
  rules: PICKLE_RULES,
});
