/**
 * The ports behind which a tamper-evident log lies: what anybody may read of it, and what only its owner may write.
 * Paths are those of tlog-tiles (`checkpoint`, `tile/0/000`), with forward slashes and without a leading one.
 */

/** The published files of a log, wherever they are. */
export interface LogSource {
  /** What the files are called in sentences: a folder or an address. */
  readonly name: string;
  /** Gives nothing where there is no such file; throws `AppError` where that cannot be told. */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** A log's own folder. */
export interface TileStorage extends LogSource {
  /** Writes a file as a whole or not at all. It is sure to outlive a crash only after `sync`. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Resolves when everything written so far outlives a crash. */
  sync(): Promise<void>;
  /** Writes a file as a whole or not at all, and resolves when it outlives a crash. */
  replace(path: string, bytes: Uint8Array): Promise<void>;
  /** Removes a published file, or a folder of them, if it is there. A crash may bring it back. */
  discard(path: string): Promise<void>;
  /** Paths of the published files, in no particular order. */
  list(): AsyncIterable<string>;
  /** What is never published: keys, and what was signed last. Only the owner can read it. */
  readonly secrets: SecretFiles;
  /** Runs `work` while nobody else, in this process or another, runs theirs; the others wait. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

export interface SecretFiles {
  read(name: string): Promise<Uint8Array | undefined>;
  /** As a whole or not at all; resolves when it outlives a crash. */
  replace(name: string, bytes: Uint8Array): Promise<void>;
}

/** How a checkpoint reaches a witness: tlog-witness, `add-checkpoint`. */
export interface WitnessTransport {
  /** Posts `body` to the address; any status comes back, `AppError` is thrown where there is no answer. */
  post(address: string, body: string): Promise<WitnessAnswer>;
}

export interface WitnessAnswer {
  readonly status: number;
  readonly body: string;
}
