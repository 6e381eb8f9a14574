/**
 * Expected operational failures. Facts about an artifact are findings and never errors; bugs are
 * plain exceptions. The command line maps each code to an exit code and a sentence.
 */

const ERROR_CODES = [
  "USAGE",
  "CONFIG_INVALID",
  "SOURCE_NOT_FOUND",
  "SOURCE_FORBIDDEN",
  "SOURCE_UNREADABLE",
  "SOURCE_LOOP",
  // What came is not what the place said before.
  "SOURCE_CHANGED",
  // A source that may be read by few requests was asked for more.
  "SOURCE_LIMIT",
  "NOTHING_TO_SCAN",
  // A log, a checkpoint or a proof is not what it has to be.
  "LOG_INVALID",
  // Two checkpoints of one log that cannot both be true.
  "LOG_FORKED",
  "OUTPUT_FAILED",
  "SCRATCH_FULL",
  "ABORTED",
  "INTERNAL",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export function isErrorCode(value: unknown): value is ErrorCode {
  return ERROR_CODES.some((code) => code === value);
}

/** An operational failure with a sentence for the user and, where one helps, what to do next. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.hint = options.hint;
  }
}

/** The sentence of any thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Throws for a state that only a bug in this program can lead to. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) {
    throw new Error(`internal error: ${message}`);
  }
}
