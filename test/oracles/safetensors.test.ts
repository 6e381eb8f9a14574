/** What Python's `safetensors` package, the reference reader, sees in files, where Python has it. */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";

import { readSafetensorsHeader } from "../../src/codecs/safetensors/read-header.ts";
import { DTYPE_BITS } from "../../src/codecs/safetensors/dtypes.ts";
import { dataStart, entry, rawSafetensors, safetensors } from "../builders/safetensors.ts";
import { mutate } from "../fuzz/mutate.ts";
import { Random } from "../fuzz/random.ts";
import { scanBytes } from "../scan-bytes.ts";

const PROGRAM = fileURLToPath(new URL("safetensors.py", import.meta.url));
const MUTATIONS = 6000;

type Row = [name: string, dtype: string, shape: string[], checksum: number];

function ask(files: readonly Uint8Array[]): (Row[] | null)[] {
  const frames = files.flatMap((file) => {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(file.length);
    return [head, file];
  });
  const { stdout, stderr, status } = spawnSync("python3", ["-I", PROGRAM], {
    input: Buffer.concat(frames),
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`the oracle fails: ${stderr.toString()}`);
  return stdout
    .toString()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row[] | null);
}

function seenByUs(file: Buffer): Row[] {
  const start = dataStart(file);
  const { tensors } = readSafetensorsHeader(file.subarray(8, start), { entries: 1000 });
  const rows = tensors.map(({ name, dtype, shape, begin, end }): Row => {
    const data = file.subarray(start + begin, start + end);
    return [name, dtype, shape.map(String), crc32(data)];
  });
  return rows.toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

const DATA = Buffer.from(Array.from({ length: 48 }, (_, index) => index));
const BASES: readonly string[] = [
  `{${entry("a", 0, 16, { dtype: "F32", shape: [2, 2] })},${entry("b", 16, 48, { dtype: "I64", shape: [4] })}}`,
  `{"__metadata__":{"format":"pt","k":"v"},${entry("x.y", 0, 48, { dtype: "BF16", shape: [24] })}}  `,
  `{${entry("f", 0, 24, { dtype: "F4", shape: [3, 16] })},${entry("größe", 24, 48, { dtype: "F6_E3M2", shape: [32] })},${entry("none", 48, 48, { dtype: "U8", shape: [0, 7] })}}`,
  `{ "s" : { "shape" : [ ] , "data_offsets" : [ 0 , 8 ] , "dtype" : "F64" } , ${entry("rest", 8, 48)} }`,
];
/** Pieces that headers are made of, and such as only some readers take. */
const PIECES = [
  "{", "}", "[", "]", ",", ":", '"', " ", "\n", "\t", "\u0000", "\\", "\\u0061", "\\ud800", "\\ud83d\\ude00",
  '"a"', '"b"', '"\\u0061"', '"dtype"', '"shape"', '"data_offsets"', '"__metadata__"', '"F32"', '"U8"', '"F5"',
  "null", "true", "false", "0", "1", "2", "-1", "-0", "1.0", "1e0", "01", "16", "48", "4294967296",
  "9007199254740993", "18446744073709551615", "18446744073709551616", "1e999", "NaN",
  "[0,48]", "[48]", "[]", "{}", '{"F32":null}', '"x":1,', '"x":[{"y":["z"]}],', '["U8",[48],[0,48]]',
  '"__metadata__":{},', '"__metadata__":null,', `${entry("a", 0, 48)},`, `${entry("a", 0, 16)},`,
  `${entry("z", 0, 0)},`, `"x":${"[".repeat(126)}${"]".repeat(126)},`, "\u00e4", "\u{1f600}", "\ufeff",
]; // prettier-ignore
const TOKEN = /"(?:[^"\\]|\\.)*"|\d+|[{}[\],:]|\s+/g;

/** A header with some of its tokens changed, or some of its bytes. */
function mutateHeader(random: Random, header: string): Uint8Array {
  if (random.chance(0.2)) {
    return mutate(random, Buffer.from(header));
  }
  const tokens: string[] = header.match(TOKEN) ?? [];
  if (random.chance(0.5)) {
    rewrite(random, tokens);
  }
  if (random.chance(0.3)) {
    return Buffer.from(tokens.join(""));
  }
  for (let count = random.between(1, 2); count > 0; count -= 1) {
    const at = random.int(tokens.length + 1);
    const piece = random.chance(0.2) ? random.pick(tokens) : random.pick(PIECES);
    tokens.splice(at, random.chance(0.6) ? 1 : 0, ...(random.chance(0.85) ? [piece] : []));
  }
  return Buffer.from(tokens.join(""));
}

/** Changes that most readers take: whitespace, other escapes, further members. */
function rewrite(random: Random, tokens: string[]): void {
  const at = random.int(tokens.length);
  const token = tokens[at] ?? "";
  if (token.startsWith('"') && token.length > 2 && random.chance(0.5)) {
    const code = (token.charCodeAt(1) + 0x10000).toString(16).slice(1);
    tokens[at] = `"\\u${code}${token.slice(2)}`;
  } else if (token === "{" && tokens[at + 1] !== "}") {
    const members = PIECES.filter((piece) => piece.startsWith('"') && piece.endsWith(","));
    tokens.splice(at + 1, 0, random.pick(members));
  } else {
    tokens.splice(at, 0, random.pick([" ", "\n", "\t", "\r "]));
  }
}

function mutated(random: Random): Buffer {
  const header = mutateHeader(random, random.pick(BASES));
  const length = random.chance(0.03) ? header.length + random.between(-8, 8) : header.length;
  const data = random.chance(0.1) ? DATA.subarray(0, random.int(49)) : DATA;
  return rawSafetensors(header, data, Math.max(0, length));
}

const hasSafetensors =
  spawnSync("python3", ["-I", "-c", "import safetensors; safetensors.deserialize"]).status === 0;

describe.skipIf(!hasSafetensors)("the safetensors package", () => {
  it("sees the tensors that we see, of every dtype", async () => {
    const files = [...DTYPE_BITS].map(([dtype, bits]) =>
      safetensors([{ name: dtype, dtype, shape: [2, 4], data: Buffer.alloc(bits, dtype) }], {
        dtype,
      }),
    );
    files.push(rawSafetensors("{}"), safetensors([], { format: "pt" }));
    for (const [index, seen] of ask(files).entries()) {
      expect(seenByUs(files[index]!)).toEqual(seen);
      expect((await scanBytes(files[index]!)).verdict).toBe("clean");
    }
  });

  it("loads nothing that we call incomplete, and refuses nothing that we call clean", async () => {
    const random = new Random(4);
    const files = [
      ...BASES.map((header) => rawSafetensors(header, DATA)),
      ...Array.from({ length: MUTATIONS }, () => mutated(random)),
    ];
    let loaded = 0;
    let clean = 0;
    for (const [index, seen] of ask(files).entries()) {
      const file = files[index]!;
      const { verdict, issues } = await scanBytes(file);
      const said = `${file.toString("latin1")}: ${JSON.stringify(issues)}`;
      clean += verdict === "clean" ? 1 : 0;
      if (seen === null) {
        expect(verdict, said).not.toBe("clean");
      } else {
        loaded += 1;
        expect(verdict, said).not.toBe("incomplete");
        // Doubles do not hold every dimension that a tensor without elements may have.
        if (seen.every(([, , shape]) => shape.every((size) => size.length < 16))) {
          expect(seenByUs(file), said).toEqual(seen);
        }
      }
    }
    expect(loaded).toBeGreaterThan(MUTATIONS / 20);
    expect(files.length - loaded).toBeGreaterThan(MUTATIONS / 20);
    expect(clean).toBeGreaterThan(BASES.length);
  });
});
