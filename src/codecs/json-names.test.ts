import { describe, expect, it } from "vitest";

import { Random } from "../../test/fuzz/random.ts";
import { JsonScanner } from "./json-scanner.ts";
import { JsonNames } from "./json-names.ts";

/** Adds names that stand in one text after another; `\u` escapes are taken as such. */
function addAll(names: readonly string[]): { indices: number[]; size: number } {
  const json = new JsonScanner(Buffer.from(names.map((name) => `"${name}"`).join(" ")));
  const table = new JsonNames(json);
  const indices = names.map(() => {
    expect(json.string()).toBe(true);
    const { start, end, plain, escaped } = json;
    return table.add({ start, end, plain }, escaped);
  });
  return { indices, size: table.size };
}

function withMap(names: readonly string[]): { indices: number[]; size: number } {
  const known = new Map<string, number>();
  const indices = names.map((name) => {
    const text = JSON.parse(`"${name}"`) as string;
    known.set(text, known.get(text) ?? known.size);
    return known.get(text)!;
  });
  return { indices, size: known.size };
}

function fnv(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash ^ (hash >>> 15);
}

describe("JsonNames", () => {
  it("knows names again, as a map does", () => {
    const random = new Random(3);
    const names = Array.from({ length: 5000 }, () => `layer.${random.int(3000)}.größe`);
    expect(addAll(names)).toEqual(withMap(names));
  });

  it("knows names again that are written with escapes", () => {
    const names = ["a", "b", "\\u0061", "\\u0063", "c", "b", "größe", "gr\\u00f6\\u00dfe"];
    expect(addAll(names)).toEqual(withMap(names));
  });

  it("knows names again whose hashes collide", () => {
    const colliding: string[] = [];
    for (let number = 0; colliding.length < 120; number += 1) {
      if ((fnv(`n${number}`) & 0xff) < 2) colliding.push(`n${number}`);
    }
    const names = [...colliding, ...colliding, "another"];
    expect(addAll(names)).toEqual(withMap(names));
  });
});
