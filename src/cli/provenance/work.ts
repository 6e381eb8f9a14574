/** What runs over a whole model have in common: interruption, a progress line, and how files are hashed. */

import type { HashFiles } from "../../provenance/oms/hash-files.ts";
import { now } from "../clock.ts";
import type { Arguments } from "../command.ts";
import { isDumbTerminal } from "../config/environment.ts";
import { AppError } from "../../kernel/errors.ts";
import { escapeText } from "../../kernel/text.ts";
import { listenForInterruption } from "../scan/interruption.ts";
import { NO_PROGRESS } from "../scan/progress.ts";
import type { Terminal } from "../terminal.ts";

const INTERRUPTED = 130;

export interface Work {
  readonly signal: AbortSignal;
  readonly onProgress: (bytes: number) => void;
  readonly hash: HashFiles;
}

/** Runs some work over files, and gives its exit code. */
export async function withWork(
  given: Arguments,
  terminal: Terminal,
  run: (work: Work) => Promise<number>,
): Promise<number> {
  const interruption = listenForInterruption(terminal.gone);
  const shows = terminal.err.isTty && !isDumbTerminal() && !given.has("no-progress");
  const progress = shows
    ? (await import("../scan/progress-line.ts")).progressLine(terminal.err, now)
    : NO_PROGRESS;
  let done = 0;
  try {
    const { hashFiles } = await import("./hash-files.ts");
    return await run({
      signal: interruption.signal,
      onProgress: (bytes) => {
        done += bytes;
        progress.advance("", done);
      },
      hash: async (jobs, options) => {
        try {
          return await hashFiles(jobs, options);
        } finally {
          progress.clear();
        }
      },
    });
  } catch (error) {
    if (error instanceof AppError && error.code === "ABORTED") {
      return interruption.exitCode ?? INTERRUPTED;
    }
    throw error;
  } finally {
    progress.clear();
    interruption.dispose();
  }
}

/** A note about what failed beside the work, which is none the worse for it. */
export function sayProblem(problem: string | undefined, terminal: Terminal): void {
  if (problem !== undefined) {
    terminal.err.write(`note: ${escapeText(problem)}\n`);
  }
}
