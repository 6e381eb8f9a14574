/**
 * A source that one thread lends to another. Parsers read synchronously, and some sources can only be
 * read by waiting, such as a file on a hub; so the thread that parses asks the one that waits, and sleeps
 * until its part of the file lies in memory that both share.
 */

import { AppError, errorMessage, isErrorCode } from "../kernel/errors.ts";
import type { ByteSource, RandomSource, SourceRef } from "../kernel/source.ts";

/** Bytes that go over at once: the window of the hot loops. */
const SHARED = 1024 * 1024;
/** Slots of `Loan.control`. */
const STATE = 0;
const COUNT = 1;
/** Values of the slot STATE. */
const ASKED = 1;
const ANSWERED = 2;
const FAILED = 3;

/** Memory that borrower and lender share; one loan at a time. */
export interface Loan {
  readonly control: SharedArrayBuffer;
  readonly data: SharedArrayBuffer;
}

export interface LoanRequest {
  readonly position: number;
  readonly length: number;
  /** The borrower will not come back to these bytes. */
  readonly passing: boolean;
}

export function makeLoan(): Loan {
  return { control: new SharedArrayBuffer(8), data: new SharedArrayBuffer(SHARED) };
}

/** The borrower's end. Blocks its thread while it reads: never for the thread that also lends. */
export class LentSource implements RandomSource {
  readonly access = "random";
  readonly name: string;
  readonly size: number;
  readonly ref: SourceRef;
  readonly #loan: Loan;
  readonly #ask: (request: LoanRequest) => void;
  readonly #isPassing: boolean;

  /** @param ask hands a request to the lender, who answers through the loan's memory. */
  constructor(
    { name, size }: { readonly name: string; readonly size: number },
    loan: Loan,
    ask: (request: LoanRequest) => void,
    isPassing = false,
  ) {
    this.name = name;
    this.size = size;
    this.ref = { kind: "lent", name, size };
    this.#loan = loan;
    this.#ask = ask;
    this.#isPassing = isPassing;
  }

  get passing(): RandomSource {
    return this.#isPassing ? this : new LentSource(this, this.#loan, this.#ask, true);
  }

  /** Throws the `AppError` that the lender met. */
  readIntoSync(buffer: Uint8Array, position: number): number {
    const wanted = Math.max(0, Math.min(buffer.length, this.size - position));
    let done = 0;
    while (done < wanted) {
      const count = this.#read(
        buffer.subarray(done, Math.min(wanted, done + SHARED)),
        position + done,
      );
      if (count === 0) {
        break;
      }
      done += count;
    }
    return done;
  }

  readInto(buffer: Uint8Array, position: number): Promise<number> {
    return Promise.resolve(this.readIntoSync(buffer, position));
  }

  #read(buffer: Uint8Array, position: number): number {
    const control = new Int32Array(this.#loan.control);
    Atomics.store(control, STATE, ASKED);
    this.#ask({ position, length: buffer.length, passing: this.#isPassing });
    while (Atomics.load(control, STATE) === ASKED) {
      Atomics.wait(control, STATE, ASKED);
    }
    const count = Atomics.load(control, COUNT);
    const data = new Uint8Array(this.#loan.data, 0, count);
    if (Atomics.load(control, STATE) === FAILED) {
      throw failureOf(data);
    }
    buffer.set(data);
    return count;
  }
}

/** The lender's end: answers one request. Never rejects; what goes wrong is thrown where it was asked for. */
export async function lend(source: ByteSource, loan: Loan, request: LoanRequest): Promise<void> {
  const control = new Int32Array(loan.control);
  const from = request.passing ? (source.passing ?? source) : source;
  let state = ANSWERED;
  let count: number;
  try {
    const buffer = new Uint8Array(loan.data, 0, Math.min(request.length, SHARED));
    count = await from.readInto(buffer, request.position);
  } catch (error) {
    state = FAILED;
    const code = error instanceof AppError ? error.code : "SOURCE_UNREADABLE";
    const hint = error instanceof AppError ? error.hint : undefined;
    const text = Buffer.from(JSON.stringify({ code, message: errorMessage(error), hint }));
    count = text.copy(new Uint8Array(loan.data));
  }
  Atomics.store(control, COUNT, count);
  Atomics.store(control, STATE, state);
  Atomics.notify(control, STATE);
}

function failureOf(data: Uint8Array): AppError {
  const told = JSON.parse(Buffer.from(data).toString()) as Readonly<Record<string, unknown>>;
  const { code, message, hint } = told;
  return new AppError(
    isErrorCode(code) ? code : "SOURCE_UNREADABLE",
    String(message),
    typeof hint === "string" ? { hint } : {},
  );
}
