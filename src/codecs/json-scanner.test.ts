import { describe, expect, it } from "vitest";

import { mutate } from "../../test/fuzz/mutate.ts";
import { Random } from "../../test/fuzz/random.ts";
import { DEEPEST, JsonScanner } from "./json-scanner.ts";

function takes(text: string | Uint8Array): boolean {
  const json = new JsonScanner(Buffer.from(text));
  return json.skip(0) && json.peek() === -1;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const SAMPLE =
  ' {"a\\u00e4\\n":[1,-0.5e+3,true,{"":null,"ü":"\\ud83d\\ude00"}],"b":[[],{}, 0 ],"c":"x"} ';

describe("JsonScanner", () => {
  it("takes what JSON.parse takes, and refuses what it refuses", () => {
    const random = new Random(8);
    let taken = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const text = mutate(random, Buffer.from(SAMPLE)).toString("utf8");
      // Half of a surrogate pair is where the two differ on purpose.
      if (!/\\ud[89a-f]/i.test(text.replaceAll("\\ud83d\\ude00", ""))) {
        expect(takes(text), text).toBe(parses(text));
        taken += takes(text) ? 1 : 0;
      }
    }
    expect(taken).toBeGreaterThan(500);
  });

  it.each(['"\\ud800"', '"\\udc00"', '"\\ud800\\u0041"', '"\\ud83d\\ud83d"', "1e999", "-1e999"])(
    "refuses %s, which JSON.parse takes",
    (text) => {
      expect(parses(text)).toBe(true);
      expect(takes(text)).toBe(false);
    },
  );

  it("bounds depth without recursion", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect(takes(nested(DEEPEST))).toBe(true);
    const json = new JsonScanner(Buffer.from(nested(1_000_000)));
    expect(json.skip(0)).toBe(false);
    expect(json.failure).toMatchObject({ at: DEEPEST, isDepth: true });
  });

  it("says where the text stops making sense, and whether it only ends", () => {
    const failure = (text: string) => {
      const json = new JsonScanner(Buffer.from(text));
      json.skip(0);
      return json.failure;
    };
    expect(failure('{"a":1,}')).toMatchObject({ at: 7, isEnd: false });
    expect(failure('{"a":[1,2')).toMatchObject({ at: 9, isEnd: true });
    expect(failure('"a\u0001"')).toMatchObject({ at: 2, isEnd: false });
  });

  it("gives the text of strings", () => {
    for (const text of ["plain", "größe 😀", 'a "quoted" \\ \u0007 word', ""]) {
      const json = new JsonScanner(Buffer.from(JSON.stringify(text)));
      expect(json.string()).toBe(true);
      expect(json.value()).toBe(text);
    }
  });
});
