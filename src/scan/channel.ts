/** Hands items from workers that push to one receiver that pulls. */

import { AppError } from "../kernel/errors.ts";

export class Channel<Item> {
  readonly #items: Item[] = [];
  #ended = false;
  #error: Error | undefined;
  #wakeReceiver: (() => void) | undefined;
  #wakeSender: (() => void) | undefined;

  push(item: Item): void {
    this.#items.push(item);
    this.#wakeReceiver?.();
  }

  end(): void {
    this.#ended = true;
    this.#wakeReceiver?.();
  }

  /** Ends with an error, which the receiver gets after the items before it. */
  fail(error: unknown): void {
    this.#error = error instanceof Error ? error : new Error(String(error));
    this.end();
  }

  /** Resolves when the receiver has taken everything and comes back for more. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeSender = resolve;
      this.#wakeReceiver?.();
    });
  }

  /** All items until the end; rejects with ABORTED as soon as `signal` says so. */
  async *items(signal?: AbortSignal): AsyncGenerator<Item> {
    const onAbort = (): void => this.#wakeReceiver?.();
    signal?.addEventListener("abort", onAbort);
    try {
      for (;;) {
        for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift()) {
          yield item;
        }
        if (this.#error !== undefined) {
          throw this.#error;
        }
        if (this.#ended) {
          return;
        }
        if (signal?.aborted === true) {
          throw new AppError("ABORTED", "interrupted");
        }
        await this.#more();
      }
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeReceiver = () => {
        this.#wakeReceiver = undefined;
        resolve();
      };
      const wakeSender = this.#wakeSender;
      this.#wakeSender = undefined;
      wakeSender?.();
    });
  }
}
