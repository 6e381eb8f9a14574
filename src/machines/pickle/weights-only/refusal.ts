/**
 * How the simulation leaves the stream that it follows: where torch raises an exception, it refuses.
 * The exception never leaves `simulateRestricted` and the layouts.
 */

/** What torch would raise, as one sentence without a period. */
export class Refusal extends Error {}

export function refuse(reason: string): never {
  throw new Refusal(reason);
}
