/**
 * Ctrl-C and its relatives. The first signal asks the scan to stop, so that what is known so far can
 * still be told; the second one ends the process at once.
 */

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

export interface Interruption {
  /** Aborted by a signal, or when the reader of the output is gone. */
  readonly signal: AbortSignal;
  /** Exit code of the signal that came, if one did. */
  readonly exitCode: number | undefined;
  /** Restores what signals did before. */
  dispose(): void;
}

/** Listens for signals until it is disposed of. */
export function listenForInterruption(readerGone: AbortSignal): Interruption {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const handlers = Object.entries(SIGNALS).map(([name, code]) => {
    function handler(): void {
      if (exitCode !== undefined) {
        process.exit(code);
      }
      exitCode = code;
      controller.abort();
    }
    process.on(name, handler);
    return { name, handler };
  });
  function onGone(): void {
    controller.abort();
  }
  readerGone.addEventListener("abort", onGone);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    dispose() {
      for (const { name, handler } of handlers) {
        process.off(name, handler);
      }
      readerGone.removeEventListener("abort", onGone);
    },
  };
}
