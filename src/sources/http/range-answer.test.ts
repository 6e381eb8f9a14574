import { describe, expect, it } from "vitest";

import type { HttpAnswer } from "./http-client.ts";
import { checkRangeAnswer, contentRange, rangeHeader, strongTag } from "./range-answer.ts";

function answer(status: number, headers: Record<string, string> = {}): HttpAnswer {
  return {
    status,
    headers,
    hops: [],
    url: new URL("https://hub.example/file"),
    body: (async function* () {})(),
    cancel: () => undefined,
  };
}

describe("contentRange", () => {
  it.each([
    ["bytes 0-0/1", { start: 0, end: 1, total: 1 }],
    ["bytes 5-9/100", { start: 5, end: 10, total: 100 }],
    ["bytes 5-4/100", undefined],
    ["bytes 0-100/100", undefined],
    ["bytes 0-9/*", undefined],
    ["bytes */100", undefined],
    ["bytes 0-9/-1", undefined],
    ["items 0-9/100", undefined],
    ["bytes 0-9/100, bytes 0-9/100", undefined],
    [`bytes 0-${"9".repeat(30)}/${"9".repeat(31)}`, undefined],
    [undefined, undefined],
  ])("of %s is %j", (value, expected) => {
    expect(contentRange(value)).toEqual(expected);
  });
});

describe("checkRangeAnswer", () => {
  const place = { start: 10, end: 20, size: 100 };

  it.each<[string, HttpAnswer, { start: number; end: number; size: number }]>([
    ["the part", answer(206, { "content-range": "bytes 10-19/100" }), place],
    ["the beginning of it", answer(206, { "content-range": "bytes 10-14/100" }), place],
    ["the whole, where it begins at 0", answer(200), { start: 0, end: 5, size: 100 }],
    [
      "the whole with its length",
      answer(200, { "content-length": "100" }),
      { start: 0, end: 5, size: 100 },
    ],
  ])("takes %s", (_, given, asked) => {
    expect(() => checkRangeAnswer(given, asked)).not.toThrow();
  });

  it.each<[string, HttpAnswer, string]>([
    ["another start", answer(206, { "content-range": "bytes 11-19/100" }), "sends 11-19/100"],
    ["more than asked", answer(206, { "content-range": "bytes 10-20/100" }), "sends 10-20/100"],
    ["another total", answer(206, { "content-range": "bytes 10-19/99" }), "sends 10-19/99"],
    ["an open total", answer(206, { "content-range": "bytes 10-19/*" }), "which is no range"],
    ["no range", answer(206), "answers with status 206 when asked for a part"],
    ["the whole for a part", answer(200), "does not serve parts of files"],
    ["nothing", answer(204), "answers with status 204"],
  ])("refuses %s", (_, given, sentence) => {
    expect(() => checkRangeAnswer(given, place)).toThrow(
      expect.objectContaining({
        code: "SOURCE_CHANGED",
        message: expect.stringContaining(sentence) as string,
      }),
    );
  });

  it("refuses a whole of another length", () => {
    const whole = answer(200, { "content-length": "101" });
    expect(() => checkRangeAnswer(whole, { start: 0, end: 5, size: 100 })).toThrow(
      /sends "101" bytes of a file that should have 100$/,
    );
  });
});

it("asks with an inclusive end", () => {
  expect(rangeHeader(0, 1)).toBe("bytes=0-0");
});

it("takes the text of strong tags alone", () => {
  expect(['"abc"', 'W/"abc"', "abc", '""', undefined].map(strongTag)).toEqual([
    "abc",
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
