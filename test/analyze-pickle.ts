/** Analyses bytes as pickle streams with the tables that ship. */

import { Governor } from "../src/bytes/governor.ts";
import { MemorySource } from "../src/bytes/memory-source.ts";
import { PickleAnalysis } from "../src/machines/pickle/analyze.ts";
import { NameTables } from "../src/machines/pickle/names/name-tables.ts";
import type { Observation, ObservationKind } from "../src/machines/pickle/observation.ts";
import { readerNames } from "../src/machines/pickle/readers.ts";
import type { PickleBuilder } from "./builders/pickle.ts";

const names = new NameTables();

export interface Analyzed {
  readonly analysis: PickleAnalysis;
  readonly observations: readonly Observation[];
  /** Messages of all observations of a kind. */
  readonly of: (kind: ObservationKind) => string[];
  /** `module.name` of every name that is looked up, sorted. */
  readonly names: readonly string[];
  /** Which readers stop, where, and why. */
  readonly stops: readonly { readonly readers: readonly string[]; readonly reason: string }[];
  readonly trace: readonly string[];
}

/** Analyses streams one behind the other. */
export function analyze(
  stream: PickleBuilder | Uint8Array,
  options: { readonly traced?: boolean } = {},
): Analyzed {
  const bytes = stream instanceof Uint8Array ? stream : stream.bytes();
  const source = new MemorySource(bytes, "test.pkl");
  const trace: string[] = [];
  const analysis = new PickleAnalysis(source, {
    names,
    governor: new Governor(),
    ...(options.traced === true ? { trace: (line: string) => trace.push(line) } : {}),
  });
  for (let at = 0; at < bytes.length;) {
    const { end, status } = analysis.add(at);
    if (status !== "complete") {
      break;
    }
    at = end;
  }
  analysis.finish();
  const observations = analysis.findings.observations.list();
  return {
    analysis,
    observations,
    trace,
    of: (kind) => observations.filter((one) => one.kind === kind).map(({ message }) => message),
    names: analysis.findings.names
      .list()
      .flatMap(({ resolved }) => resolved.map(({ module, name }) => `${module}.${name}`))
      .toSorted(),
    stops: analysis.divergences.map(({ stopped, reason }) => ({
      readers: readerNames(stopped),
      reason,
    })),
  };
}
