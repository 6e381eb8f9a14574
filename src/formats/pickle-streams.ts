/**
 * Pickle streams in a file, for every format that holds some: one after the other, padding between
 * them, data behind them. Also the model, facts and children that all of them share.
 */

import type { Governor } from "../bytes/governor.ts";
import type { Ledger } from "../bytes/ledger.ts";
import { MemorySource } from "../bytes/memory-source.ts";
import { readRange } from "../bytes/read.ts";
import { sliceSource } from "../bytes/slice-source.ts";
import type { JsonValue } from "../kernel/rule.ts";
import type { RandomSource } from "../kernel/source.ts";
import { PickleAnalysis } from "../machines/pickle/analyze.ts";
import type { AnalysisOptions } from "../machines/pickle/analyze.ts";
import type { Stream } from "../machines/pickle/stream.ts";
import { openNested } from "../machines/pickle/nested.ts";
import type { NestedLoad } from "../machines/pickle/findings.ts";
import { NameTables } from "../machines/pickle/names/name-tables.ts";
import type { UserName } from "../machines/pickle/names/user-name.ts";
import type { NameUse } from "../machines/pickle/names/name-use.ts";
import { USED } from "../machines/pickle/names/name-use.ts";
import type { Observation } from "../machines/pickle/observation.ts";
import type { PersistentId } from "../machines/pickle/persistent.ts";
import { probePickle } from "../machines/pickle/probe.ts";
import type { Divergence } from "../machines/pickle/readers.ts";
import { LOADERS } from "../machines/pickle/readers.ts";
import { carvePickles } from "./carve.ts";
import type { Child, ParseContext, ParseIssue } from "./format.ts";
import { sliceChild } from "./slice-child.ts";

/** What the pickle rules see, whichever format the streams are in. */
export interface PickleModel {
  readonly observations: readonly Observation[];
  readonly divergences: readonly Divergence[];
  readonly streams: readonly Stream[];
  readonly persistentIds: readonly PersistentId[];
  /** Streams that come after a gap, where loaders that read one stream never look. */
  readonly hidden: readonly { readonly offset: number; readonly gap: number }[];
  /** Position of the first byte behind the last stream, where something is there. */
  readonly trailing: number | undefined;
}

const MAX_STREAMS = 100_000;
const MAX_NESTED = 4096;

/** Whether a pickle stream starts at `position`. */
export function startsPickle(source: RandomSource, position: number): boolean {
  const head = readRange(source, position, position + 4096);
  const probe = probePickle(head, position + head.length >= source.size);
  if (head[0] === 0x80) {
    return probe.opcodes >= 3 || probe.stop !== undefined || probe.open;
  }
  return (
    probe.calls || (probe.stop !== undefined && probe.opcodes >= 2) || (probe.open && probe.looksUp)
  );
}

/** The first position from `start` on that holds neither 0x00 nor 0xff. */
export function skipPadding(source: RandomSource, start: number): number {
  const window = new Uint8Array(65_536);
  for (let position = start; position < source.size;) {
    const count = source.readIntoSync(window, position);
    for (let index = 0; index < count; index += 1) {
      if (window[index] !== 0 && window[index] !== 0xff) {
        return position + index;
      }
    }
    if (count === 0) {
      break;
    }
    position += count;
  }
  return source.size;
}

export interface StreamsResult {
  readonly analysis: PickleAnalysis;
  readonly hidden: readonly { readonly offset: number; readonly gap: number }[];
  readonly trailing: number | undefined;
  readonly issues: readonly ParseIssue[];
}

const tables = new WeakMap<readonly UserName[], NameTables>();

/** One for all files of a scan, since each library's table is read once. */
function nameTables(userNames: readonly UserName[]): NameTables {
  const known = tables.get(userNames) ?? new NameTables(userNames);
  tables.set(userNames, known);
  return known;
}

/** Options of an analysis from what the engine hands to a format. */
export function analysisOptions(context: ParseContext): AnalysisOptions {
  return {
    names: nameTables(context.userNames),
    governor: context.governor,
    ...(context.trace === undefined ? {} : { trace: context.trace }),
  };
}

/** Reads streams from `start` on as long as one follows another; accounts for them in the ledger. */
export function readStreams(
  source: RandomSource,
  start: number,
  ledger: Ledger,
  options: AnalysisOptions,
  limit = MAX_STREAMS,
): StreamsResult {
  const analysis = new PickleAnalysis(source, options);
  const hidden: { offset: number; gap: number }[] = [];
  let position = start;
  let trailing: number | undefined;
  for (;;) {
    const stream = analysis.add(position);
    ledger.understood(stream.start, stream.end);
    ledger.read(stream.end - stream.start);
    position = stream.end;
    if (stream.status !== "complete") {
      break;
    }
    const next = skipPadding(source, position);
    if (next >= source.size) {
      ledger.understood(position, source.size);
      break;
    }
    if (analysis.streams.length >= limit || !startsPickle(source, next)) {
      trailing = position;
      break;
    }
    if (next > position) {
      hidden.push({ offset: next, gap: next - position });
      ledger.understood(position, next);
    }
    position = next;
  }
  analysis.finish();
  return { analysis, hidden, trailing, issues: streamIssues(analysis) };
}

/** What is damaged, and where the last loader stops before the end. */
export function streamIssues(analysis: PickleAnalysis): ParseIssue[] {
  const issues: ParseIssue[] = [];
  for (const { status, detail, end, start } of analysis.streams) {
    if (status !== "complete") {
      issues.push({
        kind: status,
        message: `the pickle stream at 0x${start.toString(16)} is ${status === "limit" ? "not followed to its end" : status}: ${detail ?? "it has no STOP opcode"}`,
        offset: end,
      });
    }
  }
  const dead = analysis.divergences.find(
    ({ stopped, alive }) => (stopped & LOADERS) !== 0 && (alive & LOADERS) === 0,
  );
  if (dead !== undefined) {
    issues.push({
      kind: "damaged",
      message: `no loader gets past this opcode: ${dead.reason}`,
      offset: dead.offset,
    });
  }
  if (analysis.findings.unfollowed) {
    issues.push({
      kind: "limit",
      message: "frames end inside operands in more ways than are followed",
    });
  }
  if (analysis.findings.observations.dropped > 0) {
    issues.push({
      kind: "limit",
      message: `${analysis.findings.observations.dropped} further observations are not listed`,
    });
  }
  return issues;
}

/** The model that the pickle rules judge. */
export function pickleModel(result: StreamsResult): PickleModel {
  const { analysis, hidden, trailing } = result;
  return {
    observations: analysis.findings.observations.list(),
    divergences: analysis.divergences,
    streams: analysis.streams,
    persistentIds: analysis.findings.persistentIds,
    hidden,
    trailing,
  };
}

/** Everything nested in the streams: what a call would load, and literals that hold a pickle. */
export function nestedChildren(
  analysis: PickleAnalysis,
  governor: Governor,
): { children: Child[]; issues: ParseIssue[] } {
  const { loads, candidates } = analysis.findings;
  const loaded = loads.map((load) => loadedChild(analysis.source, load));
  const loadedRanges = new Set(loads.map(({ start, end }) => `${start} ${end}`));
  const children: Child[] = [...loaded];
  const issues: ParseIssue[] = [];
  for (const candidate of candidates) {
    if (loadedRanges.has(`${candidate.start} ${candidate.end}`)) {
      continue;
    }
    if (children.length >= MAX_NESTED) {
      issues.push({ kind: "limit", message: "more literals look nested than are opened" });
      break;
    }
    const nested = openNested(analysis.source, candidate, governor);
    if (nested !== undefined) {
      children.push({
        role: "literal",
        name: nested.name,
        size: nested.source.size,
        open: () => Promise.resolve({ source: nested.source }),
      });
    }
  }
  return { children, issues };
}

function loadedChild(source: RandomSource, load: NestedLoad): Child {
  const name = `loaded@0x${load.offset.toString(16)}`;
  const content =
    load.bytes === undefined
      ? sliceSource(source, load.start, load.end, name)
      : new MemorySource(load.bytes, name);
  return {
    role: "loaded",
    name,
    size: content.size,
    open: () => Promise.resolve({ source: content }),
  };
}

/** Pickles behind the place where a damaged stream ends. */
export function behindDamage(analysis: PickleAnalysis, governor: Governor): Child[] {
  const last = analysis.streams.at(-1);
  return last === undefined || last.status === "complete"
    ? []
    : carvePickles(analysis.source, last.end, analysis.source.size, governor);
}

/** What follows the last stream, for the engine to identify. */
export function trailingChild(source: RandomSource, start: number): Child {
  return sliceChild(source, "trailing", "trailing", { start, end: source.size });
}

/** `facts.pickle.globals`: every name that any reading could look up, sorted. */
export function globalFacts(uses: readonly NameUse[]): JsonValue[] {
  const rows = new Map<string, { [key: string]: JsonValue }>();
  for (const use of uses) {
    const names = use.resolved.length === 0 ? [{ module: null, name: null }] : use.resolved;
    for (const { module, name } of names) {
      for (const used of usedWords(use.used)) {
        const row = { module, name, used, origin: use.origin };
        rows.set(JSON.stringify([module ?? "", name ?? "", used, use.origin]), row);
      }
    }
  }
  return [...rows.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function usedWords(used: number): string[] {
  const words = [
    ...((used & USED.CALLED) === 0 ? [] : ["called"]),
    ...((used & USED.INSTANTIATED) === 0 ? [] : ["instantiated"]),
    ...((used & USED.BUILT) === 0 ? [] : ["built"]),
  ];
  return words.length === 0 ? ["imported"] : words;
}
