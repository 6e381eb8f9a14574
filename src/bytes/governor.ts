/**
 * The governor of one top-level file: every budget in one place, shared by all parsers and machines
 * that work on the file and on what is nested in it. Running out is never an exception: the caller
 * stops, says so, and the file is `incomplete`.
 */

import { AppError } from "../kernel/errors.ts";
import { DEFAULT_LIMITS } from "../kernel/limits.ts";
import type { Limits } from "../kernel/limits.ts";

export type Resource = "outputBytes" | "entries" | "work" | "memory";

const RESOURCES: readonly Resource[] = ["outputBytes", "entries", "work", "memory"];

export class Governor {
  readonly limits: Limits;
  readonly #left: Record<Resource, number>;
  readonly #exhausted = new Set<Resource>();
  readonly #signal: AbortSignal | undefined;

  constructor(limits: Limits = DEFAULT_LIMITS, fileSize = 0, signal?: AbortSignal) {
    this.limits = limits;
    this.#signal = signal;
    this.#left = {
      outputBytes: limits.outputBytes + limits.outputRatio * fileSize,
      entries: limits.entries,
      work: limits.work,
      memory: limits.memory,
    };
  }

  /** Takes from a budget. False when there is not that much left; then nothing is taken. */
  take(resource: Resource, amount: number): boolean {
    const left = this.#left[resource] - amount;
    if (left < 0) {
      this.#exhausted.add(resource);
      return false;
    }
    this.#left[resource] = left;
    return true;
  }

  /** Gives back what is no longer held (memory). */
  release(resource: Resource, amount: number): void {
    this.#left[resource] += amount;
  }

  left(resource: Resource): number {
    return this.#left[resource];
  }

  /** Budgets that ran out so far, in a fixed order. */
  exhausted(): readonly Resource[] {
    return RESOURCES.filter((resource) => this.#exhausted.has(resource));
  }

  /** Whether the user gave up: what is held for later can go. */
  get aborted(): boolean {
    return this.#signal?.aborted === true;
  }

  /** Throws `AppError` ABORTED when the user gave up; called between windows. */
  checkAborted(): void {
    if (this.aborted) {
      throw new AppError("ABORTED", "interrupted");
    }
  }
}
