/** Front part, tensors, what lies between them, and what is nested in the metadata. */

import { Ledger } from "../../bytes/ledger.ts";
import type { GgufLayout } from "../../codecs/gguf/layout.ts";
import { layOut } from "../../codecs/gguf/layout.ts";
import { readGguf } from "../../codecs/gguf/read-gguf.ts";
import type { GgufFront } from "../../codecs/gguf/read-gguf.ts";
import { quote } from "../../kernel/text.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { carvePickles } from "../carve.ts";
import type { Child, ParseContext, Parsed, ParseIssue } from "../format.ts";
import { ggufFacts } from "./facts.ts";
import type { Duplicate, GgufModel, GgufZero } from "./gguf-model.ts";
import { readGaps } from "./hidden.ts";
import { NestedStrings } from "./nested-strings.ts";

const EMPTY: GgufLayout = {
  dataStart: 0,
  placed: [],
  overlaps: [],
  gaps: [],
  problems: [],
  overflows: [],
};

/** Bytes behind damage, and at the end, that are searched for payloads. */
const SEARCHED = 8 * 1024 * 1024;
/** Of what is wrong in one way, so much is told. */
const MOST_TOLD = 100;

/** Reads one file. */
export async function parseGguf(
  source: RandomSource,
  context: ParseContext,
): Promise<Parsed<GgufModel>> {
  const { governor } = context;
  const ledger = new Ledger(source.size);
  const nested = new NestedStrings(source, governor);
  const front = readGguf(source, governor, (found) => nested.look(found));
  if (front === undefined) {
    return nothing(ledger);
  }
  ledger.understood(0, front.end);
  ledger.read(Math.min(front.end, source.size));
  nested.addEntries(front.entries);
  const layout = front.whole ? layOut(front, source.size) : EMPTY;
  for (const { start, end } of layout.placed) {
    ledger.inert(Math.min(start, source.size), end);
  }
  const gaps = readGaps(source, layout.gaps, ledger, governor);
  const duplicateKeys = duplicates(front.entries.map(({ key, offset }) => [key, offset]));
  const duplicateTensors = duplicates(front.tensors.map(({ name, infoAt }) => [name, infoAt]));
  return {
    model: {
      duplicateKeys,
      duplicateTensors,
      overflows: [...front.overflows, ...layout.overflows],
      overlaps: layout.overlaps,
      beyond: layout.placed.filter(({ end }) => end > source.size).slice(0, MOST_TOLD),
      zeros: zerosOf(front),
      hidden: gaps.hidden,
    },
    issues: [
      ...front.problems,
      ...layout.problems,
      ...duplicateIssues("key", duplicateKeys),
      ...duplicateIssues("tensor", duplicateTensors),
      ...nested.issues,
      ...gaps.issues,
    ],
    ledger,
    children: [...nested.children, ...gaps.children, ...behindDamage(source, front, context)],
    ...ggufFacts(front, layout, source.size),
  };
}

/** Bytes that no detection would have let through. */
function nothing(ledger: Ledger): Parsed<GgufModel> {
  return {
    model: {
      duplicateKeys: [],
      duplicateTensors: [],
      overflows: [],
      overlaps: [],
      beyond: [],
      zeros: [],
      hidden: [],
    },
    issues: [{ kind: "damaged", message: "this does not begin as GGUF does", offset: 0 }],
    ledger,
    children: [],
  };
}

function duplicates(names: readonly (readonly [name: string, offset: number])[]): Duplicate[] {
  const seen = new Map<string, number>();
  const found: Duplicate[] = [];
  for (const [name, offset] of names) {
    const first = seen.get(name);
    if (first === undefined) {
      seen.set(name, offset);
    } else if (found.length < MOST_TOLD) {
      found.push({ name, first, second: offset });
    }
  }
  return found;
}

/** The reference reader refuses both. */
function duplicateIssues(what: string, found: readonly Duplicate[]): ParseIssue[] {
  return found.map(({ name, second }) => ({
    kind: "damaged",
    message: `the ${what} ${quote(name)} stands twice`,
    offset: second,
  }));
}

/** An alignment of zero, and dimensions of zero behind the first one. */
function zerosOf({ entries, tensors }: GgufFront): GgufZero[] {
  const alignment = entries.find(({ key, value }) => key === "general.alignment" && value === 0);
  return [
    ...(alignment === undefined ? [] : [{ tensor: undefined, offset: alignment.offset }]),
    ...tensors
      .filter(({ dimensions }) => dimensions.indexOf(0, 1) !== -1)
      .slice(0, MOST_TOLD)
      .map(({ name, infoAt }) => ({ tensor: name, offset: infoAt })),
  ];
}

/** Pickles behind the place where the front part breaks off: some program may know to look there. */
function behindDamage(
  source: RandomSource,
  { whole, end }: GgufFront,
  { governor }: ParseContext,
): Child[] {
  const { size } = source;
  if (whole || end >= size) {
    return [];
  }
  const next = Math.min(size, end + SEARCHED);
  return [
    ...carvePickles(source, end, next, governor),
    ...carvePickles(source, Math.max(next, size - SEARCHED), size, governor),
  ];
}
