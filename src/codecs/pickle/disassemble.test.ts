import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

import { MemorySource } from "../../bytes/memory-source.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { disassemble } from "./disassemble.ts";
import type { DisassembleEnd, Instruction } from "./disassemble.ts";
import { OP, OPCODES } from "./opcodes.ts";

function run(
  source: RandomSource,
  start = 0,
  end?: number,
): { list: Instruction[]; end: DisassembleEnd } {
  const list: Instruction[] = [];
  const stream = disassemble(source, start, end);
  for (;;) {
    const next = stream.next();
    if (next.done === true) {
      return { list, end: next.value };
    }
    list.push(next.value);
  }
}

function memory(...parts: (string | number[] | Uint8Array)[]): MemorySource {
  const bytes = parts.map((part) =>
    typeof part === "string" ? Buffer.from(part, "latin1") : Buffer.from(part),
  );
  return new MemorySource(Buffer.concat(bytes), "sample.pkl");
}

/** Hides that the bytes are in memory, so that windows are used. */
function windowed(source: MemorySource): RandomSource {
  return {
    name: source.name,
    size: source.size,
    access: "random",
    ref: source.ref,
    readIntoSync: (buffer, position) => source.readIntoSync(buffer, position),
    readInto: (buffer, position) => source.readInto(buffer, position),
  };
}

/** One instruction of every opcode, with its operand. */
function everyOpcode(): MemorySource {
  const operands: Record<string, string | number[]> = {
    none: [],
    u1: [7],
    u2: [1, 2],
    i4: [0xff, 0xff, 0xff, 0xff],
    u4: [0xff, 0xff, 0xff, 0xff],
    u8: [0, 0, 0, 0, 1, 0, 0, 0],
    f8: [0x3f, 0xf8, 0, 0, 0, 0, 0, 0],
    line: "12\n",
    lines2: "module\nname\n",
    counted1: [2, 65, 66],
    counted4: [3, 0, 0, 0, 65, 66, 67],
    countedI4: [1, 0, 0, 0, 65],
    counted8: [2, 0, 0, 0, 0, 0, 0, 0, 65, 66],
  };
  const parts: (string | number[])[] = [];
  for (const opcode of OPCODES) {
    if (opcode !== undefined && opcode.code !== OP.STOP) {
      parts.push([opcode.code], operands[opcode.operand] ?? []);
    }
  }
  return memory(...parts, ".");
}

const python = spawnSync("python3", ["-c", "print(1)"]).status === 0;

describe("disassemble", () => {
  it("gives operands by kind, large ones as ranges", () => {
    const source = memory([0x80, 2], "cos\nsystem\n", "X", [3, 0, 0, 0], "abc", "I12\n", ".rest");
    const { list, end } = run(source);
    expect(list.map((item) => [item.offset, item.end, item.operand])).toEqual([
      [0, 2, { kind: "number", value: 2 }],
      [2, 13, { kind: "ranges", start: 3, end: 5, start2: 6, end2: 12 }],
      [13, 21, { kind: "range", start: 18, end: 21 }],
      [21, 25, { kind: "range", start: 22, end: 24 }],
      [25, 26, { kind: "none" }],
    ]);
    expect(end).toEqual({ status: "complete", position: 26 });
  });

  it("reads every opcode, through windows as from memory", () => {
    const source = everyOpcode();
    const { list, end } = run(source);
    expect(end).toEqual({ status: "complete", position: source.size });
    expect(new Set(list.map((item) => item.code)).size).toBe(68);
    expect(run(windowed(source))).toEqual({ list, end });
  });

  it("starts and ends where it is told", () => {
    const source = memory("....K", [1], ".");
    expect(run(source, 4).end).toEqual({ status: "complete", position: 7 });
    expect(run(source, 4, 6).end).toEqual({
      status: "truncated",
      position: 6,
      detail: "the stream has no STOP",
    });
    expect(run(source, 100).end.status).toBe("truncated");
  });

  it("stays in step where operands cross the edge of a window", () => {
    const MiB = 1024 * 1024;
    for (let shift = 0; shift < 14; shift += 1) {
      const line = `I${"1".repeat(MiB - 14 + shift)}\n`;
      const source = memory(
        line, [0x95, 1, 2, 3, 4, 5, 6, 0, 0], "cmodule\nname\n", "B", [4, 0, 0, 0], "....", "."); // prettier-ignore
      const fromMemory = run(source);
      expect(fromMemory.end.status).toBe("complete");
      expect(run(windowed(source))).toEqual(fromMemory);
    }
  });

  it("skips an operand larger than a window without reading it", () => {
    const length = 3 * 1024 * 1024;
    const source = memory("T", [0, 0, 0x30, 0], new Uint8Array(length), ".");
    let read = 0;
    const counting: RandomSource = {
      ...windowed(source),
      readIntoSync(buffer, position) {
        const count = source.readIntoSync(buffer, position);
        read += count;
        return count;
      },
    };
    const { list, end } = run(counting);
    expect(list[0]?.operand).toEqual({ kind: "range", start: 5, end: 5 + length });
    expect(end.status).toBe("complete");
    expect(read).toBeLessThan(length);
  });

  it("says where a byte is no opcode", () => {
    expect(run(memory("N", [0xff])).end).toEqual({
      status: "damaged",
      position: 1,
      detail: "0xff is not an opcode",
    });
  });

  it("says where a count is negative", () => {
    const { end } = run(memory("T", [0xff, 0xff, 0xff, 0xff], "."));
    expect(end).toEqual({
      status: "damaged",
      position: 0,
      detail: "BINSTRING counts -1 bytes",
    });
  });

  it("does not believe counts beyond the end", () => {
    const { end } = run(memory([0x8e, 255, 255, 255, 255, 255, 255, 255, 127], "x"));
    expect(end.status).toBe("truncated");
    expect(end.position).toBe(0);
  });

  it("is truncated at every cut", () => {
    const whole = everyOpcode().bytes;
    for (let cut = 0; cut < whole.length; cut += 1) {
      const source = new MemorySource(whole.subarray(0, cut), "cut");
      const { list, end } = run(source);
      expect(end.status).toBe("truncated");
      expect(run(windowed(source))).toEqual({ list, end });
    }
  });

  it("yields a line without line feed as CPython's Python reader sees it", () => {
    const source = memory("cos\nsystemX");
    const { list, end } = run(source);
    expect(list).toEqual([
      {
        offset: 0,
        end: 11,
        code: OP.GLOBAL,
        operand: { kind: "ranges", start: 1, end: 3, start2: 4, end2: 10 },
        unterminated: true,
      },
    ]);
    expect(end.status).toBe("truncated");
    expect(run(memory("cosX")).list[0]?.operand).toEqual({
      kind: "ranges",
      start: 1,
      end: 3,
      start2: 4,
      end2: 4,
    });
    expect(run(memory("I")).list[0]?.operand).toEqual({ kind: "range", start: 1, end: 1 });
  });

  it.skipIf(!python)("agrees with pickletools on what Python writes", () => {
    const program = `
import json, pickle, pickletools
value = [1, -1, 2**70, 1.5, "text", "\\u20ac" * 300, b"bytes" * 100, bytearray(b"x"), {1: (2, 3, 4, 5)}, None,
         True, {1, 2}, frozenset("a"), complex(1, 2), range(3), "x" * 70000, -2**2100]
out = []
for protocol in range(6):
    data = pickle.dumps(value, protocol)
    out.append([data.hex(), [[position, ord(op.code)] for op, _, position in pickletools.genops(data)]])
print(json.dumps(out))`;
    const output = spawnSync("python3", ["-c", program], { encoding: "utf8" }).stdout;
    for (const [hex, expected] of JSON.parse(output) as [string, [number, number][]][]) {
      const { list, end } = run(memory(Buffer.from(hex, "hex")));
      expect(list.map((item) => [item.offset, item.code])).toEqual(expected);
      expect(end).toEqual({ status: "complete", position: hex.length / 2 });
    }
  });
});
