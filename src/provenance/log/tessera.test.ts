/** Tessera's own test log, written again from its leaves: every file byte for byte. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { MemoryLog } from "../../../test/builders/memory-log.ts";
import { vectors } from "../../../test/vectors.ts";
import { initLog } from "./init-log.ts";
import { withLog } from "./open-log.ts";
import { parseSignerKey } from "./signer-key.ts";
import { CHECKPOINT_PATH, parseTilePath } from "./tile-path.ts";
import { formatVerifierKey } from "./verifier-key.ts";

const folder = vectors("tlog-tessera/log");
/** Published with the log, in Tessera's testdata/build_log.sh (Apache-2.0). */
const KEY =
  "PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg";
const VERIFIER = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
const LEAVES =
  "one two three four five six seven eit nain ten ileven twelf threeten fourten fivten".split(" ");

function expectedFiles(): string[] {
  return readdirSync(folder ?? "", { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => parseTilePath(path) !== undefined || /^checkpoint\.\d+$/.test(path))
    .sort();
}

describe.skipIf(folder === undefined)("Tessera's testdata/log", () => {
  it("is what our writer writes", async () => {
    const signer = parseSignerKey(KEY);
    expect(formatVerifierKey(signer.verifier)).toBe(VERIFIER);
    const log = new MemoryLog();
    await initLog(log, signer);
    const checkpoints = [await log.read(CHECKPOINT_PATH)];
    for (const leaf of LEAVES) {
      await withLog(log, (open) => open.append([Buffer.from(leaf)]));
      checkpoints.push(await log.read(CHECKPOINT_PATH));
    }

    const files = expectedFiles();
    expect(files).toHaveLength(46);
    for (const path of files) {
      const size = /^checkpoint\.(\d+)$/.exec(path)?.[1];
      const ours = size === undefined ? await log.read(path) : checkpoints[Number(size)];
      expect(Buffer.from(ours ?? []).equals(readFileSync(join(folder ?? "", path))), path).toBe(
        true,
      );
    }
    const tiles = [...log.lasting.keys()].filter((path) => path.startsWith("tile/"));
    expect(tiles.sort()).toEqual(files.filter((path) => path.startsWith("tile/")));
  });
});
