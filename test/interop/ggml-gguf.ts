/**
 * Damaged GGUF files, as ggml's own reader takes them: what it refuses we do not call sound, what we call damaged
 * it refuses, and in what both take they see the same keys and tensors.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Governor } from "../../src/bytes/governor.ts";
import { MemorySource } from "../../src/bytes/memory-source.ts";
import { layOut } from "../../src/codecs/gguf/layout.ts";
import { readGguf } from "../../src/codecs/gguf/read-gguf.ts";
import { gguf } from "../../src/formats/gguf/index.ts";
import { NO_USER_NAMES } from "../../src/machines/pickle/names/user-name.ts";
import { ggufSamples } from "../contract/samples/gguf.ts";
import { mutate } from "../fuzz/mutate.ts";
import { Random } from "../fuzz/random.ts";

const PROGRAM = fileURLToPath(new URL("ggml-gguf.py", import.meta.url));
const EACH = 120;
/** Paths that one process is given. */
const BATCH = 500;

interface Seen {
  readonly keys: readonly string[];
  /** Name, offset in the file, bytes. */
  readonly tensors: readonly (readonly [string, number, number])[];
}

interface Ours {
  /** Nothing but deviations is wrong with the front part and with where tensors are. */
  readonly sound: boolean;
  /** Something that we take and today's ggml does not. */
  readonly lenient: boolean;
  /** Tensors end behind the end of the file, which only matters once they are loaded. */
  readonly cut: boolean;
  readonly seen: Seen | undefined;
  readonly said: string;
}

/** Numbers at which a check may turn. */
const NUMBERS = [0n, 1n, 2n, 5n, 8n, 32n, 255n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 62n, 2n ** 63n];

function* damaged(): Generator<Buffer> {
  for (const [index, { bytes }] of ggufSamples.entries()) {
    const random = new Random(9000 + index);
    yield Buffer.from(bytes);
    for (let round = 1; round < EACH; round += 1) {
      if (round % 3 > 0) {
        yield mutate(random, bytes);
        continue;
      }
      const changed = Buffer.from(bytes);
      const at = 8 + random.int(Math.min(bytes.length - 16, 500));
      const number = random.pick(NUMBERS);
      if (random.chance(0.5)) changed.writeBigUInt64LE(number, at);
      else changed.writeUInt32LE(Number(number & 0xffffffffn), at);
      yield changed;
    }
  }
}

async function judge(bytes: Buffer): Promise<Ours> {
  const source = new MemorySource(bytes, "model");
  const front = readGguf(source, new Governor());
  const { issues, model } = await gguf.parse(source, {
    governor: new Governor(),
    name: "model",
    role: "top",
    userNames: NO_USER_NAMES,
    quick: false,
  });
  const wrong = issues.filter(({ kind }) => kind !== "deviation");
  const layout = front?.whole === true ? layOut(front, bytes.length) : undefined;
  return {
    sound: wrong.length === 0,
    lenient:
      front?.version.littleEndian === false ||
      front?.version.version === 1 ||
      model.zeros.length > 0 ||
      issues.some(({ message }) => /nests arrays|former type/.test(message)),
    cut: wrong.every(({ kind, message }) => kind === "truncated" && message.startsWith("tensor ")),
    said: wrong[0]?.message ?? "nothing",
    seen:
      layout === undefined
        ? undefined
        : {
            keys: front?.entries.map(({ key }) => key) ?? [],
            tensors: (front?.tensors ?? []).map(({ name, offset, size }) => [
              name,
              layout.dataStart + offset,
              size ?? -1,
            ]),
          },
  };
}

/** What is wrong between the two, if anything is. */
function difference(ours: Ours, theirs: Seen | "crash" | null): string | undefined {
  if (theirs === "crash" || theirs === null) {
    return ours.sound && !ours.lenient ? `only ggml refuses it (${String(theirs)})` : undefined;
  }
  if (!ours.sound) {
    return ours.cut ? undefined : `only we refuse it: ${ours.said}`;
  }
  // Without tensors ggml does not pad, and where their data would be does not matter.
  return JSON.stringify(ours.seen) === JSON.stringify(theirs) ? undefined : "both see other things";
}

function ask(paths: readonly string[]): (Seen | "crash" | null)[] {
  const { stdout, stderr, status } = spawnSync("python3", ["-I", PROGRAM, "read", ...paths], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`the reader fails: ${stderr}`);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Seen | "crash" | null);
}

async function main(): Promise<number> {
  if (spawnSync("python3", ["-I", PROGRAM, "find"]).status !== 0) {
    return 77;
  }
  const folder = mkdtempSync(join(tmpdir(), "weighbridge-ggml-"));
  const files = [...damaged()];
  let [taken, differ] = [0, 0];
  try {
    for (let start = 0; start < files.length; start += BATCH) {
      const batch = files.slice(start, start + BATCH);
      const paths = batch.map((bytes, index) => {
        const path = join(folder, `${index}.gguf`);
        writeFileSync(path, bytes);
        return path;
      });
      const theirs = ask(paths);
      for (const [index, bytes] of batch.entries()) {
        const answer = theirs[index] ?? null;
        taken += typeof answer === "object" && answer !== null ? 1 : 0;
        const problem = difference(await judge(bytes), answer);
        if (problem !== undefined) {
          differ += 1;
          console.log(`${problem}: ${bytes.toString("base64")}`);
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(`${files.length} GGUF files, ${taken} of which ggml takes, ${differ} differ`);
  return differ === 0 && taken > 0 ? 0 : 1;
}

process.exitCode = await main();
