/**
 * Files that are one stream of nothing but data, as caches, vocabularies and settings are: the fast walk
 * proves it, and the machine is neither loaded nor run.
 */

import { Ledger } from "../../bytes/ledger.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { fastWalk } from "../../machines/pickle/fast-walk.ts";
import { plainStream } from "../../machines/pickle/stream.ts";
import type { Walked } from "../../machines/pickle/stream.ts";
import type { ParseContext, Parsed } from "../format.ts";
import type { WithPickle } from "../pickle-rules.ts";

/** The result where nothing more is to be done, and else how far the walk came. */
export function parsePlain(
  source: RandomSource,
  { trace }: ParseContext,
): { readonly parsed?: Parsed<WithPickle>; readonly walked?: Walked } {
  if (trace !== undefined) {
    return {};
  }
  const walk = fastWalk(source, 0);
  if (walk === undefined || walk.end !== source.size || walk.candidates.length > 0) {
    return { walked: { start: 0, walk } };
  }
  const ledger = new Ledger(source.size);
  ledger.understood(0, source.size);
  ledger.read(source.size);
  const pickle = {
    observations: [],
    divergences: [],
    streams: [plainStream(0, walk)],
    persistentIds: [],
    hidden: [],
    trailing: undefined,
  };
  return {
    parsed: {
      model: { pickle },
      issues: [],
      ledger,
      children: [],
      facts: { pickle: { globals: [] } },
      exports: { "pickle.plain": true, "pickle.storages": [], "pickle.uses": [] },
    },
  };
}
