/**
 * A remote file that is read by ranges: few requests, each for a little where a reader lands and for more
 * while it reads on, and at last one that stays open as long as it is read from. What came is kept, so
 * that no byte is fetched twice; a connection that breaks is taken up again where it broke.
 */

import { AppError } from "../../kernel/errors.ts";
import type { ByteSource, SourceRef } from "../../kernel/source.ts";
import { Segments } from "./segments.ts";

/** What a first request at a place asks for. */
const FIRST = 64 * 1024;
/** Past this a request stays open to the end of the file. */
const LARGEST = 8 * 1024 * 1024;
/** A jump forward of up to this much is read over. */
const NEAR = 256 * 1024;
/** Times in a row that a connection may break without a byte. */
const BREAKS = 5;

/** The answer to a request for `[start, end)`. */
export interface RangeAnswer {
  readonly body: AsyncIterable<Uint8Array>;
  cancel(): void;
}

/** Asks for `[start, end)` of one file. Throws `AppError`. */
export type AskRange = (start: number, end: number) => Promise<RangeAnswer>;

export interface RangeSourceOptions {
  readonly name: string;
  readonly size: number;
  readonly ask: AskRange;
  /** Requests at most, those not counted that take up a broken one. */
  readonly requests: number;
  /** Bytes that the first request at a place asks for; 64 KiB unless given. */
  readonly first?: number;
}

/** The request that is being read from. */
interface OpenRange {
  readonly body: AsyncIterator<Uint8Array>;
  readonly cancel: () => void;
  readonly end: number;
  /** Where its next byte lies. */
  position: number;
}

export class RangeSource implements ByteSource {
  readonly access = "random";
  readonly name: string;
  readonly size: number;
  readonly ref: SourceRef;
  readonly passing: ByteSource;
  readonly #ask: AskRange;
  readonly #segments: Segments;
  #requestsLeft: number;
  readonly #first: number;
  #amount: number;
  #open: OpenRange | undefined;
  /** A piece that came and is not kept; `[position, position + bytes.length)`. */
  #loose: { readonly position: number; readonly bytes: Uint8Array } | undefined;
  #lock: Promise<unknown> = Promise.resolve();

  constructor({ name, size, ask, requests, first = FIRST }: RangeSourceOptions) {
    this.name = name;
    this.size = size;
    this.ref = { kind: "lent", name, size };
    this.#ask = ask;
    this.#segments = new Segments(name);
    this.#requestsLeft = requests;
    this.#first = first;
    this.#amount = first;
    this.passing = {
      access: "random",
      name,
      size,
      ref: this.ref,
      readInto: (buffer, position) => this.#queued(() => this.#read(buffer, position, false)),
    };
  }

  /** Throws `AppError`: SOURCE_LIMIT where too many requests would be needed, and what the requests throw. */
  readInto(buffer: Uint8Array, position: number): Promise<number> {
    return this.#queued(() => this.#read(buffer, position, true));
  }

  /** Keeps bytes that were fetched by other means. */
  prime(start: number, bytes: Uint8Array): void {
    this.#segments.add(start, bytes);
  }

  /** The ranges that were read and kept. */
  ranges(): (readonly [start: number, end: number])[] {
    return this.#segments.ranges();
  }

  close(): void {
    this.#drop();
    this.#segments.close();
  }

  /** One read after the other: there is one open request. */
  #queued(read: () => Promise<number>): Promise<number> {
    const result = this.#lock.then(read);
    this.#lock = result.catch(() => undefined);
    return result;
  }

  async #read(buffer: Uint8Array, position: number, keep: boolean): Promise<number> {
    const wanted = Math.max(0, Math.min(buffer.length, this.size - position));
    let done = 0;
    let breaks = 0;
    while (done < wanted) {
      const rest = buffer.subarray(done, wanted);
      const count = this.#copy(rest, position + done);
      if (count > 0) {
        done += count;
        breaks = 0;
        continue;
      }
      breaks += (await this.#fetch(position + done, wanted - done, keep)) ? 0 : 1;
      if (breaks > BREAKS) {
        throw new AppError(
          "SOURCE_UNREADABLE",
          `${this.name}: the connection breaks off again and again`,
        );
      }
    }
    return done;
  }

  #copy(buffer: Uint8Array, position: number): number {
    const kept = this.#segments.copy(buffer, position);
    const loose = this.#loose;
    if (kept > 0 || loose === undefined) {
      return kept;
    }
    const from = position - loose.position;
    if (from < 0 || from >= loose.bytes.length) {
      return 0;
    }
    const piece = loose.bytes.subarray(from, from + buffer.length);
    buffer.set(piece);
    return piece.length;
  }

  /** Gets a piece at `position`; false where the connection broke before a byte came. */
  async #fetch(position: number, wanted: number, keep: boolean): Promise<boolean> {
    const range = await this.#rangeAt(position, wanted);
    for (;;) {
      const piece = await this.#piece(range);
      if (piece === undefined) {
        return false;
      }
      const start = range.position;
      range.position += piece.length;
      if (keep) {
        this.#segments.add(start, piece);
      } else {
        this.#loose = { position: start, bytes: piece };
      }
      if (range.position >= range.end) {
        this.#drop();
      }
      if (start + piece.length > position) {
        return true;
      }
    }
  }

  /** The next bytes of a range; nothing where it broke, which the next read takes up. */
  async #piece(range: OpenRange): Promise<Uint8Array | undefined> {
    try {
      const step = await range.body.next();
      if (step.done !== true) {
        return step.value.subarray(0, range.end - range.position);
      }
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "SOURCE_UNREADABLE") {
        this.#drop();
        throw error;
      }
    }
    // The same place once more, without being counted.
    this.#drop();
    this.#requestsLeft += 1;
    return undefined;
  }

  async #rangeAt(position: number, wanted: number): Promise<OpenRange> {
    const open = this.#open;
    if (open !== undefined && position >= open.position && position - open.position <= NEAR) {
      return open;
    }
    this.#drop();
    if (this.#requestsLeft <= 0) {
      throw new AppError(
        "SOURCE_LIMIT",
        `${this.name}: its parts lie too far apart to be fetched one by one`,
        {
          hint: "scan it with --full, which reads all of it",
        },
      );
    }
    this.#requestsLeft -= 1;
    this.#amount = this.#readsOn(position) ? this.#amount * 4 : this.#first;
    const staysOpen =
      this.#amount > LARGEST || (this.#requestsLeft === 0 && this.#amount > this.#first);
    const far = staysOpen ? this.size : position;
    const end = Math.min(this.size, Math.max(far, position + Math.max(wanted, this.#amount)));
    const stop = Math.min(end, this.#segments.next(position) ?? end);
    const answer = await this.#ask(position, stop);
    const range: OpenRange = {
      body: answer.body[Symbol.asyncIterator](),
      cancel: () => answer.cancel(),
      end: stop,
      position,
    };
    this.#open = range;
    return range;
  }

  /** Whether what lies before `position` was fetched: the reader goes on where it was. */
  #readsOn(position: number): boolean {
    const before = new Uint8Array(1);
    return position > 0 && this.#copy(before, position - 1) === 1;
  }

  #drop(): void {
    this.#open?.cancel();
    this.#open = undefined;
  }
}
