/**
 * A log's storage in memory that can crash: whatever was not made lasting is then lost, in part or as a whole, as disks
 * do it. Every call is a step, and a crash comes before or in the middle of the one that is asked for.
 */

import type { SecretFiles, TileStorage } from "../../src/kernel/tile-storage.ts";

export class Crash extends Error {}

type Files = Map<string, Uint8Array>;

export class MemoryLog implements TileStorage {
  readonly name: string = "memory";
  /** What the disk holds for sure. */
  readonly lasting: Files = new Map();
  /** What was written and not made lasting. */
  readonly loose: Files = new Map();
  /** Steps until a crash; never by default. */
  stepsLeft = Number.POSITIVE_INFINITY;
  /** Below 1; decides how a crash goes. */
  random: () => number = () => 0;
  #turn: Promise<unknown> = Promise.resolve();

  readonly secrets: SecretFiles = {
    read: (name) => this.read(`.state/${name}`),
    replace: (name, bytes) => this.replace(`.state/${name}`, bytes),
  };

  read(path: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.loose.get(path) ?? this.lasting.get(path));
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    this.#step(() => undefined);
    this.loose.set(path, Uint8Array.from(bytes));
    await Promise.resolve();
  }

  async sync(): Promise<void> {
    this.#step(() => undefined);
    for (const [path, bytes] of this.loose) {
      this.lasting.set(path, bytes);
    }
    this.loose.clear();
    await Promise.resolve();
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    // Either the old file is there after a crash, or the new one.
    this.#step(() => {
      if (this.random() < 0.5) {
        this.lasting.set(path, Uint8Array.from(bytes));
      }
    });
    this.lasting.set(path, Uint8Array.from(bytes));
    await Promise.resolve();
  }

  async discard(path: string): Promise<void> {
    this.#step(() => undefined);
    for (const each of this.lasting.keys()) {
      // Nobody flushes this: what is removed may be there again.
      if ((each === path || each.startsWith(`${path}/`)) && this.random() < 0.8) {
        this.lasting.delete(each);
      }
    }
    await Promise.resolve();
  }

  async *list(): AsyncGenerator<string, void, void> {
    await Promise.resolve();
    for (const path of new Set([...this.lasting.keys(), ...this.loose.keys()])) {
      if (!path.startsWith(".")) {
        yield path;
      }
    }
  }

  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return await turn;
  }

  /** A copy of what is on the disk, as a backup has it. */
  copy(): Files {
    return new Map(this.lasting);
  }

  /** Puts a copy in the place of everything. */
  restore(files: Files): void {
    this.loose.clear();
    this.lasting.clear();
    for (const [path, bytes] of files) {
      this.lasting.set(path, bytes);
    }
  }

  #step(half: () => void): void {
    if (this.stepsLeft <= 0) {
      half();
      this.#crash();
      throw new Crash("the power is gone");
    }
    this.stepsLeft -= 1;
  }

  /** Of what was not lasting, some is there, some is gone, some is cut off or empty. */
  #crash(): void {
    for (const [path, bytes] of this.loose) {
      const fate = this.random();
      if (fate < 0.4) {
        this.lasting.set(path, bytes);
      } else if (fate < 0.7) {
        this.lasting.set(path, bytes.subarray(0, Math.floor(bytes.length * this.random())));
      }
    }
    this.loose.clear();
  }
}
