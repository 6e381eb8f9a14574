/** A terminal that remembers what was written to it. */

import type { Terminal } from "../../src/cli/terminal.ts";

export interface RecordingTerminal extends Terminal {
  /** Everything on standard output so far. */
  readonly stdout: string;
  readonly stderr: string;
}

/** Not a TTY, 80 columns wide, unless something else is said. */
export function recordingTerminal(isTty = false, columns = 80): RecordingTerminal {
  const written = { out: "", err: "" };
  return {
    gone: new AbortController().signal,
    settled: () => Promise.resolve(),
    out: { isTty, columns, write: (text) => void (written.out += text) },
    err: { isTty, columns, write: (text) => void (written.err += text) },
    get stdout() {
      return written.out;
    },
    get stderr() {
      return written.err;
    },
  };
}
