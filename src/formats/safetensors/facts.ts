/** What a report says of a safetensors file: its tensors and its metadata. */

import type { SafetensorsHeader } from "../../codecs/safetensors/header.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import { LISTED_TENSORS, tensorFacts } from "../tensor-facts.ts";

/** Entries of the metadata that are listed, and characters of each. */
const LISTED_ENTRIES = 256;
const LISTED_CHARACTERS = 1024;

/** `facts.tensors`, and `facts.safetensors` with the size of the header and the metadata as it stands there. */
export function safetensorsFacts(
  header: SafetensorsHeader,
  dataStart: number,
): Record<string, JsonValue> {
  const listed = header.metadata
    .slice(0, LISTED_ENTRIES)
    .map((entry): [string, JsonValue] => [cut(entry.key), cut(header.textOf(entry))]);
  let bytes = 0;
  for (const { begin, end } of header.tensors) {
    bytes += end - begin;
  }
  // Of those that are not listed nothing is made: a hostile header has a million of them.
  const tensors = header.tensors.slice(0, LISTED_TENSORS).map((tensor) => ({
    name: tensor.name,
    dtype: tensor.dtype,
    shape: tensor.shape,
    range: [dataStart + tensor.begin, dataStart + tensor.end] as const,
  }));
  const listedFacts = tensorFacts(tensors) as Record<string, JsonValue>;
  return {
    tensors: { ...listedFacts, count: header.tensors.length, bytes },
    safetensors: {
      headerBytes: header.bytes,
      metadataEntries: header.metadata.length,
      metadata: Object.fromEntries(listed),
    },
  };
}

function cut(text: string): string {
  return text.length <= LISTED_CHARACTERS ? text : `${text.slice(0, LISTED_CHARACTERS)}…`;
}
