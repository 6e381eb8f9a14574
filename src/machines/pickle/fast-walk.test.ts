import { describe, expect, it } from "vitest";

import { pickle } from "../../../test/builders/pickle.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { OP } from "../../codecs/pickle/opcodes.ts";
import { fastWalk } from "./fast-walk.ts";
import type { PlainStream } from "./plain-stream.ts";

type Part = number | readonly number[];

function walk(...parts: readonly Part[]): PlainStream | undefined {
  return fastWalk(new MemorySource(Buffer.from(parts.flat()), "stream"), 0);
}

/** LONG_BINGET or LONG_BINPUT of a slot. */
function long(code: number, slot: number): number[] {
  return [code, slot & 0xff, (slot >> 8) & 0xff, (slot >> 16) & 0xff, slot >>> 24];
}

describe("what the walk takes for plain data", () => {
  it("counts opcodes, values and where the stream ends", () => {
    const stream = pickle()
      .proto(4)
      .value([1, 2.5, "text", null, [300, 70_000]])
      .done();
    expect(fastWalk(new MemorySource(Buffer.concat([stream, stream]), "two"), 0)).toMatchObject({
      end: stream.length,
      protocol: 4,
      maxDepth: 8,
    });
    expect(walk(OP.NONE, OP.BININT1, 1, OP.TUPLE2, OP.STOP)?.opcodes).toBe(4);
  });

  it("a memo of more than one page, each slot of which is read", () => {
    const texts = Array.from({ length: 70_000 }, () => [OP.SHORT_BINUNICODE, 1, 0x61, OP.MEMOIZE]);
    const gets = Array.from({ length: 70_000 }, (_, slot) => long(OP.LONG_BINGET, slot));
    const parts = [OP.MARK, ...texts, ...gets, OP.TUPLE, OP.STOP];
    expect(walk(...parts)?.maxDepth).toBe(140_000);
    expect(walk(...parts.slice(0, -2), long(OP.LONG_BINGET, 70_000), OP.TUPLE, OP.STOP)).toBe(
      undefined,
    );
  });

  it("slots in any order; MEMOIZE then uses the number of slots", () => {
    const put = [OP.NONE, OP.BINPUT, 5, OP.NONE, ...long(OP.LONG_BINPUT, 60_000)];
    const memoize = [OP.EMPTY_LIST, OP.MEMOIZE];
    const used = [...put, ...memoize, OP.POP, OP.BINGET, 2, OP.NONE, OP.APPEND, OP.TUPLE3];
    expect(walk(used, OP.STOP)).toBeDefined();
    expect(walk(put, memoize, OP.POP, OP.BINGET, 3, OP.TUPLE3, OP.STOP)).toBeUndefined();
    expect(walk(put, long(OP.LONG_BINGET, 60_000), OP.TUPLE3, OP.STOP)).toBeDefined();
    // Values after it leave what is set alone.
    expect(walk(put, OP.TUPLE2, OP.BINGET, 5, OP.TUPLE2, OP.STOP)).toBeDefined();
  });

  it("a deep stack", () => {
    const deep = Array.from({ length: 5000 }, () => OP.EMPTY_DICT);
    expect(walk(OP.MARK, deep, OP.TUPLE, OP.STOP)?.maxDepth).toBe(5000);
  });

  it("texts that cross the end of what is in memory", () => {
    const text = [OP.SHORT_BINUNICODE, 9, ...Buffer.from("nine char"), OP.POP];
    const many = Buffer.concat([
      ...Array.from({ length: 200_000 }, () => Buffer.from(text)),
      Buffer.from([OP.NONE, OP.STOP]),
    ]);
    const stream = fastWalk(new MemorySource(many, "stream"), 0);
    expect([stream?.end, stream?.opcodes]).toEqual([many.length, 400_002]);
  });
});

describe("what it leaves to the machine", () => {
  it.each<[string, readonly number[]]>([
    ["a tuple of values below the mark", [OP.NONE, OP.MARK, OP.NONE, OP.TUPLE2, OP.TUPLE, OP.STOP]],
    ["a tuple of more than there is", [OP.NONE, OP.TUPLE2, OP.STOP]],
    ["MEMOIZE of nothing", [OP.MEMOIZE, OP.NONE, OP.STOP]],
    ["MEMOIZE of what lies below the mark", [OP.NONE, OP.MARK, OP.MEMOIZE, OP.TUPLE, OP.STOP]],
    ["a slot that is set twice", [OP.NONE, OP.BINPUT, 0, OP.BINPUT, 0, OP.STOP]],
    ["a slot that a value stands before", [OP.NONE, OP.BINGET, 0, OP.TUPLE2, OP.STOP]],
    ["a text that is cut off", [OP.SHORT_BINUNICODE, 9, 0x61]],
    ["a number that is cut off", [OP.BININT, 1, 2]],
    ["no STOP", [OP.NONE]],
    ["two values at STOP", [OP.NONE, OP.NONE, OP.STOP]],
    ["elements for what is not a list", [OP.EMPTY_DICT, OP.NONE, OP.APPEND, OP.STOP]],
    ["a call", [OP.NONE, OP.EMPTY_TUPLE, OP.REDUCE, OP.STOP]],
  ])("%s", (_, stream) => {
    expect(walk(stream)).toBeUndefined();
  });
});
