/** The pickles, and the storages behind them. */

import { Ledger } from "../../bytes/ledger.ts";
import type { RandomSource } from "../../kernel/source.ts";
import type { ParseContext, Parsed } from "../format.ts";
import type { WithPickle } from "../pickle-rules.ts";
import {
  analysisOptions,
  globalFacts,
  nestedChildren,
  pickleModel,
  trailingChild,
} from "../pickle-streams.ts";
import type { WithStorageProblems } from "../pytorch-rules.ts";
import { namedStorages } from "../torch-storages.ts";
import { readLegacyStorages } from "./read-storages.ts";
import type { LegacyStorages } from "./read-storages.ts";
import { readLegacyStreams } from "./read-streams.ts";
import type { HeaderProblem, LegacyStreams } from "./read-streams.ts";

export interface LegacyModel extends WithPickle, WithStorageProblems {
  readonly headerProblems: readonly HeaderProblem[];
}

/** Reads the streams and accounts for the storages that they list. */
export async function parseLegacy(
  source: RandomSource,
  context: ParseContext,
): Promise<Parsed<LegacyModel>> {
  const ledger = new Ledger(source.size);
  const streams = readLegacyStreams(source, ledger, analysisOptions(context));
  const { analysis } = streams;
  const { names, persistentIds } = analysis.findings;
  const storages = readStorages(source, streams, ledger);
  const nested = nestedChildren(analysis, context.governor);
  const trailing = storages.end < source.size ? storages.end : undefined;
  return {
    model: {
      pickle: pickleModel({ analysis, hidden: [], trailing, issues: [] }),
      headerProblems: streams.problems,
      storageProblems: storages.problems,
    },
    issues: [...streams.issues, ...storages.issues, ...nested.issues],
    ledger,
    children: [
      ...nested.children,
      ...(trailing === undefined ? [] : [trailingChild(source, trailing)]),
    ],
    facts: { pickle: { globals: globalFacts(names.list()) } },
    exports: { "pickle.storages": persistentIds, "pickle.uses": names.list() },
  };
}

function readStorages(
  source: RandomSource,
  streams: LegacyStreams,
  ledger: Ledger,
): LegacyStorages {
  const { analysis, end, keys } = streams;
  return keys === undefined
    ? { end, problems: [], issues: [] }
    : readLegacyStorages(source, end, keys, namedStorages(analysis.findings.persistentIds), ledger);
}
