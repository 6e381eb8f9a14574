/**
 * What all compressed files have in common. Where a stream ends, and whether it is sound, is known when
 * it is decoded, so it is decoded here, once, and the child hands out what was kept.
 */

import { decodeProgress, MAX_SKIPPED } from "../bytes/decode-progress.ts";
import type { DecodeProgress } from "../bytes/decode-progress.ts";
import type { Governor } from "../bytes/governor.ts";
import { Ledger } from "../bytes/ledger.ts";
import type { Range } from "../bytes/ledger.ts";
import { LEFT_EARLY } from "../bytes/pump.ts";
import { readRange } from "../bytes/read.ts";
import { spool } from "../bytes/spool.ts";
import type { Spooled } from "../bytes/spool.ts";
import type { DecodeEnd, DecodeStream, RandomSource } from "../kernel/source.ts";
import type { Child, OpenedChild, Parsed, ParseIssue } from "./format.ts";
import { sliceChild } from "./slice-child.ts";

/** A format as this file sees it. */
export interface Compression {
  /** As in a sentence: `gzip`. */
  readonly title: string;
  /** Where the stream begins; what comes before is understood. */
  readonly start?: number;
  /** Decodes from `start` on. */
  decode(
    source: RandomSource,
    start: number,
    progress: DecodeProgress,
    maxWindow: number,
  ): DecodeStream;
  /** Whether what readers skip has a meaning that is known. */
  isKnownSkipped?(bytes: Uint8Array): boolean;
}

export interface CompressedModel {
  readonly title: string;
  /** Of the file. */
  readonly size: number;
  /** Of what came out. */
  readonly output: number;
  /** Streams, members or frames that follow one another. */
  readonly streams: number;
  readonly end: DecodeEnd;
  /** The limit on decompressed bytes ended it. */
  readonly stopped: boolean;
  /** What follows and is not padding. */
  readonly trailing: Range | undefined;
}

const MAX_WINDOW = 512 * 1024 * 1024;
const TURN = 16 * 1024 * 1024;
const PART = 64 * 1024;
/** Skipped frames up to this size hold a number at most. */
const HARMLESS = 8;
/** The largest part that is read to know its meaning. */
const READABLE = 16 * 1024 * 1024;

/** Decodes a compressed file. Its children are the content, what readers skip, and what follows. */
export async function parseCompressed(
  source: RandomSource,
  { governor }: { readonly governor: Governor },
  compression: Compression,
): Promise<Parsed<CompressedModel>> {
  const { title, start = 0 } = compression;
  const decoded = await decode(source, governor, compression);
  const { progress, spooled, stopped } = decoded;
  const consumed = stopped ? progress.consumed : spooled.end.consumed;
  const behind = start + consumed;
  const trailing =
    !progress.atEnd || stopped || isZeros(source, behind)
      ? undefined
      : { start: behind, end: source.size };
  const skipped = progress.skipped
    .map((range) => ({ start: start + range.start, end: start + range.end }))
    .filter((range) => !isKnown(source, range, compression));

  const ledger = new Ledger(source.size);
  markUnderstood(ledger, progress.atEnd && trailing === undefined ? source.size : behind, skipped);
  const children: Child[] = [];
  if (decoded.output > 0 || spooled.end.status === "complete") {
    children.push(new ContentChild(source, compression, spooled, decoded.output));
  }
  for (const [index, range] of skipped.entries()) {
    children.push(sliceChild(source, "skipped", `skipped-${index + 1}`, range));
  }
  if (trailing !== undefined) {
    children.push(sliceChild(source, "trailing", "trailing", trailing));
  }
  return {
    model: {
      title,
      size: source.size,
      output: decoded.output,
      streams: progress.streams,
      end: spooled.end,
      stopped,
      trailing,
    },
    issues: issuesOf(title, start, consumed, decoded),
    ledger,
    children,
    facts: { compression: { format: title, streams: progress.streams, size: decoded.output } },
  };
}

interface Decoded {
  readonly spooled: Spooled;
  readonly progress: DecodeProgress;
  readonly output: number;
  readonly stopped: boolean;
}

async function decode(
  source: RandomSource,
  governor: Governor,
  compression: Compression,
): Promise<Decoded> {
  const progress = decodeProgress(governor.left("entries") + 1);
  const watch = { output: 0, finished: false };
  const spooled = await spool(
    watched(startDecoder(source, governor, compression, progress), watch),
    "content",
    governor,
  );
  governor.take("entries", Math.max(0, progress.streams - 1));
  return { spooled, progress, output: spooled.source.size, stopped: !watch.finished };
}

function startDecoder(
  source: RandomSource,
  governor: Governor,
  compression: Compression,
  progress: DecodeProgress,
): DecodeStream {
  const maxWindow = Math.min(MAX_WINDOW, Math.floor(governor.left("memory") / 2));
  return compression.decode(source, compression.start ?? 0, progress, maxWindow);
}

/** Notes whether a stream came to its end, and lets signals in while it does. */
async function* watched(
  stream: DecodeStream,
  watch: { output: number; finished: boolean },
): AsyncGenerator<Uint8Array, DecodeEnd, void> {
  let turn = TURN;
  try {
    for (;;) {
      const step = await stream.next();
      if (step.done === true) {
        watch.finished = true;
        return step.value;
      }
      watch.output += step.value.length;
      if (watch.output >= turn) {
        turn = watch.output + TURN;
        await new Promise(setImmediate);
      }
      yield step.value;
    }
  } finally {
    await stream.return(LEFT_EARLY);
  }
}

function markUnderstood(ledger: Ledger, end: number, skipped: readonly Range[]): void {
  let at = 0;
  for (const range of skipped) {
    ledger.understood(at, Math.min(range.start, end));
    at = range.end;
  }
  ledger.understood(at, end);
  ledger.read(end);
}

function issuesOf(
  title: string,
  start: number,
  consumed: number,
  { spooled, progress, stopped }: Decoded,
): ParseIssue[] {
  const issues: ParseIssue[] = progress.notes.map(({ message, offset }) => ({
    kind: "deviation",
    message,
    offset: start + offset,
  }));
  if (progress.skipped.length >= MAX_SKIPPED) {
    const message = `more than ${MAX_SKIPPED} parts of the ${title} data are skipped by readers`;
    issues.push({ kind: "limit", message });
  }
  const { status, detail } = spooled.end;
  if (status === "complete") {
    return issues;
  }
  const what = stopped ? "was not unpacked to its end" : STATES[status];
  const reason = detail === undefined ? "" : `: ${detail}`;
  issues.push({
    kind: status,
    message: `the ${title} data ${what}${reason}`,
    offset: start + consumed,
  });
  return issues;
}

const STATES: Readonly<Record<Exclude<DecodeEnd["status"], "complete">, string>> = {
  truncated: "is cut off",
  damaged: "is damaged",
  unsupported: "cannot be decoded",
  limit: "was not unpacked to its end",
};

/** Whether nothing but zeros follows: padding, which several writers add. */
function isZeros(source: RandomSource, start: number): boolean {
  for (let at = start; at < source.size;) {
    const part = readRange(source, at, at + PART);
    if (part.length === 0 || part.some((byte) => byte !== 0)) {
      return false;
    }
    at += part.length;
  }
  return true;
}

function isKnown(source: RandomSource, { start, end }: Range, compression: Compression): boolean {
  if (end - start <= HARMLESS) {
    return true;
  }
  return (
    end - start <= READABLE && compression.isKnownSkipped?.(readRange(source, start, end)) === true
  );
}

/** The content. The first who asks gets what was kept, and closes it. */
class ContentChild implements Child {
  readonly role = "content";
  readonly name = "content";
  readonly size: number;
  readonly #source: RandomSource;
  readonly #compression: Compression;
  #kept: Spooled | undefined;

  constructor(source: RandomSource, compression: Compression, kept: Spooled, size: number) {
    this.#source = source;
    this.#compression = compression;
    this.#kept = kept;
    this.size = size;
  }

  async open(governor: Governor): Promise<OpenedChild> {
    const kept = this.#kept;
    this.#kept = undefined;
    const progress = decodeProgress();
    const { source, end } =
      kept ??
      (await spool(
        startDecoder(this.#source, governor, this.#compression, progress),
        this.name,
        governor,
      ));
    // What is wrong is an issue of the compressed file; here it matters that something is missing.
    return end.status === "complete"
      ? { source, end }
      : { source, end: { ...end, detail: "only a part of the content could be unpacked" } };
  }
}
