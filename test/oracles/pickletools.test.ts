/** The disassembler against CPython's `pickletools`: as far as that one reads, both read the same. */

import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

import { MemorySource } from "../../src/bytes/memory-source.ts";
import { disassemble } from "../../src/codecs/pickle/disassemble.ts";
import type { Instruction } from "../../src/codecs/pickle/disassemble.ts";
import { decodeLiteral } from "../../src/codecs/pickle/literals.ts";
import { OPCODES } from "../../src/codecs/pickle/opcodes.ts";
import { generateStreams } from "../fuzz/generate.ts";
import { hasPython, ordinaryPickles } from "../fuzz/oracle.ts";

const STREAMS = 4000;

const PROGRAM = `
import io, json, pickletools, struct, sys
data = sys.stdin.buffer
def show(arg):
    if isinstance(arg, bool): return ["bool", str(arg)]
    if isinstance(arg, int): return ["int", hex(arg)]
    if isinstance(arg, str): return ["str", arg]
    return None
while head := data.read(4):
    stream = data.read(struct.unpack("<I", head)[0])
    rows = []
    try:
        for opcode, arg, position in pickletools.genops(stream):
            rows.append([position, opcode.name, show(arg)])
    except Exception:
        pass
    print(json.dumps(rows))
`;

type Row = [position: number, name: string, argument: [type: string, text: string] | null];

function askPickletools(streams: readonly Buffer[]): Row[][] {
  const input = Buffer.concat(
    streams.flatMap((stream) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(stream.length);
      return [length, stream];
    }),
  );
  // Escapes and odd literals are warned of.
  const { stdout } = spawnSync("python3", ["-I", "-W", "ignore", "-c", PROGRAM], {
    input,
    maxBuffer: 2 ** 29,
  });
  return stdout
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row[]);
}

/** What the instruction's operand says, in the words of the program above; nothing where there is nothing to compare. */
function argumentOf({ code, operand }: Instruction, stream: Buffer): [string, string] | undefined {
  if (operand.kind === "number") {
    return OPCODES[code]?.operand === "f8"
      ? undefined
      : ["int", `${operand.value < 0 ? "-" : ""}0x${Math.abs(operand.value).toString(16)}`];
  }
  if (operand.kind !== "range") {
    return undefined;
  }
  const literal = decodeLiteral(stream.subarray(operand.start, operand.end), code);
  switch (literal.kind) {
    case "int": {
      const { value } = literal;
      return value === undefined
        ? undefined
        : ["int", `${value < 0n ? "-" : ""}0x${(value < 0n ? -value : value).toString(16)}`];
    }
    case "str":
      return ["str", literal.value];
    default:
      return undefined;
  }
}

describe.skipIf(!hasPython())("disassemble, against pickletools", () => {
  it("reads what pickletools reads", () => {
    const generated = generateStreams(7, ordinaryPickles());
    const streams = Array.from({ length: STREAMS }, () => generated.next().value);
    const answers = askPickletools(streams);
    expect(answers).toHaveLength(STREAMS);
    let compared = 0;
    for (const [index, stream] of streams.entries()) {
      const own = [...disassemble(new MemorySource(stream, "stream"), 0)];
      const theirs = answers[index]!;
      expect(own.length, stream.toString("hex")).toBeGreaterThanOrEqual(theirs.length);
      for (const [at, [position, name, argument]] of theirs.entries()) {
        const instruction = own[at]!;
        expect(
          [instruction.offset, OPCODES[instruction.code]?.name],
          stream.toString("hex"),
        ).toEqual([position, name]);
        const said = argumentOf(instruction, stream);
        // Past 2^53 numbers of eight bytes are not exact, and are no lengths either.
        if (
          argument !== null &&
          said !== undefined &&
          argument[0] === said[0] &&
          argument[1].length < 15 &&
          // A leading zero is octal for CPython's C reader, whose value is taken, and decimal for pickletools.
          !(name === "INT" && stream[instruction.offset + 1] === 0x30)
        ) {
          expect(said[1], `${name} in ${stream.toString("hex")}`).toBe(argument[1]);
          compared += 1;
        }
      }
    }
    expect(compared).toBeGreaterThan(STREAMS);
  });
});
