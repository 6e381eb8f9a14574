/** CPython as the oracle: one process that tells which names its unpicklers look up in a stream. */

import { spawn, spawnSync } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("oracle.py", import.meta.url));
/** Isolated: no environment, no user packages. */
const FLAGS = ["-I", "-S", PROGRAM];

/** Bits of a name's readers, as in oracle.py. */
export const ORACLE_READERS = [
  "C, bytes",
  "C, file with peek",
  "C, file without peek",
  "Python",
  "pickle.loads",
  "C, encoding latin1",
  "C, used again",
  "Python, used again",
  "C, a new one again",
] as const;

/** The readers that go on behind the first stream. */
export const READ_ON = (1 << 6) | (1 << 7) | (1 << 8);

export interface Seen {
  readonly module: string;
  readonly name: string;
  /** Which of `ORACLE_READERS` looked it up. */
  readonly readers: number;
}

/** Whether there is a Python 3 to ask. */
export function hasPython(python = "python3"): boolean {
  return spawnSync(python, ["-I", "-c", "import pickle"]).status === 0;
}

function frameBatch(streams: readonly Uint8Array[]): Buffer {
  const parts: Uint8Array[] = [uint32(streams.length)];
  for (const stream of streams) {
    parts.push(uint32(stream.length), stream);
  }
  return Buffer.concat(parts);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Pickles of ordinary objects, as this Python writes them. */
export function ordinaryPickles(python = "python3"): Buffer[] {
  const { stdout, status } = spawnSync(python, [...FLAGS, "seeds"], { maxBuffer: 2 ** 28 });
  if (status !== 0) {
    throw new Error("the oracle gives no pickles of ordinary objects");
  }
  const streams: Buffer[] = [];
  for (let at = 4; at < stdout.length;) {
    const end = at + 4 + stdout.readUInt32LE(at);
    streams.push(stdout.subarray(at + 4, end));
    at = end;
  }
  return streams;
}

export class Oracle {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor(python = "python3") {
    this.#process = spawn(python, FLAGS, { stdio: ["pipe", "pipe", "pipe"] });
    this.#process.stdin.on("error", () => {
      // It ended early; reading its answer says so.
    });
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
  }

  /** What is looked up in each stream. Rejects with the stream that ended the process, if one does. */
  async ask(streams: readonly Uint8Array[]): Promise<Seen[][]> {
    this.#process.stdin.write(frameBatch(streams));
    const answers: Seen[][] = [];
    for (const stream of streams) {
      const line = await this.#lines.next();
      if (line.done === true) {
        throw new Error(`the oracle died of ${Buffer.from(stream).toString("hex")}`);
      }
      const rows = JSON.parse(line.value) as [string, string, number][];
      answers.push(rows.map(([module, name, readers]) => ({ module, name, readers })));
    }
    return answers;
  }

  close(): void {
    this.#process.stdin.end();
    this.#process.kill();
  }
}

/** Names of readers for a person. */
export function readersOf(bits: number): string {
  return ORACLE_READERS.filter((_, index) => (bits & (1 << index)) !== 0).join("; ");
}
