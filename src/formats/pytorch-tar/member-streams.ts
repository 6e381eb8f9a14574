/**
 * Pickles in a member that alternate with raw data. Most of them are a few plain values, thousands of
 * times; those are decoded where they are small, and everything else goes through the machine.
 */

import type { Ledger } from "../../bytes/ledger.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { readRange } from "../../bytes/read.ts";
import { Reader } from "../../bytes/reader.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { PickleAnalysis } from "../../machines/pickle/analyze.ts";
import type { AnalysisOptions } from "../../machines/pickle/analyze.ts";
import type { ParseIssue } from "../format.ts";
import { streamIssues } from "../pickle-streams.ts";
import { PlainName, readPlainPickle } from "../plain-pickle.ts";
import type { PlainStream, PlainValue } from "../plain-pickle.ts";

/** Longest stream that is decoded without the machine. */
const SMALL = 4096;
/** Classes that a member may name; torch has two dozen. */
const MOST_NAMES = 256;

export class MemberStreams {
  readonly source: RandomSource;
  /** What the machine saw. */
  readonly analysis: PickleAnalysis;
  /** Streams that are not plain data. */
  readonly problems: { readonly offset: number; readonly message: string }[] = [];
  position = 0;
  readonly #ledger: Ledger;
  readonly #base: number;
  readonly #names = new Set<string>();
  readonly #issues: ParseIssue[] = [];

  /** @param base position of the member's first byte in the archive that the ledger is of. */
  constructor(source: RandomSource, ledger: Ledger, base: number, options: AnalysisOptions) {
    this.source = source;
    this.analysis = new PickleAnalysis(source, options);
    this.#ledger = ledger;
    this.#base = base;
  }

  /** Value of the stream at the current position; undefined where nobody can say how to go on. */
  stream(what: string): PlainValue | undefined {
    const start = this.position;
    if (start >= this.source.size) {
      this.stop("truncated", `it ends before ${what}`);
      return undefined;
    }
    const stream = this.#small() ?? this.#large();
    if (stream === undefined) {
      const { end, status } = this.analysis.streams.at(-1) ?? { end: start, status: "damaged" };
      if (status === "complete") {
        this.problems.push({ offset: start, message: `the stream of ${what} is not plain data` });
      }
      this.#understood(start, end);
      return undefined;
    }
    this.#understood(start, stream.end);
    return stream.value;
  }

  /** Integers of fixed size between the streams. */
  fixed(length: number): Reader | undefined {
    const { position, source } = this;
    if (position + length > source.size) {
      this.stop("truncated", "it ends inside of a number");
      return undefined;
    }
    this.#understood(position, position + length);
    return new Reader(readRange(source, position, position + length));
  }

  /** Raw numbers. False where there are fewer than `length` bytes left. */
  numbers(length: number): boolean {
    const { position, source } = this;
    const end = Math.min(position + length, source.size);
    this.#ledger.inert(this.#base + position, this.#base + end);
    this.position = end;
    if (end < position + length) {
      this.stop("truncated", "it ends inside of a storage");
      return false;
    }
    return true;
  }

  stop(kind: "truncated" | "damaged" | "limit", message: string): void {
    this.#issues.push({ kind, message, offset: this.#base + this.position });
  }

  /** To be called once, at the end. */
  issues(): ParseIssue[] {
    this.analysis.finish();
    return [...streamIssues(this.analysis), ...this.#issues];
  }

  /** A small stream that names nothing new. */
  #small(): PlainStream | undefined {
    const { position } = this;
    const head = readRange(this.source, position, position + SMALL);
    const stream = readPlainPickle(new MemorySource(head, "stream"), 0, head.length);
    if (stream === undefined || this.#isNew(stream.value)) {
      return undefined;
    }
    return { value: stream.value, end: position + stream.end };
  }

  #large(): PlainStream | undefined {
    if (this.analysis.streams.length >= MOST_NAMES) {
      this.stop("limit", "it names more classes than are followed");
      return undefined;
    }
    const { end, status } = this.analysis.add(this.position);
    const stream =
      status === "complete" ? readPlainPickle(this.source, this.position, end) : undefined;
    for (const name of namesIn(stream?.value)) {
      this.#names.add(name);
    }
    return stream;
  }

  #isNew(value: PlainValue): boolean {
    return namesIn(value).some((name) => !this.#names.has(name));
  }

  #understood(start: number, end: number): void {
    this.#ledger.understood(this.#base + start, this.#base + end);
    this.#ledger.read(end - start);
    this.position = end;
  }
}

/** Names in the tuples that this layout is made of; others would be further in than anybody looks. */
function namesIn(value: PlainValue | undefined): string[] {
  const items = Array.isArray(value) ? value : [value];
  return items.flatMap((item) =>
    item instanceof PlainName ? [`${item.module} ${item.name}`] : [],
  );
}
