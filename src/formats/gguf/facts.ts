/** `facts.gguf` and `facts.tensors`. Names and numbers are what the file says of itself. */

import type { GgufLayout } from "../../codecs/gguf/layout.ts";
import type { GgufEntry } from "../../codecs/gguf/read-metadata.ts";
import type { GgufFront } from "../../codecs/gguf/read-gguf.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import type { Parsed } from "../format.ts";
import { describeTensors } from "../tensor-facts.ts";
import { FILE_TYPES } from "./file-types.ts";
import { isTemplateKey, templateName } from "./template-key.ts";

const MOST_TEMPLATES = 100;

/** Facts and tables about a file of `size` bytes; of a damaged one, what could be read. */
export function ggufFacts(
  front: GgufFront,
  layout: GgufLayout,
  size: number,
): Required<Pick<Parsed<unknown>, "facts" | "tables">> {
  const facts = { gguf: factsOf(front) };
  if (layout.placed.length === 0) {
    return { facts, tables: {} };
  }
  const there = layout.placed.filter(({ start, end }) => start <= end && end <= size);
  const described = describeTensors(there, ({ tensor, start, end }) => ({
    name: tensor.name,
    dtype: tensor.type,
    shape: tensor.dimensions.toReversed(),
    range: [start, end],
  }));
  return {
    facts: { ...facts, tensors: described.facts },
    tables: { tensors: described.table },
  };
}

function factsOf({ version, entries, tensorCount, alignment }: GgufFront): JsonValue {
  const value = (key: string): GgufEntry["value"] =>
    entries.find((entry) => entry.key === key)?.value;
  const fileType = numberOf(value("general.file_type"));
  return {
    version: version.version,
    byteOrder: version.littleEndian ? "little" : "big",
    alignment,
    keys: entries.length,
    tensors: tensorCount,
    ...defined({
      architecture: textOf(value("general.architecture")),
      name: textOf(value("general.name")),
      fileType,
      quantization: fileType === undefined ? undefined : FILE_TYPES.get(fileType),
      quantizationVersion: numberOf(value("general.quantization_version")),
      split: splitOf(value),
    }),
    templates: entries
      .filter(({ key }) => isTemplateKey(key))
      .slice(0, MOST_TEMPLATES)
      .map(({ key }) => templateName(key)),
  };
}

/** Which part of a model that was split into several files this one is. */
function splitOf(value: (key: string) => GgufEntry["value"]): JsonValue | undefined {
  const count = numberOf(value("split.count"));
  const no = numberOf(value("split.no"));
  const tensors = numberOf(value("split.tensors.count"));
  return count === undefined && no === undefined && tensors === undefined
    ? undefined
    : { ...defined({ no, count, tensors }) };
}

function numberOf(value: GgufEntry["value"]): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function textOf(value: GgufEntry["value"]): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function defined(
  values: Readonly<Record<string, JsonValue | undefined>>,
): Record<string, JsonValue> {
  return Object.fromEntries(
    Object.entries(values).filter((pair): pair is [string, JsonValue] => pair[1] !== undefined),
  );
}
