/**
 * Standard output and standard error. A reader that goes away (`| head`) is no error: `gone` is
 * aborted, what is running stops, and nothing more is said.
 */

export interface Terminal {
  readonly out: Channel;
  readonly err: Channel;
  /** Aborted when nobody reads standard output any more. */
  readonly gone: AbortSignal;
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
      () => gone.abort(),
    ),
    err: channel(
      () => process.stderr,
      () => undefined,
    ),
  };
}

function channel(open: () => NodeJS.WriteStream, onGone: () => void): Channel {
  let stream: NodeJS.WriteStream | undefined;
  let failed = false;
  function get(): NodeJS.WriteStream {
    if (stream === undefined) {
      stream = open();
      stream.on("error", (error: NodeJS.ErrnoException) => {
        failed = true;
        onGone();
        // A full disk behind `> file` has to be said; a reader that left has not.
        if (error.code !== "EPIPE" && stream === process.stdout) {
          process.stderr.write(`weighbridge: cannot write the output: ${error.message}\n`);
        }
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
