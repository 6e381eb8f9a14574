import { describe, expect, it } from "vitest";

import { askedDelay, isTransient, pause, retryDelay } from "./retry.ts";

const NOON = Date.UTC(2026, 0, 1, 12);
const now = () => NOON;

describe("retryDelay", () => {
  it("grows, has a limit, and is anything up to that", () => {
    const delays = [0, 1, 2, 3, 4, 5, 60].map((attempt) => retryDelay(attempt, {}, () => 1));
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
    expect(retryDelay(3, {}, () => 0)).toBe(0);
    expect(retryDelay(3, {}, () => 0.25)).toBe(1000);
  });

  it("is what the server wants, unless that is more than anybody would wait for", () => {
    expect(retryDelay(0, { "retry-after": "7" })).toBe(7000);
    expect(retryDelay(0, { "retry-after": "60" })).toBe(60_000);
    expect(retryDelay(0, { "retry-after": "61" })).toBe(-1);
    expect(retryDelay(0, { "retry-after": "999999999" })).toBe(-1);
  });
});

describe("askedDelay", () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ["seconds", { "retry-after": " 3 " }, 3000],
    ["a date", { "retry-after": "Thu, 01 Jan 2026 12:00:05 GMT" }, 5000],
    ["a date that is over", { "retry-after": "Thu, 01 Jan 2026 11:00:00 GMT" }, 0],
    ["what is neither", { "retry-after": "soon" }, undefined],
    ["a negative number, which some take for a year", { "retry-after": "-1" }, undefined],
    ["a fraction", { "retry-after": "1.5" }, undefined],
    ["digits without an end", { "retry-after": "9".repeat(400) }, undefined],
    ["a used up limit", { ratelimit: '"api";r=0;t=12' }, 12_000],
    ["its parameters the other way round", { ratelimit: '"api"; t=12; r=0' }, 12_000],
    ["several limits, one of them used up", { ratelimit: '"a";r=5;t=90, "b";r=0;t=4' }, 4000],
    ["a limit with something left", { ratelimit: '"api";r=1;t=12' }, undefined],
    ["a limit that says no time", { ratelimit: '"api";r=0' }, undefined],
    ["nothing", {}, undefined],
  ])("reads %s", (_, headers, expected) => {
    expect(askedDelay(headers, now)).toBe(expected);
  });
});

describe("isTransient", () => {
  it("holds for what may pass, and not for what will not", () => {
    expect([408, 429, 500, 502, 503, 504].every(isTransient)).toBe(true);
    expect([200, 206, 304, 400, 401, 403, 404, 410, 416, 501, 505].some(isTransient)).toBe(false);
  });
});

describe("pause", () => {
  it("ends at once when the user gives up", async () => {
    const controller = new AbortController();
    const waiting = pause(3_600_000, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
  });
});
