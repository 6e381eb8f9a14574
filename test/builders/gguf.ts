/** Builds GGUF files of any version and byte order, sound ones and ones in which any field lies. */

import { TENSOR_TYPES } from "../../src/codecs/gguf/tensor-types.ts";
import { VALUE_TYPES } from "../../src/codecs/gguf/value-types.ts";

export type GgufValueName =
  | "u8"
  | "i8"
  | "u16"
  | "i16"
  | "u32"
  | "i32"
  | "f32"
  | "bool"
  | "string"
  | "u64"
  | "i64"
  | "f64";

/** A value with its type: a scalar, or an array of one type, which may nest. */
export type GgufValueSpec =
  | readonly [type: GgufValueName, value: number | boolean | string | Uint8Array]
  | readonly [type: "array", of: GgufValueName, values: readonly (number | boolean | string)[]]
  | readonly [type: "arrays", values: readonly GgufValueSpec[]]
  /** Bytes as they are: type, and whatever follows. */
  | readonly [type: "raw", bytes: Uint8Array];

export interface GgufTensorSpec {
  readonly name: string | Uint8Array;
  /** Innermost dimension first. */
  readonly dimensions?: readonly (number | bigint)[];
  /** Name of the type, or its number. */
  readonly type?: string | number;
  /** Its bytes; as many as dimensions and type ask for, none of them zero, by default. */
  readonly data?: Uint8Array;
  /** Where it says it is; where it is, by default. */
  readonly offset?: number | bigint;
  /** Number of dimensions that it claims. */
  readonly claimedDimensions?: number;
}

export interface GgufSpec {
  readonly version?: number;
  readonly bigEndian?: boolean;
  readonly alignment?: number;
  readonly entries?: readonly (readonly [key: string | Uint8Array, value: GgufValueSpec])[];
  readonly tensors?: readonly GgufTensorSpec[];
  readonly entryCount?: number | bigint;
  readonly tensorCount?: number | bigint;
  /** Byte that padding is made of; 0 by default. */
  readonly padding?: number;
  readonly trailing?: Uint8Array;
}

export interface BuiltGguf {
  readonly bytes: Buffer;
  /** Positions between two structures. */
  readonly boundaries: readonly number[];
  /** Where the data section begins. */
  readonly dataStart: number;
}

class Writer {
  readonly parts: Uint8Array[] = [];
  size = 0;
  readonly #bigEndian: boolean;
  readonly #wide: boolean;

  constructor({ version = 3, bigEndian = false }: GgufSpec) {
    this.#bigEndian = bigEndian;
    this.#wide = version > 1;
  }

  put(bytes: Uint8Array): void {
    this.parts.push(bytes);
    this.size += bytes.length;
  }

  /** A number of some bytes: the low ones of its two's complement, or an IEEE float. */
  number(type: string, value: number | bigint | boolean): void {
    const size = VALUE_TYPES.find(({ name }) => name === type)?.size ?? 4;
    const bytes = Buffer.alloc(size);
    if (type === "f32") {
      bytes.writeFloatLE(Number(value));
    } else if (type === "f64") {
      bytes.writeDoubleLE(Number(value));
    } else {
      let rest = BigInt.asUintN(64, typeof value === "bigint" ? value : BigInt(Number(value)));
      for (let index = 0; index < size; index += 1) {
        bytes[index] = Number(rest & 255n);
        rest >>= 8n;
      }
    }
    this.put(this.#bigEndian ? bytes.reverse() : bytes);
  }

  length(value: number | bigint): void {
    this.number(this.#wide ? "u64" : "u32", value);
  }

  string(text: string | Uint8Array): void {
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    this.length(bytes.length);
    this.put(bytes);
  }

  value(spec: GgufValueSpec, withType = true): void {
    if (spec[0] === "raw") {
      this.put(spec[1]);
      return;
    }
    const [type] = spec;
    if (withType) {
      this.number("u32", typeNumber(type === "arrays" ? "array" : type));
    }
    if (spec[0] === "arrays") {
      this.number("u32", typeNumber("array"));
      this.length(spec[1].length);
      for (const inner of spec[1]) this.value(inner, false);
    } else if (spec[0] === "array") {
      this.number("u32", typeNumber(spec[1]));
      this.length(spec[2].length);
      for (const value of spec[2]) this.#scalar(spec[1], value);
    } else {
      this.#scalar(spec[0], spec[1]);
    }
  }

  pad(alignment: number, byte: number): void {
    this.put(Buffer.alloc((alignment - (this.size % alignment)) % alignment, byte));
  }

  #scalar(type: GgufValueName, value: number | boolean | string | Uint8Array): void {
    if (typeof value === "string" || typeof value === "object") {
      this.string(value);
    } else {
      this.number(type, value);
    }
  }
}

function typeNumber(name: string): number {
  return VALUE_TYPES.findIndex((type) => type.name === name);
}

function typeId(type: string | number): number {
  const found = [...TENSOR_TYPES].find(([, { name }]) => name === type);
  return typeof type === "number" ? type : (found?.[0] ?? -1);
}

/** As many bytes as dimensions and type ask for. */
function dataOf({ dimensions = [8], type = "F32", data }: GgufTensorSpec): Uint8Array {
  const info = TENSOR_TYPES.get(typeId(type));
  const elements = dimensions.reduce<number>((product, length) => product * Number(length), 1);
  return data ?? Buffer.alloc((elements / (info?.block ?? 1)) * (info?.size ?? 1), 0x3f);
}

/** Builds one file. */
export function buildGguf(spec: GgufSpec = {}): BuiltGguf {
  const { version = 3, alignment, entries = [], tensors = [], padding = 0, trailing } = spec;
  const writer = new Writer(spec);
  const boundaries: number[] = [];
  writer.put(Buffer.from("GGUF"));
  writer.number("u32", version);
  writer.length(spec.tensorCount ?? tensors.length);
  const all = [
    ...(alignment === undefined
      ? []
      : [["general.alignment", ["u32", alignment] as GgufValueSpec] as const]),
    ...entries,
  ];
  writer.length(spec.entryCount ?? all.length);
  for (const [key, value] of all) {
    boundaries.push(writer.size);
    writer.string(key);
    writer.value(value);
  }
  const step = alignment ?? 32;
  let offset = 0;
  for (const tensor of tensors) {
    boundaries.push(writer.size);
    const { dimensions = [8], type = "F32" } = tensor;
    writer.string(tensor.name);
    writer.number("u32", tensor.claimedDimensions ?? dimensions.length);
    for (const length of dimensions) writer.length(length);
    writer.number("u32", typeId(type));
    writer.number("u64", tensor.offset ?? offset);
    offset += Math.ceil(dataOf(tensor).length / step) * step;
  }
  boundaries.push(writer.size);
  if (tensors.length > 0) writer.pad(step, padding);
  const dataStart = writer.size;
  for (const tensor of tensors) {
    boundaries.push(writer.size);
    writer.put(dataOf(tensor));
    writer.pad(step, padding);
  }
  boundaries.push(writer.size);
  if (trailing !== undefined) writer.put(trailing);
  return { bytes: Buffer.concat(writer.parts), boundaries: [...new Set(boundaries)], dataStart };
}
