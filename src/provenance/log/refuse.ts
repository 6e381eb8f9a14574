/** How everything here that meets something wrong says so: an expected failure with a sentence. */

import { AppError } from "../../kernel/errors.ts";

/** What was read is not what it has to be. */
export function invalid(message: string, hint?: string): AppError {
  return new AppError("LOG_INVALID", message, hint === undefined ? {} : { hint });
}

/** What was read contradicts what the same log said before. */
export function forked(message: string, hint: string): AppError {
  return new AppError("LOG_FORKED", message, { hint });
}
