/**
 * A file whose address sends on to another one, which is good for a while, as hubs do with what object stores
 * keep: the second address is asked by itself until it refuses.
 */

import type { HttpAnswer } from "./http-client.ts";

/** How such an address says that its time is over. */
const OVER: ReadonlySet<number> = new Set([400, 401, 403, 404, 410]);

export interface SignedLink {
  /** Asks one of the addresses for `[start, end)`. */
  readonly send: (url: URL, start: number, end: number) => Promise<HttpAnswer>;
  /** The address that stays. */
  readonly home: URL;
  /** Where it led when it was asked last. */
  readonly led?: URL;
  /** Throws where the answer of the address that stays is not to be believed. */
  readonly check?: (answer: HttpAnswer) => void;
}

/** Gives what asks for ranges. */
export function signedLink({ send, home, led, check }: SignedLink) {
  let signed = led === undefined || led.origin === home.origin ? undefined : led;
  return async (start: number, end: number): Promise<HttpAnswer> => {
    if (signed !== undefined) {
      const answer = await send(signed, start, end);
      if (!OVER.has(answer.status)) {
        return answer;
      }
      answer.cancel();
      signed = undefined;
    }
    const answer = await send(home, start, end);
    try {
      check?.(answer);
    } catch (error) {
      answer.cancel();
      throw error;
    }
    signed = answer.url.origin === home.origin ? undefined : answer.url;
    return answer;
  };
}
