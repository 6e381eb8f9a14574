/**
 * Analyses one pickle stream: the fast walk where it is plain data, the machine where it is not, and
 * the machine again for each way in which readers take the bytes differently.
 */

import type { Governor } from "../../bytes/governor.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { judgeReference } from "./effects/sentence.ts";
import { expandedSize } from "./expansion.ts";
import { fastWalk } from "./fast-walk.ts";
import { CALLS } from "./call.ts";
import { Findings } from "./findings.ts";
import { Machine } from "./machine.ts";
import type { MachineOptions } from "./machine.ts";
import { runStream } from "./run-stream.ts";
import type { StreamResult } from "./run-stream.ts";
import { Memo } from "./memo.ts";
import type { NameTables } from "./names/name-tables.ts";
import { displayName, USED } from "./names/name-use.ts";
import { Pool } from "./pool.ts";
import type { PlainStream } from "./plain-stream.ts";
import type { Divergence } from "./readers.ts";
import { plainStream } from "./stream.ts";
import type { Stream, Walked } from "./stream.ts";
import { Tracer } from "./tracer.ts";

export interface AnalysisOptions {
  readonly names: NameTables;
  readonly governor: Governor;
  readonly trace?: (line: string) => void;
  readonly afterBuild?: MachineOptions["afterBuild"];
  /** What the fast walk said of a stream, where that is known already. */
  readonly walked?: Walked | undefined;
}

/** Ways of losing the rest of straddled frames that are followed one by one; a writer has none. */
const MAX_READINGS = 256;
/** Streams that only some readers come to. */
const MAX_RESUMES = 256;
/** What following a byte once more costs. */
const WORK_PER_BYTE = 8;
/** An expansion this much larger than the file, and this large, is no accident. */
const EXPANSION_FACTOR = 1000;
const EXPANSION_LEAVES = 2 ** 24;
const SHARED_CONTAINERS = 48;

/** Where a stream starts, and where the frame ends that some reader has not yet used up. */
interface Place {
  readonly position: number;
  readonly frameEnd?: number | undefined;
}

/** What a reader that is used again has of the stream before. */
type Kept = Pick<MachineOptions, "frameEnd">;

/** All streams of one artifact, analysed one after the other. */
export class PickleAnalysis {
  readonly source: RandomSource;
  readonly findings: Findings;
  readonly streams: Stream[] = [];
  /** The machine of the last stream that needed one, for those who decode its values. */
  machine: Machine | undefined;
  readonly #options: AnalysisOptions;
  readonly #tracer: Tracer | undefined;
  /** The memo of a reader that is used for all streams, and how many of them are in it. */
  readonly #carried = new Memo();
  #carriedStreams = 0;
  #pool: Pool | undefined;
  /** Where the last stream ended, for a reader that still has the rest of its frame. */
  #left: Place = { position: 0 };
  /** Where some reader goes on after a stream and others do not. */
  readonly #resumes: Place[] = [];

  constructor(source: RandomSource, options: AnalysisOptions) {
    this.source = source;
    this.#options = options;
    this.findings = new Findings(options.names, options.governor.limits.findings);
    this.#tracer = options.trace === undefined ? undefined : new Tracer(options.trace);
  }

  /** Analyses the stream at `start` and gives where it ends. */
  add(start: number): Stream {
    const frameEnd = start === this.#left.position ? this.#left.frameEnd : undefined;
    const plain = frameEnd === undefined ? this.#walk(start) : undefined;
    const stream =
      plain === undefined ? this.#run({ position: start, frameEnd }) : plainStream(start, plain);
    for (const candidate of plain?.candidates ?? []) {
      this.findings.candidates.push(candidate);
    }
    this.streams.push(stream);
    return stream;
  }

  /** Places where readers part, and where the last loader stops. */
  get divergences(): readonly Divergence[] {
    return this.findings.divergences;
  }

  /** Adds what can only be said at the end: names that were looked up and never used. */
  finish(): void {
    this.#followResumes();
    const { names, observations } = this.findings;
    for (const use of names.list()) {
      if (use.used !== USED.IMPORTED || use.origin === "computed") {
        continue;
      }
      if (use.danger !== undefined && use.known === undefined) {
        const { implies, severity } = judgeReference(use.danger);
        observations.add({
          kind: "dangerous-reference",
          offset: use.offset,
          key: displayName(use),
          message: `refers to ${displayName(use)}, which could ${use.danger.does}`,
          implies,
          severity,
          references: use.danger.references,
        });
      } else if (use.known === undefined) {
        observations.add({
          kind: "unknown-reference",
          offset: use.offset,
          key: displayName(use),
          message: `refers to ${displayName(use)}, which is not known to be harmless`,
        });
      }
    }
  }

  #walk(start: number): PlainStream | undefined {
    if (this.#tracer !== undefined) {
      return undefined;
    }
    const { walked } = this.#options;
    return walked?.start === start ? walked.walk : fastWalk(this.source, start);
  }

  #run({ position, frameEnd }: Place): Stream {
    const first = this.#machine(position, {});
    this.#left = { position: first.end, frameEnd: first.frameEnd };
    this.#followReadings(position, first, first.end);
    if (this.streams.length > 0 && (first.readsUnset || frameEnd !== undefined)) {
      this.#carryMemo();
      const kept = frameEnd === undefined ? {} : { frameEnd };
      this.#followReadings(position, this.#machine(position, this.#again(kept)), first.end, kept);
    }
    return { ...first, plain: false };
  }

  /** A reader that is used again has its memo, and may have the rest of a frame. */
  #again(kept: Kept): Partial<MachineOptions> {
    return { ...kept, memo: new Memo(this.#carried) };
  }

  /** Brings the memo of a reader that is used for all streams up to date. */
  #carryMemo(): void {
    const { names, governor } = this.#options;
    const pool = (this.#pool ??= new Pool());
    for (const { start } of this.streams.slice(this.#carriedStreams)) {
      // All but the names is known of these streams.
      const findings = new Findings(names, 0, this.findings.names);
      const options = { names, governor, calls: CALLS, memo: this.#carried, pool };
      runStream(new Machine(this.source, findings, options), start);
    }
    this.#carriedStreams = this.streams.length;
  }

  /**
   * Reads where only some readers go on: behind a frame that is longer than its stream, or behind a reading
   * that lost the rest of a frame. No writer leaves such places, so what is there is taken for a stream.
   */
  #followResumes(): void {
    const seen = new Set<number | string>(this.streams.map(({ start }) => start));
    for (const place of this.#resumes) {
      if (seen.size >= this.streams.length + MAX_RESUMES) {
        this.findings.unfollowed = true;
        return;
      }
      const { position, frameEnd } = place;
      const key = frameEnd === undefined ? position : `${position} ${frameEnd}`;
      if (!seen.has(key) && position < this.source.size) {
        seen.add(key);
        this.#run(place);
        this.#resumes.push(this.#left);
      }
    }
  }

  #noteEnds({ end, frameEnd }: StreamResult, usual: number): void {
    if (end !== usual) {
      this.#resumes.push({ position: end, frameEnd });
    }
    if (frameEnd !== undefined) {
      this.#resumes.push({ position: frameEnd });
    }
  }

  /**
   * Follows each combination of straddled frames whose rest is lost and ones that are read through: it depends
   * on their sizes and on the file's buffer, and what is lost in one decides which ones come next.
   *
   * @param first the reading that loses nothing.
   * @param usual where most readers end.
   * @param kept what the reader has of earlier streams; undefined for a new one.
   */
  #followReadings(start: number, first: StreamResult, usual: number, kept?: Kept): void {
    this.#noteEnds(first, usual);
    const pending: (readonly boolean[])[] = [];
    const branch = (drops: readonly boolean[], met: number): void => {
      for (let count = drops.length; count < met; count += 1) {
        if (pending.length > MAX_READINGS) {
          return;
        }
        pending.push([
          ...drops,
          ...Array.from({ length: count - drops.length }, () => false),
          true,
        ]);
      }
    };
    branch([], first.straddles);
    for (let readings = 0; pending.length > 0; readings += 1) {
      const work = WORK_PER_BYTE * (this.source.size - start);
      if (readings >= MAX_READINGS || !this.#options.governor.take("work", work)) {
        this.findings.unfollowed = true;
        return;
      }
      const drops = pending.shift() ?? [];
      const more = kept === undefined ? {} : this.#again(kept);
      const reading = this.#machine(start, { ...more, drops });
      this.#noteEnds(reading, usual);
      branch(drops, reading.straddles);
    }
  }

  #machine(start: number, more: Partial<MachineOptions>): StreamResult {
    const { names, governor, afterBuild } = this.#options;
    const machine = new Machine(this.source, this.findings, {
      names,
      governor,
      calls: CALLS,
      pool: (this.#pool ??= new Pool()),
      ...(afterBuild === undefined ? {} : { afterBuild }),
      ...(this.#tracer === undefined ? {} : { tracer: this.#tracer }),
      ...more,
    });
    this.machine = machine;
    this.#tracer?.attach(machine);
    const result = runStream(machine, start);
    this.#tracer?.end(start, result.end, result.result, result.detail ?? result.status);
    if (machine.shared > SHARED_CONTAINERS) {
      this.#measureExpansion(machine, result);
    }
    return result;
  }

  #measureExpansion(machine: Machine, result: StreamResult): void {
    const leaves = expandedSize(machine, [result.result, ...machine.stack]);
    const bytes = result.end - result.start;
    if (leaves > EXPANSION_LEAVES && leaves > EXPANSION_FACTOR * bytes) {
      this.findings.observations.add({
        kind: "expansion",
        offset: result.start,
        key: "expansion",
        message: `${bytes} bytes unfold to ${leaves >= 2 ** 60 ? "more than 10^18" : `about ${leaves.toExponential(0)}`} elements when the object is printed, copied or compared`,
      });
    }
  }
}
