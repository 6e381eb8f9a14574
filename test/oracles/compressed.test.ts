/** The decoders against the programs that everybody uses: what those write, ours read, and end where they end. */

import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

import { unbzip2 } from "../../src/codecs/bzip2/unbzip2.ts";
import { gunzip } from "../../src/codecs/deflate/gunzip.ts";
import { unzlib } from "../../src/codecs/deflate/unzlib.ts";
import { unlz4 } from "../../src/codecs/lz4/unlz4.ts";
import { unxz } from "../../src/codecs/xz/unxz.ts";
import { unzstd } from "../../src/codecs/zstd/unzstd.ts";
import { drain, slowSource } from "../builders/compressed.ts";
import type { Decode } from "../builders/compressed.ts";
import { Random } from "../fuzz/random.ts";

const random = new Random(11);
const TAIL = Buffer.from("something else");

/** Words, noise, runs of all lengths, numbers, and machine code for the filter that is made for it. */
const CONTENTS: readonly Buffer[] = [
  Buffer.alloc(0),
  Buffer.from(
    Array.from({ length: 20_000 }, () => random.pick(["weight ", "bias.", "0\n"])).join(""),
  ),
  random.bytes(70_000),
  Buffer.concat(Array.from({ length: 700 }, () => Buffer.alloc(random.int(700), random.int(256)))),
  Buffer.from(Float32Array.from({ length: 20_000 }, (_, index) => Math.sin(index / 9)).buffer),
  Buffer.concat(
    Array.from({ length: 9000 }, () =>
      Buffer.concat([
        Buffer.of(random.pick([0xe8, 0xe9, 0x90, 0x0f])),
        random.bytes(random.int(3)),
        Buffer.of(random.int(256), random.int(3), 0, random.pick([0, 0xff, 1])),
      ]),
    ),
  ),
  Buffer.alloc(1_500_000),
];

function run(command: string, args: readonly string[], input: Uint8Array): Buffer {
  const { stdout, status, stderr } = spawnSync(command, args, { input, maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${String(stderr)}`);
  return stdout;
}

function has(command: string): boolean {
  return spawnSync(command, ["--version"]).status === 0;
}

/** Whether the content comes out, and the stream ends where something else begins. */
async function isRead(decode: Decode, compressed: Buffer, content: Buffer): Promise<boolean> {
  const { bytes, end } = await drain(decode(slowSource(Buffer.concat([compressed, TAIL]))));
  return end.status === "complete" && end.consumed === compressed.length && bytes.equals(content);
}

const DECODERS: Readonly<Record<string, Decode>> = {
  gzip: gunzip,
  zlib: unzlib,
  bz2: unbzip2,
  lzma: unxz,
  "lz4.frame": unlz4,
  zstandard: unzstd,
};

/** Each line is an expression over `data` and the modules. */
const PYTHON: readonly (readonly [module: string, expression: string])[] = [
  ["gzip", "gzip.compress(data)"],
  ["zlib", "zlib.compress(data, 9)"],
  ["bz2", "bz2.compress(data, 9)"],
  ["bz2", "bz2.compress(data, 1)"],
  ["lzma", "lzma.compress(data, preset=1)"],
  ["lzma", "lzma.compress(data, check=lzma.CHECK_CRC32, preset=0)"],
  ["lzma", "lzma.compress(data, check=lzma.CHECK_SHA256, preset=0)"],
  ["lzma", "lzma.compress(data, check=lzma.CHECK_NONE, preset=0)"],
  ["lzma", "lzma.compress(data, format=lzma.FORMAT_ALONE, preset=1)"],
  ["lzma", "lzma.compress(data, filters=[X86, lzma2(lc=0, lp=4, pb=0, dict_size=4096)])"],
  ["lzma", "lzma.compress(data, filters=[delta(1), lzma2(lc=4, lp=0, pb=4)])"],
  ["lzma", "lzma.compress(data, filters=[delta(256), X86, delta(3), lzma2(lc=1, lp=1, pb=1)])"],
  // Packages that may be missing; joblib and pandas use them.
  ["lz4.frame", "lz4.frame.compress(data)"],
  ["lz4.frame", "lz4.frame.compress(data, block_linked=False, content_checksum=True)"],
  ["lz4.frame", "lz4.frame.compress(data, 9, 7, block_checksum=True, store_size=False)"],
  ["zstandard", "zstandard.ZstdCompressor().compress(data)"],
  ["zstandard", "zstandard.ZstdCompressor(19, write_checksum=True).compress(data)"],
];

const PROGRAM = `
import importlib, sys
module = sys.argv[1]
importlib.import_module(module)
names = {module.split(".")[0]: sys.modules[module.split(".")[0]], "data": sys.stdin.buffer.read()}
if module == "lzma":
    lzma = names["lzma"]
    names["X86"] = {"id": lzma.FILTER_X86}
    names["delta"] = lambda dist: {"id": lzma.FILTER_DELTA, "dist": dist}
    names["lzma2"] = lambda **more: {"id": lzma.FILTER_LZMA2, "preset": 0, **more}
sys.stdout.buffer.write(eval(sys.argv[2], names))
`;

function canImport(module: string): boolean {
  return spawnSync("python3", ["-I", "-c", `import ${module}`]).status === 0;
}

describe.each(Object.entries(DECODERS))("what Python's %s writes", (module, decode) => {
  it.skipIf(!canImport(module)).each(PYTHON.filter(([name]) => name === module))(
    "%s: %s",
    async (_, expression) => {
      for (const content of CONTENTS) {
        const compressed = run("python3", ["-I", "-c", PROGRAM, module, expression], content);
        expect(await isRead(decode, compressed, content)).toBe(true);
      }
    },
  );
});

const COMMANDS: readonly (readonly [command: string, options: string, decode: Decode])[] = [
  ["gzip", "-9", gunzip],
  ["bzip2", "-5", unbzip2],
  ["xz", "-0 --block-size=50000", unxz],
  ["xz", "-0 -T2 --block-size=30000", unxz],
  ["xz", "--format=lzma --lzma1=preset=0,lc=0,lp=3,pb=2", unxz],
  ["zstd", "-1", unzstd],
  ["zstd", "-19 --no-check", unzstd],
  ["zstd", "-3 --long=27 -T2", unzstd],
  ["lz4", "-1", unlz4],
  ["lz4", "-9 -BD -B4 -BX", unlz4],
  ["lz4", "-B5 --content-size", unlz4],
  ["lz4", "-l", unlz4],
];

describe.each([...new Set(COMMANDS.map(([command]) => command))])("what %s writes", (command) => {
  it.skipIf(!has(command)).each(COMMANDS.filter(([name]) => name === command))(
    "%s %s",
    async (_, options, decode) => {
      for (const content of CONTENTS) {
        const compressed = run(command, ["-c", ...options.split(" ")], content);
        expect(await isRead(decode, compressed, content)).toBe(true);
      }
    },
  );
});
