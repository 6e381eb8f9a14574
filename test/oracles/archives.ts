/** CPython's zipfile and tarfile as oracles for archives. */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("archives.py", import.meta.url));
const MOST = 2 ** 30;

/** One member as CPython sees it: name, size, method or link target, SHA-256 of what it reads. */
export type SeenMember = readonly [
  name: string,
  size: number,
  detail: number | string,
  digest: string | null,
];

function run(task: string, input: Uint8Array): Buffer {
  const { stdout, stderr, status } = spawnSync("python3", ["-I", PROGRAM, task], {
    input,
    maxBuffer: MOST,
  });
  if (status !== 0) throw new Error(`the oracle fails: ${stderr.toString()}`);
  return stdout;
}

/** What CPython sees in each archive; nothing where it refuses. */
export function listWithPython(
  kind: "zip" | "tar",
  archives: readonly Uint8Array[],
): (readonly SeenMember[] | null)[] {
  const frames = archives.flatMap((archive) => {
    const head = Buffer.alloc(4);
    head.writeUInt32LE(archive.length);
    return [head, archive];
  });
  const lines = run(kind, Buffer.concat(frames)).toString("utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as readonly SeenMember[] | null);
}

/** Archives that CPython writes, in every way it knows. */
export function writtenByPython(kind: "zip" | "tar"): Buffer[] {
  const bytes = run(`write-${kind}`, new Uint8Array());
  const archives: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32LE(at);
    archives.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return archives;
}
