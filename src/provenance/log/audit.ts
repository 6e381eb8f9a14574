/**
 * Audits a log as a whole: its checkpoint, everything derived again from its entries, and, where its files can be
 * listed, that each of them belongs to it.
 */

import { Buffer } from "node:buffer";

import { sha256 as sha256Of } from "../../bytes/hash.ts";
import type { LogSource, TileStorage } from "../../kernel/tile-storage.ts";
import { evidencePath } from "./append-event.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { decodeEntry } from "./entry.ts";
import { rederive } from "./rederive.ts";
import type { LogProblem, RederiveOptions } from "./rederive.ts";
import { parseTilePath, TILE_WIDTH, tilePath, widthIn } from "./tile-path.ts";
import { TreeReader } from "./tree-reader.ts";

export interface AuditResult {
  readonly problems: readonly LogProblem[];
  /** Files that no checkpoint needs: a crash leaves such, which the next appends write over or pass by. */
  readonly leftovers: readonly LogProblem[];
  /** Documents that entries name, and those of them that lie beside the log. */
  readonly evidence: { readonly named: number; readonly present: number };
}

/** Problems beyond this are not collected: one is enough, and a wrong log has them by the thousand. */
const MOST_PROBLEMS = 100;

/** Reads every file of a log. Nothing of it is believed but the checkpoint, whose signature the caller has verified. */
export async function auditLog(
  source: LogSource,
  checkpoint: Checkpoint,
  options: Pick<RederiveOptions, "onProgress"> = {},
): Promise<AuditResult> {
  const problems: LogProblem[] = [];
  for await (const problem of rederive(source, checkpoint, options)) {
    problems.push(problem);
    if (problems.length >= MOST_PROBLEMS) {
      break;
    }
  }
  const evidence =
    problems.length === 0 ? await readEvidence(source, checkpoint, problems) : NOTHING;
  const leftovers = isStorage(source) ? await checkFiles(source, checkpoint, problems) : [];
  return { problems, leftovers, evidence };
}

const NOTHING = { named: 0, present: 0 };
/** Entries without it name none, and reading JSON costs more than looking for a word in it. */
const NEEDLE = '"evidence":';

function isStorage(source: LogSource): source is TileStorage {
  return "list" in source;
}

/** Evidence may have been deleted; what is there has to be what the entry names. */
async function readEvidence(
  source: LogSource,
  { size }: Checkpoint,
  problems: LogProblem[],
): Promise<AuditResult["evidence"]> {
  const tree = new TreeReader(source, size);
  const named = new Set<string>();
  for (let bundle = 0; bundle * TILE_WIDTH < size; bundle += 1) {
    for (const bytes of await tree.bundle(bundle)) {
      const mayName = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(NEEDLE);
      for (const { sha256 } of (mayName ? decodeEntry(bytes) : undefined)?.evidence ?? []) {
        named.add(sha256);
      }
    }
  }
  let present = 0;
  for (const sha256 of isStorage(source) ? named : []) {
    const path = evidencePath(sha256);
    const bytes = await source.read(path);
    present += bytes === undefined ? 0 : 1;
    if (bytes !== undefined && sha256Of(bytes) !== sha256) {
      problems.push({ path, message: "it is not the evidence that was logged" });
    }
  }
  return { named: named.size, present };
}

/** Every tile is the one of its place, or a shorter state of it. */
async function checkFiles(
  storage: TileStorage,
  { size }: Checkpoint,
  problems: LogProblem[],
): Promise<LogProblem[]> {
  const leftovers: LogProblem[] = [];
  for await (const path of storage.list()) {
    const tile = parseTilePath(path);
    if (path.startsWith("tile/") && tile === undefined) {
      problems.push({ path, message: "it is no file of a log" });
    }
    if (tile === undefined) {
      continue;
    }
    const width = widthIn(tile.level, tile.index, size);
    if (tile.width > width) {
      leftovers.push({ path, message: "of no checkpoint yet, as a crash leaves it" });
    } else if (tile.width < width) {
      const whole =
        (await storage.read(tilePath({ ...tile, width }))) ??
        (await storage.read(tilePath({ ...tile, width: TILE_WIDTH })));
      const part = (await storage.read(path)) ?? Buffer.alloc(0);
      if (whole === undefined || Buffer.compare(whole.subarray(0, part.length), part) !== 0) {
        const message =
          "not a state that this log was in: a crash leaves such, and so does a copy that was put back";
        leftovers.push({ path, message });
      }
    }
  }
  return leftovers.sort((a, b) => (a.path < b.path ? -1 : 1));
}
