/** Types of metadata values, by their number in the file. Specification: gguf.md, `gguf_metadata_value_type`. */

export interface GgufValueType {
  readonly name: string;
  /** Bytes of a value; 0 where it has a length of its own. */
  readonly size: number;
}

export const STRING = 8;
export const ARRAY = 9;
export const UINT32 = 4;

export const VALUE_TYPES: readonly GgufValueType[] = [
  { name: "u8", size: 1 },
  { name: "i8", size: 1 },
  { name: "u16", size: 2 },
  { name: "i16", size: 2 },
  { name: "u32", size: 4 },
  { name: "i32", size: 4 },
  { name: "f32", size: 4 },
  { name: "bool", size: 1 },
  { name: "string", size: 0 },
  { name: "array", size: 0 },
  { name: "u64", size: 8 },
  { name: "i64", size: 8 },
  { name: "f64", size: 8 },
];
