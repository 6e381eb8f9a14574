/**
 * A log that is open for writing. It is only ever open after what is published was held against what was signed last,
 * and it writes in an order in which a crash between any two steps loses nothing that was acknowledged and shows
 * nothing that was not signed (docs/adr/0006): entry bundle, tiles from the leaves up, all of them lasting, then the
 * private state, then the checkpoint.
 */

import { Buffer } from "node:buffer";

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import type { TileStorage } from "../../kernel/tile-storage.ts";
import { checkpointText, parseCheckpoint, verifyCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { MAX_ENTRY } from "./entry-bundle.ts";
import { halt, readSigned, readSigners, refuseHalted, writeSigned } from "./log-state.ts";
import { sameHash, verifyConsistency } from "./merkle.ts";
import { formatNote, signNote } from "./note.ts";
import type { NoteSignature } from "./note.ts";
import { recentBundles, rederive } from "./rederive.ts";
import { forked, invalid } from "./refuse.ts";
import { RightEdge } from "./right-edge.ts";
import type { SignerKey } from "./signer-key.ts";
import { CHECKPOINT_PATH, completedTiles, tilePath } from "./tile-path.ts";
import { TreeReader } from "./tree-reader.ts";

export interface OpenOptions {
  /** Takes a published checkpoint that is newer than the private state, after all of it was checked. */
  readonly adopt?: boolean;
}

/** Runs `work` with the log while nobody else writes to it. Throws `AppError` where it is not what was signed. */
export async function withLog<T>(
  storage: TileStorage,
  work: (log: OpenLog) => Promise<T>,
  options: OpenOptions = {},
): Promise<T> {
  return await storage.exclusively(async () => {
    await refuseHalted(storage);
    const log = await open(storage, options);
    try {
      return await work(log);
    } catch (error) {
      if (error instanceof AppError && error.code === "LOG_FORKED") {
        await halt(storage, error.message);
      }
      throw error;
    }
  });
}

export class OpenLog {
  readonly storage: TileStorage;
  readonly #signers: readonly SignerKey[];
  #checkpoint: Checkpoint;
  #edge: RightEdge | undefined;

  /** By `withLog` only: the checkpoint is known to be what the files give. */
  constructor(storage: TileStorage, signers: readonly SignerKey[], checkpoint: Checkpoint) {
    this.storage = storage;
    this.#signers = signers;
    this.#checkpoint = checkpoint;
  }

  get signers(): readonly SignerKey[] {
    return this.#signers;
  }

  /** What was signed last, and is published. */
  get checkpoint(): Checkpoint {
    return this.#checkpoint;
  }

  get tree(): TreeReader {
    return new TreeReader(this.storage, this.#checkpoint.size);
  }

  /**
   * Appends entries and publishes a checkpoint with them. When it resolves they are acknowledged: they outlive any
   * crash. Gives the index of the first one.
   */
  async append(entries: readonly Uint8Array[]): Promise<number> {
    const { size: first } = this.#checkpoint;
    if (entries.length === 0) {
      return first;
    }
    if (entries.some(({ length }) => length > MAX_ENTRY)) {
      throw invalid(`an entry is longer than the ${MAX_ENTRY} bytes that a log takes`);
    }
    const edge = this.#edge ?? (await RightEdge.read(this.tree));
    // What fails half-way leaves an edge that is ahead of the files.
    this.#edge = undefined;
    for (const entry of entries) {
      await this.#write(edge.append(entry));
    }
    await this.#write(edge.partialFiles());
    await this.storage.sync();
    await this.#publish(
      signedCheckpoint(this.#signers, {
        origin: this.#checkpoint.origin,
        size: edge.size,
        root: edge.root(),
      }),
    );
    this.#edge = edge;
    await discardPartial(this.storage, first, edge.size);
    return first;
  }

  /** Publishes the same checkpoint with signatures of witnesses, which the caller has verified, beside the log's. */
  async addCosignatures(signatures: readonly NoteSignature[]): Promise<void> {
    const { note } = this.#checkpoint;
    const isNew = ({ name, id }: NoteSignature): boolean =>
      signatures.some((each) => each.name === name && each.id === id);
    const kept = note.signatures.filter((signature) => !isNew(signature));
    await this.#publish({
      ...this.#checkpoint,
      note: { ...note, signatures: [...kept, ...signatures] },
    });
  }

  async #write(files: readonly { path: string; bytes: Uint8Array }[]): Promise<void> {
    for (const { path, bytes } of files) {
      await this.storage.write(path, bytes);
    }
  }

  async #publish(checkpoint: Checkpoint): Promise<void> {
    await writeSigned(this.storage, checkpoint);
    await publishCheckpoint(this.storage, checkpoint);
    this.#checkpoint = checkpoint;
  }
}

/**
 * Removes partial tiles whose full ones are there now, and are asked for instead: a log that grows one by one has 255
 * of each. What cannot be removed does no harm.
 */
export async function discardPartial(
  storage: TileStorage,
  older: number,
  newer: number,
): Promise<void> {
  for (const tile of completedTiles(older, newer)) {
    try {
      await storage.discard(`${tilePath(tile)}.p`);
    } catch (error) {
      if (!(error instanceof AppError)) {
        throw error;
      }
    }
  }
}

/** The checkpoint of a tree, with a signature of each key. */
export function signedCheckpoint(
  signers: readonly SignerKey[],
  head: Omit<Checkpoint, "note">,
): Checkpoint {
  return { ...head, note: signNote(checkpointText(head), signers) };
}

export async function publishCheckpoint(storage: TileStorage, { note }: Checkpoint): Promise<void> {
  await storage.replace(CHECKPOINT_PATH, Buffer.from(formatNote(note)));
}

async function open(storage: TileStorage, { adopt = false }: OpenOptions): Promise<OpenLog> {
  const signers = await readSigners(storage);
  const signed = await readSigned(storage, signers);
  if (signed === undefined) {
    throw invalid(
      `the private state of ${quote(storage.name)} does not say what was signed last`,
      "it was not begun to the end: weighbridge log init DIR --origin NAME again, or restore it",
    );
  }
  const published = await readPublished(storage, signers);
  if (published !== undefined && published.size > signed.size) {
    return await openAhead(storage, signers, { signed, published, adopt });
  }
  if (published?.size === signed.size && !sameHash(published.root, signed.root)) {
    throw forked(
      `${quote(storage.name)} has published another checkpoint of ${signed.size} entries than the one that it signed last`,
      "two copies of one log were written to; find out which one others have seen, and restore that",
    );
  }
  await refuseDamaged(storage, signed, recentBundles(signed.size));
  // A crash came between signing and publishing, or somebody put an older checkpoint back.
  if (published === undefined || formatNote(published.note) !== formatNote(signed.note)) {
    await publishCheckpoint(storage, signed);
  }
  return new OpenLog(storage, signers, signed);
}

async function readPublished(
  storage: TileStorage,
  signers: readonly SignerKey[],
): Promise<Checkpoint | undefined> {
  const bytes = await storage.read(CHECKPOINT_PATH);
  if (bytes === undefined) {
    return undefined;
  }
  const published = parseCheckpoint(bytes, `the checkpoint of ${quote(storage.name)}`);
  const keys = signers.map(({ verifier }) => verifier);
  verifyCheckpoint(published, keys);
  return published;
}

/** Private state is written first, so that only a copy of it that was put back can be older than what is published. */
async function openAhead(
  storage: TileStorage,
  signers: readonly SignerKey[],
  { signed, published, adopt }: { signed: Checkpoint; published: Checkpoint; adopt: boolean },
): Promise<OpenLog> {
  if (!adopt) {
    throw forked(
      `the private state of ${quote(storage.name)} is older (${signed.size} entries) than what is published (${published.size})`,
      "it was restored from a copy; where DIR itself is whole and the newest, weighbridge log checkpoint DIR --adopt takes it",
    );
  }
  await refuseDamaged(storage, published, 0);
  const tree = new TreeReader(storage, published.size);
  const isSame =
    signed.size === 0 || verifyConsistency(signed, published, await tree.consistency(signed.size));
  if (!isSame) {
    throw forked(
      `what ${quote(storage.name)} has published does not begin with what it signed before`,
      "two copies of one log were written to; begin a log with another origin",
    );
  }
  await writeSigned(storage, published);
  return new OpenLog(storage, signers, published);
}

async function refuseDamaged(
  storage: TileStorage,
  head: Checkpoint,
  firstBundle: number,
): Promise<void> {
  for await (const { path, message } of rederive(storage, head, { firstBundle })) {
    throw forked(
      `the published files of ${quote(storage.name)} are not what was signed (${head.size} entries): ${path}: ${message}`,
      "nothing was written; restore the files from their newest copy, and see weighbridge log audit DIR",
    );
  }
}
