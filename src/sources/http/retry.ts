/** When a request is sent again, and after how long: exponential with full jitter, unless the server says. */

import { setTimeout as sleep } from "node:timers/promises";

import { AppError } from "../../kernel/errors.ts";

/** Milliseconds. */
const FIRST = 500;
const LONGEST = 8000;
/** A server that wants more than this is told of instead of waited for. */
const PATIENCE = 60_000;

/** Whether a status may pass: too many requests, or something behind the server. */
export function isTransient(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status <= 504);
}

/**
 * Milliseconds to wait before the next attempt; negative where the server wants more patience than there is.
 *
 * @param attempt counts from 0.
 */
export function retryDelay(
  attempt: number,
  headers: Readonly<Record<string, string>> = {},
  random: () => number = Math.random,
): number {
  const asked = askedDelay(headers);
  if (asked !== undefined) {
    return asked > PATIENCE ? -1 : asked;
  }
  return Math.ceil(random() * Math.min(LONGEST, FIRST * 2 ** attempt));
}

/** `Retry-After` in seconds or as a date (RFC 9110 10.2.3), or the reset time of a used up `RateLimit`. */
export function askedDelay(
  headers: Readonly<Record<string, string>>,
  now: () => number = Date.now,
): number | undefined {
  const after = headers["retry-after"]?.trim();
  if (after !== undefined && /^\d{1,9}$/.test(after)) {
    return Number(after) * 1000;
  }
  const date = after === undefined ? Number.NaN : Date.parse(after);
  if (!Number.isNaN(date)) {
    return Math.max(0, date - now());
  }
  const limit = /(?:^|;)\s*r=0\s*;\s*t=(\d{1,9})/.exec(headers["ratelimit"] ?? "");
  return limit === null ? undefined : Number(limit[1]) * 1000;
}

/** Waits. Throws `AppError` ABORTED as soon as the signal says so. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw new AppError("ABORTED", "interrupted", { cause: error });
  }
}
