import { describe, expect, it } from "vitest";

import { MemorySource } from "../../../bytes/memory-source.ts";
import type { RandomSource } from "../../../kernel/source.ts";
import { global, pickle, tuple } from "../../../../test/builders/pickle.ts";
import type { PickleBuilder, PickleValue } from "../../../../test/builders/pickle.ts";
import { storage, torchZip } from "../../../../test/builders/pytorch.ts";
import { askTorch, hasTorch } from "../../../../test/builders/torch-oracle.ts";
import { simulateRestricted } from "./simulate-restricted.ts";
import type { RestrictedEnvironment } from "./simulate-restricted.ts";

const SIZES: Readonly<Record<string, number>> = { "0": 16 };

const ENVIRONMENT: RestrictedEnvironment = {
  legacy: false,
  storages: true,
  storageSize: (key) => SIZES[key] ?? "there is no such storage",
};

const ACCEPTED = "accepted";

type Row = readonly [title: string, write: (builder: PickleBuilder) => void, reason: string];

function idOf(...parts: PickleValue[]): (builder: PickleBuilder) => void {
  return (builder) => void builder.value(tuple(...parts)).op("BINPERSID");
}

const FLOAT_TYPE = global("torch", "FloatStorage");

const ROWS: readonly Row[] = [
  ["None", (b) => b.value(null), ACCEPTED],
  ["numbers", (b) => b.value([true, false, 0, 256, 70000, -1, 0.5, 2n ** 70n, -(2n ** 70n)]), ACCEPTED],
  ["text", (b) => b.value(["", "é", "\u{1f600}", "x".repeat(2000), "é".repeat(2000)]), ACCEPTED],
  ["a lone surrogate", (b) => b.op("BINUNICODE", Buffer.from("eda080", "hex")), ACCEPTED],
  ["text that is not UTF-8", (b) => b.op("BINUNICODE", Buffer.from("ff", "hex")), "not UTF-8"],
  ["long text that is not UTF-8", (b) => b.op("BINUNICODE", Buffer.alloc(2000, 0xff)), "not UTF-8"],
  ["a Python 2 string", (b) => b.op("SHORT_BINSTRING", Buffer.from("abc")), ACCEPTED],
  ["a Python 2 string that is not UTF-8", (b) => b.op("SHORT_BINSTRING", Buffer.from("ff", "hex")), "not UTF-8"],
  ["a Python 2 string with a surrogate", (b) => b.op("SHORT_BINSTRING", Buffer.from("eda080", "hex")), "not UTF-8"],
  ["tuples", (b) => b.value(tuple(tuple(), tuple(1), tuple(1, 2), tuple(1, 2, 3), tuple(1, 2, 3, 4))), ACCEPTED],
  ["an empty set", (b) => b.op("EMPTY_SET"), ACCEPTED],
  ["a dict", (b) => b.value(new Map([["a", 1]])), ACCEPTED],
  ["SETITEM", (b) => b.op("EMPTY_DICT").values(1, 2).op("SETITEM"), ACCEPTED],
  ["SETITEM of a list", (b) => b.op("EMPTY_LIST").values(1, 2).op("SETITEM"), "cannot take items"],
  ["an unhashable key", (b) => b.op("EMPTY_DICT").values([], 2).op("SETITEM"), "cannot be a key"],
  ["a key that holds a list", (b) => b.op("EMPTY_DICT").values(tuple([]), 2).op("SETITEM"), "cannot be a key"],
  ["a key without a value", (b) => b.ops("EMPTY_DICT", "MARK").values(1).op("SETITEMS"), "without a value"],
  ["APPEND", (b) => b.op("EMPTY_LIST").value(1).op("APPEND"), ACCEPTED],
  ["APPEND to a tuple", (b) => b.value(tuple()).value(1).op("APPEND"), "cannot be appended to"],
  ["APPENDS to a set", (b) => b.ops("EMPTY_SET", "MARK", "APPENDS"), "cannot be appended to"],
  ["the memo", (b) => b.value([1]).put(7).get(7).put(300).get(300), ACCEPTED],
  ["a memo that is not there", (b) => b.get(3), "reads memo 3"],
  ["a memo of nothing", (b) => b.put(3), "empty stack"],
  ["TUPLE2 of one value", (b) => b.value(1).op("TUPLE2"), "empty stack"],
  ["TUPLE without a mark", (b) => b.value(1).op("TUPLE"), "mark that is not there"],
  ["TUPLE1 above a mark", (b) => b.value(1).ops("MARK", "TUPLE1"), "empty stack"],
  ["STOP of nothing", () => undefined, "empty stack"],
  ["values that are left over", (b) => b.values(1, 2).op("MARK").value(3), ACCEPTED],
  ["protocol 7 in its first byte", (b) => b.op("PROTO", 7).value(1), ACCEPTED],
  ["FRAME", (b) => b.op("PROTO", 4).op("FRAME", 0), "protocol 4 FRAME opcode is not supported"],
  ["SHORT_BINBYTES", (b) => b.op("PROTO", 3).value(Buffer.from("a")), "protocol 3 SHORT_BINBYTES opcode"],
  ["PUT", (b) => b.value([]).op("PUT", "0"), "PUT opcode is not supported"],
  ["POP", (b) => b.values(1, 2).op("POP"), "POP opcode is not supported"],
  ["a byte that is no opcode", (b) => b.raw([0xff]), "0xff is not an opcode"],
  ["a name that is not UTF-8", (b) => b.op("GLOBAL", Buffer.from("ff", "hex"), "x"), "not UTF-8"],
  ["a dotted name", (b) => b.op("GLOBAL", "torch.nn", "parameter.Parameter"), ACCEPTED],
  ["a storage", (b) => b.value(storage({ key: "0", elements: 4 })), ACCEPTED],
  ["a storage that is not there", (b) => b.value(storage({ key: "9", elements: 4 })), "no such storage"],
  ["a storage that is too short", (b) => b.value(storage({ key: "0", elements: 5 })), "has 16 bytes and the pickle says 20"],
  ["a storage that is too long", (b) => b.value(storage({ key: "0", elements: 3 })), "has 16 bytes and the pickle says 12"],
  ["a storage that is named again", (b) => b.value([storage({ key: "0", elements: 4 }), storage({ key: "0", elements: 99 })]), ACCEPTED],
  ["a storage of another type", (b) => b.value([storage({ key: "0", elements: 4 }), storage({ key: "0", elements: 4, type: "LongStorage" })]), "the pickle says 32"],
  ["an untyped storage", idOf("storage", global("torch.storage", "UntypedStorage"), "0", "cpu", 16), ACCEPTED],
  ["a storage of a dtype", idOf("storage", global("torch", "float32"), "0", "cpu", 4), "type of a storage"],
  ["a storage on the meta device", idOf("storage", FLOAT_TYPE, "0", "meta", 4), ACCEPTED],
  ["a storage nowhere", idOf("storage", FLOAT_TYPE, "0", "moon", 4), "cannot restore"],
  ["a storage with a view", idOf("storage", FLOAT_TYPE, "0", "cpu", 4, null), "has 6 parts"],
  ["a storage of text many elements", idOf("storage", FLOAT_TYPE, "0", "cpu", "4"), "has to be an integer"],
  ["a reference to a module", idOf("module", 1, 2, 3), "does not name a storage"],
  ["a reference that is text", (b) => b.value("storage").op("BINPERSID"), "is a str"],
  ["a reference that is a number", (b) => b.value(1).op("BINPERSID"), "does not name a storage"],
]; // prettier-ignore

function objectOf(write: Row[1]): Buffer {
  const builder = pickle().proto(2);
  write(builder);
  return builder.done();
}

function judge(bytes: Uint8Array, environment = ENVIRONMENT): string {
  const result = simulateRestricted(new MemorySource(bytes, "data.pkl"), 0, environment);
  return result.status === "rejected" ? result.reason : result.status;
}

describe("simulateRestricted", () => {
  it.each(ROWS)("%s", (_, write, reason) => {
    expect(judge(objectOf(write))).toContain(reason);
  });

  it.skipIf(!hasTorch)("agrees with torch", { timeout: 120_000 }, () => {
    const storages = [{ key: "0", elements: 4 }];
    const files = ROWS.map(([, write]) => torchZip({ object: objectOf(write), storages }));
    const answers = askTorch(files);
    expect(ROWS.map(([title], index) => [title, answers[index] === ACCEPTED])).toEqual(
      ROWS.map(([title, , reason]) => [title, reason === ACCEPTED]),
    );
  });

  it("says where a stream ends, and what it used", () => {
    const bytes = Buffer.concat([
      Buffer.from("...."),
      objectOf((b) => b.value(storage({ key: "0", elements: 4 }))),
      Buffer.from("more"),
    ]);
    const result = simulateRestricted(new MemorySource(bytes, "data.pkl"), 4, ENVIRONMENT);
    expect(result.status).toBe(ACCEPTED);
    expect(result.end).toBe(bytes.length - 4);
    expect(
      result.status === ACCEPTED && [...result.storages.values()].map(({ key }) => key),
    ).toEqual(["0"]);
  });

  it("says where it cannot go on", () => {
    const bytes = objectOf((b) => b.value(1).op("POP"));
    const result = simulateRestricted(new MemorySource(bytes, "data.pkl"), 0, ENVIRONMENT);
    expect([result.status, result.end]).toEqual(["rejected", 4]);
  });

  it("stops where it is told", () => {
    const bytes = objectOf((b) => b.values(1, 2, 3));
    const result = simulateRestricted(new MemorySource(bytes, "data.pkl"), 0, {
      ...ENVIRONMENT,
      maxInstructions: 2,
    });
    expect(result).toEqual({ status: "undecided", end: 4 });
  });

  it("reads through a window what is not in memory", () => {
    const names = Array.from({ length: 9000 }, (_, index) => `layer.${index}.é`);
    const memory = new MemorySource(
      objectOf((b) => b.value([...names, global("os", "system")])),
      "a",
    );
    const source: RandomSource = {
      name: "a",
      size: memory.size,
      access: "random",
      ref: memory.ref,
      readIntoSync: (buffer, position) => memory.readIntoSync(buffer, position),
      readInto: (buffer, position) => memory.readInto(buffer, position),
    };
    const result = simulateRestricted(source, 0, ENVIRONMENT);
    expect(result).toEqual(simulateRestricted(memory, 0, ENVIRONMENT));
    expect(result.status === "rejected" && result.reason).toContain("os.system");
  });

  it("rejects cut streams at every length", () => {
    const bytes = objectOf((b) => b.value([storage({ key: "0", elements: 4 }), "text", 1.5]));
    expect(judge(bytes)).toBe(ACCEPTED);
    for (let cut = 0; cut < bytes.length; cut += 1) {
      expect(judge(bytes.subarray(0, cut))).not.toBe(ACCEPTED);
    }
  });

  it("gives up where a stream piles up values", () => {
    const bounded = { ...ENVIRONMENT, maxValues: 1000 };
    const pile = "more values than the simulation follows";
    expect(judge(Buffer.alloc(2000, "("), bounded)).toContain(pile);
    expect(judge(Buffer.alloc(2000, "N"), bounded)).toContain(pile);
    expect(judge(Buffer.concat([Buffer.from("N"), Buffer.alloc(2000, 0x85)]), bounded)).toContain(
      pile,
    );
    const pairs = new Map(Array.from({ length: 256 }, (_, index) => [index, null]));
    const builder = pickle().global("collections", "OrderedDict").put(0).value(tuple(pairs)).put(1);
    const copies = pickle().get(0).get(1).op("REDUCE").bytes().toString("latin1").repeat(50);
    expect(judge(builder.raw(copies).done(), bounded)).toContain(pile);
    // What is dropped again does not count.
    const list = pickle()
      .op("EMPTY_LIST")
      .raw(pickle().value(1).op("APPEND").bytes().toString("latin1").repeat(5000));
    expect(judge(list.done(), bounded)).toBe(ACCEPTED);
  });
});
