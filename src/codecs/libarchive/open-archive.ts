/**
 * Contents of archives in methods that are not worth owning, from libarchive in WebAssembly: whatever goes wrong
 * in it stays in its own memory. Every archive gets a fresh instance, which is thrown away with it. Formats read the
 * names themselves; here members are counted, because libarchive drops the names that it cannot convert.
 */

import { libarchiveWasm } from "libarchive-wasm";
import type { LibarchiveWasm } from "libarchive-wasm";

import { readPackageFile } from "../../bytes/file-source.ts";
import type { Range } from "../../bytes/ledger.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { webAssembly } from "./webassembly.ts";
import type { WasmImports, WasmInstance, WasmModule } from "./webassembly.ts";

const PIECE = 256 * 1024;
const PAGE = 64 * 1024;
/** What the instance takes before it has read anything. */
const BASE_MEMORY = 17 * 1024 * 1024;

export interface LibraryProblem {
  readonly kind: "damaged" | "limit";
  readonly detail: string;
}

/** What a step gives: `true` or bytes where there is something, `undefined` at the end. */
export type LibraryStep<Value> = Value | undefined | LibraryProblem;

export interface LibraryArchive {
  /** Moves to the next member. */
  next(): LibraryStep<true>;
  /** The next piece of the member's content, valid until the next call. */
  read(): LibraryStep<Uint8Array>;
}

export interface LibraryOptions {
  /** Zeros put behind the archive, which keep what lies at its end from being taken for another archive. */
  readonly padding?: number;
  /** Bytes of memory that may be used beyond those of the archive itself. */
  readonly memory: number;
}

/** Opens the archive in `range`, which is copied into the instance's memory. */
export async function openArchive(
  source: RandomSource,
  range: Range,
  { padding = 0, memory }: LibraryOptions,
): Promise<LibraryArchive | LibraryProblem> {
  const size = range.end - range.start;
  const guard = { limit: BASE_MEMORY + size + padding + PIECE + memory, refused: false };
  const library = await instantiate(guard);
  try {
    const { module } = library;
    const start = module._malloc(Math.max(1, size + padding));
    const buffer = start === 0 ? 0 : module._malloc(PIECE);
    if (buffer === 0) {
      return TOO_LARGE;
    }
    const bytes = memoryOf(library).subarray(start, start + size + padding);
    const count = source.readIntoSync(bytes.subarray(0, size), range.start);
    bytes.fill(0, count);
    const archive = library.read_new();
    library.read_support_format_all(archive);
    library.read_open_memory(archive, start, size + padding);
    return new Reader(library, archive, buffer, guard);
  } catch (error) {
    return problemOf(error, guard);
  }
}

/** Whether a step went wrong. */
export function isProblem(step: object | true | undefined): step is LibraryProblem {
  return typeof step === "object" && "detail" in step;
}

interface Guard {
  readonly limit: number;
  refused: boolean;
}

const TOO_LARGE: LibraryProblem = {
  kind: "limit",
  detail: "unpacking it would take more memory than the limit allows",
};

class Reader implements LibraryArchive {
  readonly #library: LibarchiveWasm;
  readonly #archive: number;
  readonly #buffer: number;
  readonly #guard: Guard;
  /** A piece that was read to see whether there is a member. */
  #ahead: LibraryStep<Uint8Array> | null = null;

  constructor(library: LibarchiveWasm, archive: number, buffer: number, guard: Guard) {
    this.#library = library;
    this.#archive = archive;
    this.#buffer = buffer;
    this.#guard = guard;
  }

  next(): LibraryStep<true> {
    try {
      this.#ahead = null;
      if (this.#library.read_next_entry(this.#archive) !== 0) {
        return true;
      }
      const detail = this.#library.error_string(this.#archive);
      if (detail === "") {
        return undefined;
      }
      // A warning, such as about a name, looks like an error; but then there is something to read.
      const ahead = this.#read();
      if (isProblem(ahead)) {
        return this.#guard.refused ? TOO_LARGE : { kind: "damaged", detail };
      }
      this.#ahead = ahead;
      return true;
    } catch (error) {
      return problemOf(error, this.#guard);
    }
  }

  read(): LibraryStep<Uint8Array> {
    const ahead = this.#ahead;
    this.#ahead = null;
    return ahead === null ? this.#read() : ahead;
  }

  #read(): LibraryStep<Uint8Array> {
    try {
      const count = this.#library.read_data(this.#archive, this.#buffer, PIECE);
      return count === 0
        ? undefined
        : memoryOf(this.#library).subarray(this.#buffer, this.#buffer + count);
    } catch (error) {
      return problemOf(error, this.#guard);
    }
  }
}

/** The instance's memory as it is now: it moves when it grows. */
function memoryOf({ module }: LibarchiveWasm): Uint8Array {
  return new Uint8Array((module.HEAP8 as Int8Array).buffer);
}

function problemOf(error: unknown, { refused }: Guard): LibraryProblem {
  if (refused) {
    return TOO_LARGE;
  }
  const isTrap = error instanceof webAssembly.RuntimeError;
  const message = error instanceof Error ? error.message : "";
  return {
    kind: "damaged",
    detail: isTrap || message === "" ? "it breaks the library that unpacks it" : message,
  };
}

let compiled: Promise<WasmModule> | undefined;

/** A fresh instance, whose memory stops growing at the guard's limit. It has no files, and nobody hears it. */
async function instantiate(guard: Guard): Promise<LibarchiveWasm> {
  compiled ??= webAssembly.compile(readPackageFile("libarchive-wasm/dist/libarchive.wasm"));
  const program = await compiled;
  const instantiateWasm = (
    imports: WasmImports,
    done: (instance: WasmInstance, module: WasmModule) => void,
  ) => {
    const instance = new webAssembly.Instance(program, withoutExit(imports));
    limitMemory(instance, guard);
    done(instance, program);
    return instance.exports;
  };
  const silent = () => undefined;
  return await libarchiveWasm({ print: silent, printErr: silent, instantiateWasm });
}

/** Its last resort is to end the process; that is a trap like any other. */
function withoutExit(imports: WasmImports): WasmImports {
  return Object.fromEntries(
    Object.entries(imports).map(([module, values]) => [
      module,
      Object.fromEntries(
        Object.entries(values).map(([key, value]) => [
          key,
          typeof value === "function" && /exit/i.test(value.name) ? trap : value,
        ]),
      ),
    ]),
  );
}

function trap(): never {
  throw new webAssembly.RuntimeError("exit");
}

function limitMemory({ exports }: WasmInstance, guard: Guard): void {
  for (const memory of Object.values(exports)) {
    if (memory instanceof webAssembly.Memory) {
      const grow = memory.grow.bind(memory);
      memory.grow = (pages) => {
        if (memory.buffer.byteLength + pages * PAGE > guard.limit) {
          guard.refused = true;
          throw new RangeError("no more memory");
        }
        return grow(pages);
      };
    }
  }
}
