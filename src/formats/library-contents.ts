/**
 * Contents that only the library can unpack. It goes through an archive once, from its start, since later members
 * may build on earlier ones; what comes out is kept, one after another, until the last member is closed.
 */

import { crc32 } from "node:zlib";

import type { Governor } from "../bytes/governor.ts";
import type { Range } from "../bytes/ledger.ts";
import { sliceSource } from "../bytes/slice-source.ts";
import { spool } from "../bytes/spool.ts";
import type { Spooled } from "../bytes/spool.ts";
import type { LibraryArchive, LibraryProblem } from "../codecs/libarchive/open-archive.ts";
import type { DecodeEnd, RandomSource } from "../kernel/source.ts";
import { closingSource } from "./closing-source.ts";
import type { OpenedChild } from "./format.ts";

/** Keeps libarchive from finding the end of a zip file at the end of another archive. */
const PADDING = 64 * 1024;

/** What the archive's own list says of a content; what comes out has to fit, or it is another archive's. */
export interface ExpectedContent {
  readonly size: number | undefined;
  readonly crc: number | undefined;
}

interface Piece {
  readonly start: number;
  end: number;
  crc: number;
  problem: LibraryProblem | undefined;
}

interface Unpacked extends Spooled {
  /** By place among the members. */
  readonly pieces: readonly (Piece | undefined)[];
}

export class LibraryContents {
  readonly #source: RandomSource;
  readonly #range: Range;
  /** Of the members, in the order of the archive; nothing for those that are not unpacked here. */
  readonly #wanted: readonly (ExpectedContent | undefined)[];
  readonly #last: number;
  #unpacked: Unpacked | undefined;

  constructor(
    source: RandomSource,
    range: Range,
    wanted: readonly (ExpectedContent | undefined)[],
  ) {
    this.#source = source;
    this.#range = range;
    this.#wanted = wanted;
    this.#last = wanted.findLastIndex((expected) => expected !== undefined);
  }

  /** Content of the member at a place. */
  async open(index: number, name: string, governor: Governor): Promise<OpenedChild> {
    this.#unpacked ??= await this.#unpack(governor);
    const { source, end, pieces } = this.#unpacked;
    const piece = pieces[index];
    const content = sliceSource(source, piece?.start ?? 0, piece?.end ?? 0, name);
    const isLast = this.#last === index;
    const close = () => {
      if (isLast || governor.aborted) {
        this.#unpacked?.source.close?.();
        this.#unpacked = undefined;
      }
    };
    const isWhole =
      piece !== undefined && piece.end <= source.size && !(isLast && end.status !== "complete");
    return { source: closingSource(content, close), end: isWhole ? endOf(piece) : end };
  }

  async #unpack(governor: Governor): Promise<Unpacked> {
    const pieces: Piece[] = [];
    const size = this.#range.end - this.#range.start + PADDING;
    if (!governor.take("memory", size)) {
      return await nothing("limit", "the archive is larger than the limit on memory allows");
    }
    try {
      const { isProblem, openArchive } = await import("../codecs/libarchive/open-archive.ts");
      const options = { padding: PADDING, memory: governor.left("memory") };
      const archive = await openArchive(this.#source, this.#range, options);
      if (isProblem(archive)) {
        return await nothing(archive.kind, archive.detail);
      }
      const stream = unpackAll(archive, isProblem, this.#wanted, pieces);
      return { ...(await spool(stream, this.#source.name, governor)), pieces };
    } finally {
      governor.release("memory", size);
    }
  }
}

function endOf({ problem }: Piece): DecodeEnd {
  return problem === undefined
    ? { status: "complete", consumed: 0 }
    : { status: problem.kind, consumed: 0, detail: problem.detail };
}

async function nothing(status: LibraryProblem["kind"], detail: string): Promise<Unpacked> {
  const { MemorySource } = await import("../bytes/memory-source.ts");
  const source = new MemorySource(new Uint8Array(), "nothing");
  return { source, end: { status, consumed: 0, detail }, pieces: [] };
}

/** All contents; `pieces` says which part of them is whose. */
function* unpackAll(
  archive: LibraryArchive,
  isProblem: (step: object | true | undefined) => step is LibraryProblem,
  wanted: readonly (ExpectedContent | undefined)[],
  pieces: Piece[],
): Generator<Uint8Array, DecodeEnd, void> {
  let at = 0;
  for (const [index, expected] of wanted.entries()) {
    const step = archive.next();
    if (step !== true) {
      return notThere(step);
    }
    const piece: Piece = { start: at, end: at, crc: 0, problem: undefined };
    pieces[index] = piece;
    for (
      let data = expected === undefined ? undefined : archive.read();
      data !== undefined;
      data = archive.read()
    ) {
      if (isProblem(data)) {
        piece.problem = data;
        break;
      }
      at += data.length;
      piece.end = at;
      piece.crc = crc32(data, piece.crc);
      yield data;
    }
    piece.problem ??= misfit(piece, expected);
  }
  return archive.next() === true
    ? { status: "damaged", consumed: 0, detail: "another reader finds more members in it" }
    : { status: "complete", consumed: 0 };
}

function misfit(piece: Piece, expected: ExpectedContent | undefined): LibraryProblem | undefined {
  const size = piece.end - piece.start;
  if (expected?.size !== undefined && size !== expected.size) {
    const detail = `${size} bytes come out, the archive lists ${expected.size}`;
    return { kind: "damaged", detail };
  }
  return expected?.crc === undefined || piece.crc === expected.crc
    ? undefined
    : { kind: "damaged", detail: "the checksum of what comes out is not the listed one" };
}

function notThere(step: LibraryProblem | undefined): DecodeEnd {
  return step === undefined
    ? { status: "damaged", consumed: 0, detail: "another reader finds fewer members in it" }
    : { status: step.kind, consumed: 0, detail: step.detail };
}
