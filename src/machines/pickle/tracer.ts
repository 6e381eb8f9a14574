/** `--trace`: the stream as pseudo-Python, a line for every call and every change of state. */

import { describe } from "./describe.ts";
import type { Machine } from "./machine.ts";
import { offsetOf } from "./value.ts";
import type { Node, Value } from "./value.ts";

export class Tracer {
  readonly #write: (line: string) => void;
  readonly #names = new Map<Value, string>();
  #machine: Machine | undefined;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  attach(machine: Machine): void {
    this.#machine = machine;
    this.#names.clear();
  }

  call(result: Node, callee: Value, args: readonly Value[] | undefined, how: string): void {
    const name = `_${this.#names.size + 1}`;
    this.#names.set(result, name);
    const shown = args === undefined ? "*?" : args.map((arg) => this.#show(arg)).join(", ");
    const target = this.#show(callee);
    const call = how.startsWith("NEWOBJ")
      ? `${target}.__new__(${target}${shown === "" ? "" : `, ${shown}`})`
      : `${target}(${shown})`;
    this.#line(result.offset, `${name} = ${call}`);
  }

  build(instance: Node, state: Value): void {
    const state_ = this.#show(state);
    this.#line(offsetOf(state), `${this.#show(instance)}.__setstate__(${state_})`);
  }

  store(target: Node, items: readonly Value[], how: string): void {
    const shown = items.map((item) => this.#show(item)).join(", ");
    this.#line(target.offset, `${this.#show(target)}.${how}(${shown})`);
  }

  end(start: number, end: number, result: Value | undefined, status: string): void {
    const value = result === undefined ? "" : `return ${this.#show(result)}`;
    this.#write(`# stream 0x${start.toString(16)} to 0x${end.toString(16)}: ${status}`);
    if (value !== "") {
      this.#write(value);
    }
  }

  #show(value: Value): string {
    const name = this.#names.get(value);
    if (typeof value !== "number" && name !== undefined) {
      return name;
    }
    return this.#machine === undefined
      ? "?"
      : describe(this.#machine, value, (item) =>
          typeof item === "number" ? undefined : this.#names.get(item),
        );
  }

  #line(offset: number, text: string): void {
    this.#write(`${text}  # 0x${offset.toString(16)}`);
  }
}
