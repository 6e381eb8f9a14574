/**
 * Content that no format reads: programs, archives, images, text, databases and models of other kinds, named by
 * what their bytes are. Nothing in it is understood, so it stays `unknown`; only an empty file is clean.
 */

import { Ledger } from "../../bytes/ledger.ts";
import { readRange } from "../../bytes/read.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { defineFormat } from "../format.ts";
import type { ParseContext, Parsed } from "../format.ts";
import type { ContentModel } from "./content-model.ts";
import { identifyContent } from "./identify.ts";
import { contentRules } from "./rules.ts";

const HEAD_BYTES = 64 * 1024;
const TAIL_BYTES = 66 * 1024;

async function parse(source: RandomSource, { role }: ParseContext): Promise<Parsed<ContentModel>> {
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

export const content = defineFormat({
  id: "content",
  title: "Content known by its signature",
  revision: 1,
  specification: [
    {
      title: "PRONOM, a registry of file formats",
      url: "https://www.nationalarchives.gov.uk/PRONOM/",
    },
  ],
  extensions: [],
  identifiesOnly: true,
  detect: (head, tail, { size }) => identifyContent(head, tail, size)?.match ?? "none",
  parse,
  rules: contentRules,
});
