/**
 * Times as certificates and timestamps have them (RFC 5280, section 4.1.2.5; RFC 3161, section 2.4.2): UTC, with
 * seconds, ending in Z. A GeneralizedTime before 2050 is accepted, though RFC 5280 wants a UTCTime there.
 */

import { DerProblem } from "../../codecs/der/der-problem.ts";
import type { DerReader } from "../../codecs/der/der-reader.ts";
import { TAG } from "../../codecs/der/tags.ts";

const UTC_TIME = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/;
const WITH_FRACTION = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d*[1-9]))?Z$/;

/** Milliseconds since 1970. `fraction` allows parts of a second, cut to milliseconds. */
export function readTime(reader: DerReader, { fraction = false } = {}): number {
  const element = reader.next();
  const text = Buffer.from(reader.content(element)).toString("latin1");
  const isUtc = element.tag === TAG.utcTime && !fraction;
  if (!isUtc && element.tag !== TAG.generalizedTime) {
    throw new DerProblem("a time is expected", element.start);
  }
  const generalized = fraction ? WITH_FRACTION : GENERALIZED_TIME;
  const match = (isUtc ? UTC_TIME : generalized).exec(text);
  const time = match === null ? undefined : moment(match, isUtc);
  if (time === undefined) {
    throw new DerProblem(
      "a time is not one of the calendar, in UTC and with seconds",
      element.start,
    );
  }
  return time;
}

function moment(match: RegExpExecArray, isUtc: boolean): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number);
  const century = year >= 50 ? 1900 : 2000;
  const date = new Date(0);
  date.setUTCFullYear(isUtc ? century + year : year, month - 1, day);
  date.setUTCHours(hour, minute, second, Number((match[7] ?? "").slice(0, 3).padEnd(3, "0")));
  const isReal =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  return isReal ? date.getTime() : undefined;
}

/** `2026-11-20 09:00:00 UTC`, for people. */
export function timeText(time: number): string {
  return new Date(time)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, " UTC");
}
