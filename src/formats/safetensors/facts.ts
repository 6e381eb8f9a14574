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
  return {
    tensors: tensorFacts(
      header.tensors.map((tensor, index) => ({
        // Of the others no name is shown, and making it would cost more than all the rest.
        name: index < LISTED_TENSORS ? tensor.name : "",
        dtype: tensor.dtype,
        shape: tensor.shape,
        range: [dataStart + tensor.begin, dataStart + tensor.end],
      })),
    ),
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
