/** The parts of split GGUF models: what their names say, and what they say of themselves. */

import { factOf, isWhole, splitPath } from "./shard-sets.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import type { SubjectFile, SubjectView } from "./subject-rule.ts";

const PART = /^(.+)-(\d{5})-of-(\d{5})\.gguf$/;
const TEMPLATE = /^tokenizer\.chat_template(?:\.|$)/;
const LISTED = 20;

export interface GgufPart {
  readonly file: SubjectFile;
  /** By its name, from 1 on. */
  readonly number: number;
  /** It is GGUF, and was read to its end. */
  readonly isReadable: boolean;
  /** What it states; parts count from 0 there. */
  readonly no: number | undefined;
  readonly count: number | undefined;
  readonly tensorsOfAll: number | undefined;
  readonly architecture: string | undefined;
  /** Tensors that it holds itself. */
  readonly tensors: number;
  /** Digests of its chat templates by key; undefined where none was computed. */
  readonly templates: ReadonlyMap<string, string | undefined>;
}

export interface GgufSplit {
  /** Path of the part that comes first. */
  readonly first: string;
  readonly total: number;
  /** In the order of their numbers. */
  readonly parts: readonly GgufPart[];
  readonly absentCount: number;
  /** The first numbers that no file has. */
  readonly absent: readonly number[];
}

/** Models of two parts or more, by the names of their files. */
export function* splitMembers({ files }: SubjectView): Generator<GgufSplit> {
  const splits = new Map<string, { readonly total: number; readonly parts: GgufPart[] }>();
  for (const file of files.values()) {
    const { folder, name } = splitPath(file.path);
    const [, stem, number, total] = PART.exec(name) ?? [];
    if (stem !== undefined && Number(total) > 1) {
      const key = `${folder}${stem}\n${total}`;
      const split = splits.get(key) ?? { total: Number(total), parts: [] };
      split.parts.push(partOf(file, Number(number)));
      splits.set(key, split);
    }
  }
  for (const { total, parts } of splits.values()) {
    const sorted = parts.toSorted((a, b) => a.number - b.number);
    const present = new Set(sorted.map(({ number }) => number));
    const absentCount = Math.max(0, total - present.size);
    const absent: number[] = [];
    for (let number = 1; absent.length < Math.min(absentCount, LISTED); number += 1) {
      if (!present.has(number)) {
        absent.push(number);
      }
    }
    yield { first: sorted[0]?.file.path ?? "", total, parts: sorted, absentCount, absent };
  }
}

function partOf(file: SubjectFile, number: number): GgufPart {
  const split = factOf(file, "gguf", "split");
  const stated = (key: string): number | undefined => {
    const value = typeof split === "object" && split !== null ? member(split, key) : undefined;
    return typeof value === "number" ? value : undefined;
  };
  const architecture = factOf(file, "gguf", "architecture");
  const tensors = factOf(file, "gguf", "tensors");
  const templates = file.children.filter(({ path }) => TEMPLATE.test(path));
  return {
    file,
    number,
    isReadable: file.format === "gguf" && isWhole(file),
    no: stated("no"),
    count: stated("count"),
    tensorsOfAll: stated("tensors"),
    architecture: typeof architecture === "string" ? architecture : undefined,
    tensors: typeof tensors === "number" ? tensors : 0,
    templates: new Map(templates.map(({ path, digests }) => [path, digests["sha256"]])),
  };
}

function member(value: NonNullable<JsonValue>, key: string): JsonValue | undefined {
  return (value as Readonly<Record<string, JsonValue>>)[key];
}
