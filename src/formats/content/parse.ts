/** The first and last bytes, and what they say. */

import { Ledger } from "../../bytes/ledger.ts";
import { readRange } from "../../bytes/read.ts";
import type { RandomSource } from "../../kernel/source.ts";
import type { ParseContext, Parsed } from "../format.ts";
import type { ContentModel } from "./content-model.ts";
import { identifyContent } from "./identify.ts";

const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 66 * 1024;

/** Names the content. */
export function parseContent(source: RandomSource, { role }: ParseContext): Parsed<ContentModel> {
  const { size } = source;
  const head = readRange(source, 0, HEAD_BYTES);
  const tail = size <= HEAD_BYTES ? head : readRange(source, Math.max(0, size - TAIL_BYTES), size);
  const { kind, title, category } = identifyContent(head, tail, size) ?? {
    kind: "unknown",
    title: "data of an unknown kind",
    category: "unknown" as const,
  };
  const ledger = new Ledger(size);
  ledger.read(Math.min(size, head.length + (tail === head ? 0 : tail.length)));
  return {
    model: { kind, title, category, role },
    issues: [],
    ledger,
    children: [],
    facts: { content: { kind, title } },
  };
}
