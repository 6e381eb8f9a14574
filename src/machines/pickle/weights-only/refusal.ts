/**
 * How the simulation leaves the stream that it follows: where torch raises an exception, it refuses.
 * The exception never leaves `simulateRestricted` and the layouts.
 */

/** What torch would raise. No `Error`: most plain pickles are refused, and a stack costs more than the simulation. */
export class Refusal {
  /** One sentence without a period. */
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export function refuse(reason: string): never {
  // oxlint-disable-next-line typescript/only-throw-error -- caught where the simulation was started
  throw new Refusal(reason);
}
