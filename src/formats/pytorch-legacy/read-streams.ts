/**
 * Reads the five streams in front of the storages: magic number, version, facts about the system, the
 * object, the keys of its storages. `torch.load` loads each of them, so all of them are followed.
 */

import type { Ledger } from "../../bytes/ledger.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { PickleAnalysis } from "../../machines/pickle/analyze.ts";
import type { AnalysisOptions } from "../../machines/pickle/analyze.ts";
import type { Stream } from "../../machines/pickle/stream.ts";
import type { ParseIssue } from "../format.ts";
import { streamIssues } from "../pickle-streams.ts";
import { readPlainPickle } from "../plain-pickle.ts";
import type { PlainValue } from "../plain-pickle.ts";
import { MAGIC, VERSION } from "./magic.ts";

const NAMES = ["magic number", "version", "system facts", "object", "storage keys"] as const;

/** One of the five that is not what `torch.save` writes. */
export interface HeaderProblem {
  readonly offset: number;
  readonly name: string;
  readonly message: string;
}

export interface LegacyStreams {
  readonly analysis: PickleAnalysis;
  /** Keys of the storages in the order of their bytes; undefined where the streams do not get there. */
  readonly keys: readonly string[] | undefined;
  /** After the last stream. */
  readonly end: number;
  readonly problems: readonly HeaderProblem[];
  readonly issues: readonly ParseIssue[];
}

/** Follows the streams from the start of the source; accounts for them in the ledger. */
export function readLegacyStreams(
  source: RandomSource,
  ledger: Ledger,
  options: AnalysisOptions,
): LegacyStreams {
  const analysis = new PickleAnalysis(source, options);
  const issues: ParseIssue[] = [];
  let end = 0;
  for (const name of NAMES) {
    if (end >= source.size) {
      issues.push({ kind: "truncated", message: `the file ends before its ${name}`, offset: end });
      break;
    }
    const stream = analysis.add(end);
    ledger.understood(stream.start, stream.end);
    ledger.read(stream.end - stream.start);
    end = stream.end;
    if (stream.status !== "complete") {
      break;
    }
  }
  analysis.finish();
  const values = headerValues(source, analysis.streams);
  return {
    analysis,
    keys: keyList(values[4]),
    end,
    problems: analysis.streams.flatMap((stream, index) => problem(stream, index, values[index])),
    issues: [...streamIssues(analysis), ...issues],
  };
}

/** Values of all streams but the object's, as far as they are there and plain. */
function headerValues(
  source: RandomSource,
  streams: readonly Stream[],
): (PlainValue | undefined)[] {
  return streams.map(({ start, end, status }, index) =>
    index === 3 || status !== "complete" ? undefined : readPlainPickle(source, start, end)?.value,
  );
}

function problem(
  { start, status }: Stream,
  index: number,
  value: PlainValue | undefined,
): HeaderProblem[] {
  if (status !== "complete" || isExpected(index, value)) {
    return [];
  }
  const name = NAMES[index] ?? "stream";
  const message =
    value === undefined
      ? `the stream of the ${name} is not plain data: loading it does more than give a value`
      : `the stream of the ${name} is not what torch.save writes, so that torch.load stops there`;
  return [{ offset: start, name, message }];
}

function isExpected(index: number, value: PlainValue | undefined): boolean {
  switch (index) {
    case 0:
      return value === MAGIC;
    case 1:
      return value === VERSION;
    case 2:
      return value instanceof Map;
    case 3:
      return true;
    default:
      return keyList(value) !== undefined;
  }
}

function keyList(value: PlainValue | undefined): string[] | undefined {
  return Array.isArray(value) && value.every((key) => typeof key === "string") ? value : undefined;
}
