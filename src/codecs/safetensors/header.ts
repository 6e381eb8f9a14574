/**
 * What the header of a safetensors file says. Positions are in the file; `begin` and `end` of tensors count
 * from where the data begins, as the header has them.
 */

/** Bytes in front of the header: its length, little-endian. */
export const HEADER_START = 8;
/** The reference reader takes no longer header. */
export const LONGEST_HEADER = 100_000_000;

export interface HeaderTensor {
  /** Made when it is asked for. */
  readonly name: string;
  /** Where its name stands. */
  readonly at: number;
  readonly dtype: string;
  /** Bits of an element; 0 of a dtype that nobody knows. */
  readonly bits: number;
  /** The first dimensions, which are all of them but in a hostile file; rounded past 2^53. */
  readonly shape: readonly number[];
  /** The product of all dimensions, exact; undefined past 2^64 at any step. */
  readonly elements: number | bigint | undefined;
  readonly begin: number;
  readonly end: number;
}

export interface MetadataEntry {
  readonly key: string;
  /** Where the text of the value lies, between its quotes. */
  readonly start: number;
  readonly end: number;
  /** Neither escapes nor characters beyond ASCII. */
  readonly plain: boolean;
}

/** Why the reference reader refuses the file; `limit` is a budget of ours. */
export interface HeaderProblem {
  readonly kind: "damaged" | "truncated" | "limit";
  readonly message: string;
  readonly offset: number;
}

/** What the reference reader takes and the specification does not have. */
export interface HeaderOddity {
  readonly kind:
    | "leading-space"
    | "trailing-space"
    | "array-form"
    | "dtype-form"
    | "extra-field"
    | "metadata-null"
    | "huge-dimension"
    | "many-dimensions";
  readonly message: string;
  readonly offset: number;
}

/** A key that stands twice in one object: readers differ in which of the two counts. */
export interface DuplicateKey {
  readonly of: "tensor" | "metadata" | "field";
  readonly name: string;
  /** Where it stands again. */
  readonly at: number;
}

export interface SafetensorsHeader {
  /** Its length. */
  readonly bytes: number;
  /** Each name once, with what the last entry of that name says. */
  readonly tensors: readonly HeaderTensor[];
  /** Entries that make no tensor, and so are not among them. */
  readonly invalid: number;
  /** Each key once, with the last value. */
  readonly metadata: readonly MetadataEntry[];
  readonly problems: readonly HeaderProblem[];
  readonly oddities: readonly HeaderOddity[];
  readonly duplicates: readonly DuplicateKey[];
  /** Long strings in fields that no reader looks at. */
  readonly strayStrings: readonly MetadataEntry[];
  /** How far the header was understood: its end, or where it stops making sense. */
  readonly understood: number;
  /** It is JSON from its beginning to its end. */
  readonly whole: boolean;
  /** Values lie too deep in one another. */
  readonly tooDeep: boolean;
  /** The text of a value. */
  textOf(entry: MetadataEntry): string;
}
