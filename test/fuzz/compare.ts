/** What the pickle reader says of a stream against what CPython's unpicklers really look up. */

import { Governor } from "../../src/bytes/governor.ts";
import { Ledger } from "../../src/bytes/ledger.ts";
import { MemorySource } from "../../src/bytes/memory-source.ts";
import { readStreams } from "../../src/formats/pickle-streams.ts";
import { NameTables } from "../../src/machines/pickle/names/name-tables.ts";
import { READ_ON } from "./oracle.ts";
import type { Seen } from "./oracle.ts";

export interface Answer {
  /** `module name` as any reader could see it. */
  readonly names: ReadonlySet<string>;
  /** Some name could not be said. */
  readonly computed: boolean;
  /** Something behind the streams was not believed to be a pickle: no file with it is clean. */
  readonly trailing: boolean;
}

const tables = new NameTables();

function keyOf(module: string, name: string): string {
  return JSON.stringify([module, name]);
}

/** The names that `facts.pickle.globals` has for these bytes, read as streams one after another. */
export function analyze(stream: Uint8Array): Answer {
  const source = new MemorySource(stream, "stream");
  const governor = new Governor(undefined, stream.length);
  const { analysis, trailing } = readStreams(source, 0, new Ledger(stream.length), {
    names: tables,
    governor,
  });
  const names = new Set<string>();
  let computed = false;
  for (const use of analysis.findings.names.list()) {
    computed ||= use.origin === "computed";
    for (const { module, name } of use.resolved) {
      names.add(keyOf(module, name));
    }
  }
  return { names, computed, trailing: trailing !== undefined };
}

/** Names that a reader looked up and the analysis does not have. */
export function missing(answer: Answer, seen: readonly Seen[]): Seen[] {
  return answer.computed
    ? []
    : seen.filter(
        ({ module, name, readers }) =>
          !answer.names.has(keyOf(module, name)) &&
          !(answer.trailing && (readers & ~READ_ON) === 0),
      );
}
