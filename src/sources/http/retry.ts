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
  return [408, 429, 500, 502, 503, 504].includes(status);
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
  // `Date.parse` takes much that is no date, such as -1.
  const date = after?.endsWith(" GMT") === true ? Date.parse(after) : Number.NaN;
  if (!Number.isNaN(date)) {
    return Math.max(0, date - now());
  }
  const limits = (headers["ratelimit"] ?? "").split(",").flatMap(resetOf);
  return limits.length === 0 ? undefined : Math.max(...limits) * 1000;
}

/** Seconds until a used up limit (`"api";r=0;t=12`) is renewed. */
function resetOf(limit: string): number[] {
  const parameters = limit.split(";").map((parameter) => parameter.trim());
  const reset = parameters.find((parameter) => /^t=\d{1,9}$/.test(parameter));
  return parameters.includes("r=0") && reset !== undefined ? [Number(reset.slice(2))] : [];
}

/** Waits. Throws `AppError` ABORTED as soon as the signal says so. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw new AppError("ABORTED", "interrupted", { cause: error });
  }
}
