/** The part of WebAssembly that is used here: neither ES2024 nor the types of Node describe it. */

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** Adds pages of 64 KiB; gives how many there were. */
  grow: (pages: number) => number;
}

export interface WasmInstance {
  readonly exports: Readonly<Record<string, object>>;
}

/** Functions by module and name. */
export type WasmImports = Readonly<Record<string, Readonly<Record<string, object>>>>;

export interface WasmModule {
  readonly [Symbol.toStringTag]: string;
}

interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  readonly Instance: new (module: WasmModule, imports: WasmImports) => WasmInstance;
  readonly Memory: abstract new () => WasmMemory;
  readonly RuntimeError: new (message: string) => Error;
}

export const { WebAssembly: webAssembly } = globalThis as unknown as {
  readonly WebAssembly: WebAssemblyApi;
};
