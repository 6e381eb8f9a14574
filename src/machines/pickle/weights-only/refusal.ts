/**
 * How the simulation leaves the stream that it follows: where torch raises an exception, it refuses.
 * The exception never leaves `simulateRestricted` and the layouts.
 */

/** What torch would raise, as one sentence without a period. */
export class Refusal extends Error {}

/** Throws a `Refusal`, without its stack: most plain pickles are refused, and nobody reads where. */
export function refuse(reason: string): never {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const refusal = new Refusal(reason);
  Error.stackTraceLimit = stackTraceLimit;
  throw refusal;
}
