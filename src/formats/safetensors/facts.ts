/** What a report says of a safetensors file: its tensors and its metadata. */

import type { SafetensorsHeader } from "../../codecs/safetensors/header.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import type { Parsed } from "../format.ts";
import { describeTensors } from "../tensor-facts.ts";

/** Entries of the metadata that are listed, and characters of each. */
const LISTED_ENTRIES = 256;
const LISTED_CHARACTERS = 1024;

/** The table of tensors, `facts.tensors`, and `facts.safetensors` with the size of the header and the metadata as it stands there. */
export function safetensorsFacts(
  header: SafetensorsHeader,
  dataStart: number,
): Required<Pick<Parsed<unknown>, "facts" | "tables">> {
  const { facts, table } = describeTensors(
    header.tensors,
    ({ name, dtype, shape, begin, end }) => ({
      name,
      dtype,
      shape,
      range: [dataStart + begin, dataStart + end],
    }),
  );
  const listed = header.metadata
    .slice(0, LISTED_ENTRIES)
    .map((entry): [string, JsonValue] => [cut(entry.key), cut(header.textOf(entry))]);
  return {
    facts: {
      tensors: facts,
      safetensors: {
        headerBytes: header.bytes,
        metadataEntries: header.metadata.length,
        metadata: Object.fromEntries(listed),
      },
    },
    tables: { tensors: table },
  };
}

function cut(text: string): string {
  return text.length <= LISTED_CHARACTERS ? text : `${text.slice(0, LISTED_CHARACTERS)}…`;
}
