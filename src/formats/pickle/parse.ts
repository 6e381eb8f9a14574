/** Streams that do more than hold data, several streams, nested ones, and what follows them. */

import { Ledger } from "../../bytes/ledger.ts";
import type { RandomSource } from "../../kernel/source.ts";
import type { Walked } from "../../machines/pickle/stream.ts";
import type { ParseContext, Parsed } from "../format.ts";
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

/** @param walked what the fast walk from the start gave. */
export function parsePickle(
  source: RandomSource,
  context: ParseContext,
  walked: Walked | undefined,
): Parsed<WithPickle> {
  const ledger = new Ledger(source.size);
  const result = readStreams(source, 0, ledger, { ...analysisOptions(context), walked });
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
