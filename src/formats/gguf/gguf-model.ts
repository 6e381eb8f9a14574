/** What the rules of GGUF see. */

import type { GgufGap, PlacedTensor } from "../../codecs/gguf/layout.ts";
import type { GgufOverflow } from "../../codecs/gguf/problems.ts";

/** A name that stands twice, with the later place. */
export interface Duplicate {
  readonly name: string;
  readonly first: number;
  readonly second: number;
}

export interface GgufZero {
  /** The tensor with a dimension of zero; undefined for an alignment of zero. */
  readonly tensor: string | undefined;
  readonly offset: number;
}

export interface GgufModel {
  readonly duplicateKeys: readonly Duplicate[];
  readonly duplicateTensors: readonly Duplicate[];
  readonly overflows: readonly GgufOverflow[];
  readonly overlaps: readonly (readonly [PlacedTensor, PlacedTensor])[];
  /** Tensors that end behind the end of the file. */
  readonly beyond: readonly PlacedTensor[];
  /** Zeros by which readers divide. */
  readonly zeros: readonly GgufZero[];
  /** Bytes outside all tensors that are not zero. */
  readonly hidden: readonly GgufGap[];
}
