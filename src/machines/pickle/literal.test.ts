import { describe, expect, it } from "vitest";

import { countingSource } from "../../../test/builders/counting-source.ts";
import { ByteWindow } from "../../bytes/window.ts";
import { OP } from "../../codecs/pickle/opcodes.ts";
import { LiteralReader } from "./literal.ts";

const LENGTH = 50;

/** Texts that say where they are, one behind the other. */
function texts(count: number): Buffer {
  return Buffer.concat(
    Array.from({ length: count }, (_, index) => [
      Buffer.from([OP.SHORT_BINUNICODE, LENGTH]),
      Buffer.from(textAt(index)),
    ]).flat(),
  );
}

function textAt(index: number): string {
  return `text ${index}`.padEnd(LENGTH, ".");
}

const STEP = LENGTH + 2;

describe("literals that the window has left", () => {
  const COUNT = 20_000;
  const source = countingSource(texts(COUNT));
  const window = new ByteWindow(source, 8192);
  window.moveTo(500_000);
  const literals = new LiteralReader(window);

  it("are what stands there, across the blocks in which they are read", () => {
    for (let index = 0; index < COUNT; index += 1) {
      expect(literals.text(index * STEP)).toBe(textAt(index));
    }
    expect(window.base).toBe(500_000);
  });

  it("are read once where many calls share them", () => {
    literals.text(STEP);
    const before = source.reads;
    for (let time = 0; time < 1000; time += 1) {
      expect([literals.type(STEP), literals.text(STEP)]).toEqual(["str", textAt(1)]);
    }
    expect(source.reads).toBe(before);
  });

  it("end where the source ends", () => {
    const cut = countingSource(texts(400).subarray(0, -20));
    const far = new LiteralReader(new ByteWindow(cut, 64));
    expect(far.text(399 * STEP)).toBe(textAt(399).slice(0, -20));
    expect(far.text(10_000_000)).toBeUndefined();
  });

  it("may be longer than a block", () => {
    const long = "long ".repeat(2000);
    const head = Buffer.from([OP.BINUNICODE, 0, 0, 0, 0]);
    head.writeUInt32LE(long.length, 1);
    const whole = countingSource(Buffer.concat([texts(100), head, Buffer.from(long), texts(1)]));
    expect(new LiteralReader(new ByteWindow(whole, 64)).text(100 * STEP)).toBe(long);
  });
});
