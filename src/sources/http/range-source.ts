/**
 * A remote file that is read by ranges: few requests, each for a little where a reader lands and for more
 * while it reads on, and at last one that stays open as long as it is read from. What came is kept, so
 * that no byte is fetched twice; a connection that breaks is taken up again where it broke.
 */

import { AppError } from "../../kernel/errors.ts";
import type { ByteSource, SourceRef } from "../../kernel/source.ts";
import { Segments } from "./segments.ts";
import { Spans } from "./spans.ts";
import type { Span } from "./spans.ts";

/** What a first request at a place asks for. */
const FIRST = 64 * 1024;
/** Past this a request stays open to the end of the file. */
const LARGEST = 8 * 1024 * 1024;
/** A jump forward of up to this much is read over. */
const NEAR = 256 * 1024;
/**
 * Pieces of what is kept end at multiples of this, counted from where a range starts: how the network cuts
 * the bytes must not decide which requests follow.
 */
const GRAIN = 64 * 1024;
/** Times in a row that a connection may break before that much came. */
const BREAKS = 5;

/** The answer to a request for `[start, end)`. */
export interface RangeAnswer {
  readonly body: AsyncIterable<Uint8Array>;
  /** Whether all of the file comes, as from servers that know no ranges. */
  readonly isWhole?: boolean;
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

/** What a request is for. */
interface RangePlace {
  /** Where it was first asked for. */
  readonly base: number;
  readonly end: number;
  /** Where its next byte lies. */
  readonly position: number;
  /** Whether nothing else can be asked for, so that any jump forward is read over. */
  readonly isWhole?: boolean;
}

/** The request that is being read from. */
interface OpenRange extends RangePlace {
  readonly body: AsyncIterator<Uint8Array>;
  readonly cancel: () => void;
  position: number;
  /** What came and was not taken yet. */
  rest: Uint8Array | undefined;
}

export class RangeSource implements ByteSource {
  readonly access = "random";
  readonly name: string;
  readonly size: number;
  readonly ref: SourceRef;
  readonly passing: ByteSource;
  readonly #ask: AskRange;
  readonly #segments: Segments;
  readonly #asked = new Spans();
  #requestsLeft: number;
  readonly #first: number;
  #amount: number;
  #open: OpenRange | undefined;
  #broken: RangePlace | undefined;
  #breaks = 0;
  /** Bytes that came since the last break. */
  #sinceBreak = 0;
  #closed = false;
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

  /** What readers asked for and got; more may have been fetched. */
  ranges(): readonly Span[] {
    return this.#asked.all();
  }

  close(): void {
    this.#closed = true;
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
    while (done < wanted) {
      const count = this.#copy(buffer.subarray(done, wanted), position + done);
      if (count === 0) {
        await this.#fetch(position + done, wanted - done, keep);
      }
      done += count;
    }
    this.#asked.add(position, position + done);
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

  /** Gets what lies at `position`, unless the connection breaks before it comes. */
  async #fetch(position: number, wanted: number, keep: boolean): Promise<void> {
    const range = await this.#rangeAt(position, wanted);
    const grains = Math.floor((position - range.base) / GRAIN) + 1;
    const target = keep ? Math.min(range.end, range.base + grains * GRAIN) : position + 1;
    while (range.position < target) {
      const piece = await this.#piece(range, keep ? target : range.end);
      if (piece === undefined) {
        return;
      }
      if (keep) {
        this.#segments.add(range.position, piece);
      } else {
        this.#loose = { position: range.position, bytes: piece };
      }
      range.position += piece.length;
      this.#sinceBreak += piece.length;
      if (this.#sinceBreak >= GRAIN || range.position >= range.end) {
        this.#breaks = 0;
      }
    }
    if (range.position >= range.end) {
      this.#open = undefined;
      finish(range);
    }
  }

  /** The next bytes of a range, up to `limit`; nothing where it broke, which the next read takes up. */
  async #piece(range: OpenRange, limit: number): Promise<Uint8Array | undefined> {
    const came = range.rest ?? (await this.#next(range));
    if (came === undefined) {
      return undefined;
    }
    const piece = came.subarray(0, limit - range.position);
    range.rest = piece.length < came.length ? came.subarray(piece.length) : undefined;
    return piece;
  }

  async #next(range: OpenRange): Promise<Uint8Array | undefined> {
    try {
      const step = await range.body.next();
      if (step.done !== true) {
        return step.value;
      }
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "SOURCE_UNREADABLE") {
        this.#drop();
        throw error;
      }
    }
    this.#drop();
    this.#breaks += 1;
    this.#sinceBreak = 0;
    if (this.#breaks > BREAKS) {
      throw new AppError(
        "SOURCE_UNREADABLE",
        `${this.name}: the connection breaks off again and again`,
      );
    }
    this.#broken = range;
    return undefined;
  }

  async #rangeAt(position: number, wanted: number): Promise<OpenRange> {
    if (this.#open !== undefined && isNear(this.#open, position)) {
      return this.#open;
    }
    this.#drop();
    if (this.#broken !== undefined && isNear(this.#broken, position)) {
      // The same range once more, from where it broke, without being counted.
      return await this.#request(this.#broken);
    }
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
    return await this.#request({ base: position, position, end: stop });
  }

  async #request({ base, position, end }: RangePlace): Promise<OpenRange> {
    const answer = await this.#ask(position, end);
    const isWhole = answer.isWhole === true;
    if (this.#closed) {
      answer.cancel();
      throw new AppError("SOURCE_UNREADABLE", `${this.name}: it was closed while it was read`);
    }
    const range: OpenRange = {
      body: answer.body[Symbol.asyncIterator](),
      cancel: () => answer.cancel(),
      base,
      end: isWhole ? this.size : end,
      position,
      isWhole,
      rest: undefined,
    };
    this.#open = range;
    this.#broken = undefined;
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

/** Whether a reader that goes on at `position` reads on in a range, over what lies between. */
function isNear({ position: at, end, isWhole }: RangePlace, position: number): boolean {
  return position >= at && position < end && (position - at <= NEAR || isWhole === true);
}

/** Lets a body end whose bytes are all there, so that its connection can be used again. */
function finish({ body, cancel }: OpenRange): void {
  void body.next().then(
    (step) => (step.done === true ? undefined : cancel()),
    () => undefined,
  );
}
