/**
 * Standard output and standard error. A reader that goes away (`| head`) is no error: `gone` is
 * aborted, what is running stops, and nothing more is said. A disk that is full behind `> file` is one.
 */

import { AppError } from "../kernel/errors.ts";

export interface Terminal {
  readonly out: Channel;
  readonly err: Channel;
  /** Aborted when standard output cannot be written to; by an `AppError` where that has to be said. */
  readonly gone: AbortSignal;
  /** Resolves when it is known whether what was written so far has arrived. */
  settled(): Promise<void>;
}

export interface Channel {
  readonly isTty: boolean;
  /** Width in columns, for lines that must not wrap. */
  readonly columns: number;
  write(text: string): void;
}

/** The real ones. Nothing is loaded for a channel before it is used. */
export function processTerminal(): Terminal {
  const gone = new AbortController();
  return {
    gone: gone.signal,
    out: channel(
      () => process.stdout,
      (error) => gone.abort(error.code === "EPIPE" ? undefined : cannotWrite(error)),
    ),
    // Where nobody hears it there is nobody to tell.
    err: channel(
      () => process.stderr,
      () => undefined,
    ),
    settled: () =>
      new Promise((resolve) => {
        // Streams tell of a failed write a tick later.
        setImmediate(resolve);
      }),
  };
}

function cannotWrite(error: NodeJS.ErrnoException): AppError {
  const why = error.code === "ENOSPC" ? "the disk is full" : error.message;
  return new AppError("OUTPUT_FAILED", `cannot write to standard output: ${why}`, { cause: error });
}

function channel(
  open: () => NodeJS.WriteStream,
  onError: (error: NodeJS.ErrnoException) => void,
): Channel {
  let stream: NodeJS.WriteStream | undefined;
  let failed = false;
  function get(): NodeJS.WriteStream {
    if (stream === undefined) {
      stream = open();
      stream.on("error", (error: NodeJS.ErrnoException) => {
        failed = true;
        onError(error);
      });
    }
    return stream;
  }
  return {
    get isTty() {
      return get().isTTY;
    },
    get columns() {
      return get().columns ?? 80;
    },
    write(text) {
      if (!failed) {
        get().write(text);
      }
    },
  };
}
