/** What the rules on safetensors files see. */

import type { DuplicateKey, HeaderOddity } from "../../codecs/safetensors/header.ts";

/** Bytes between or behind the tensors. */
export interface UnnamedBytes {
  readonly start: number;
  readonly end: number;
  readonly place: "gap" | "tail";
  /** As far as they were looked at. */
  readonly onlyZeros: boolean;
}

export interface SafetensorsModel {
  /** Bytes that the header is said to have. */
  readonly headerLength: number;
  readonly tooDeep: boolean;
  readonly duplicates: readonly DuplicateKey[];
  readonly oddities: readonly HeaderOddity[];
  readonly unnamed: readonly UnnamedBytes[];
  /** Metadata that became children: name of the child and what holds it. */
  readonly literals: readonly { readonly child: string; readonly key: string }[];
}
