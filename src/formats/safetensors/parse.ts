/** The header, where its tensors lie, and what lies where there are none. */

import type { Governor } from "../../bytes/governor.ts";
import { Ledger } from "../../bytes/ledger.ts";
import { readRange } from "../../bytes/read.ts";
import { Reader } from "../../bytes/reader.ts";
import { checkLayout } from "../../codecs/safetensors/check-layout.ts";
import type { FileRange } from "../../codecs/safetensors/check-layout.ts";
import { HEADER_START, LONGEST_HEADER } from "../../codecs/safetensors/header.ts";
import type { SafetensorsHeader } from "../../codecs/safetensors/header.ts";
import { readSafetensorsHeader } from "../../codecs/safetensors/read-header.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { quote } from "../../kernel/text.ts";
import type { Child, ParseContext, Parsed, ParseIssue } from "../format.ts";
import { sliceChild } from "../slice-child.ts";
import { safetensorsFacts } from "./facts.ts";
import { literalChildren } from "./literals.ts";
import type { HeaderText, Literal } from "./literals.ts";
import type { SafetensorsModel, UnnamedBytes } from "./model.ts";

/** What a tensor or an entry of the metadata takes in memory, at most about. */
const ENTRY_BYTES = 600;
/** Ranges without a sound tensor that become children, the largest of them. */
const MOST_RANGES = 64;
/** How much of such a range is looked at for anything but zeros. */
const LOOKED_AT = 1024 * 1024;

/** Reads one file. */
export function parseSafetensors(
  source: RandomSource,
  context: ParseContext,
): Parsed<SafetensorsModel> {
  const { governor } = context;
  const ledger = new Ledger(source.size);
  const length = new Reader(readRange(source, 0, HEADER_START)).u64();
  const issues: ParseIssue[] = [];
  ledger.understood(0, HEADER_START);
  ledger.read(HEADER_START);
  if (length > LONGEST_HEADER) {
    const message = `the header is said to have ${length} bytes, and readers take ${LONGEST_HEADER}`;
    issues.push({ kind: "damaged", message, offset: 0 });
    return unread(source, length, issues, ledger);
  }
  if (HEADER_START + length > source.size) {
    const message = `the header is said to have ${length} bytes, and ${source.size - HEADER_START} are there`;
    issues.push({ kind: "truncated", message, offset: 0 });
  }
  const end = Math.min(source.size, HEADER_START + length);
  const held = end - HEADER_START;
  if (!governor.take("memory", held)) {
    issues.push({ kind: "limit", message: `a header of ${held} bytes is not read` });
    return unread(source, length, issues, ledger);
  }
  const header = readSafetensorsHeader(readRange(source, HEADER_START, end), {
    entries: Math.floor(governor.left("memory") / ENTRY_BYTES),
  });
  governor.release("memory", held);
  ledger.read(held);
  ledger.understood(HEADER_START, header.understood);
  return readData(source, context, { header, length, end, issues, ledger });
}

/** A file whose header is not read: all of it is for others to identify. */
function unread(
  source: RandomSource,
  headerLength: number,
  issues: readonly ParseIssue[],
  ledger: Ledger,
): Parsed<SafetensorsModel> {
  return {
    model: { ...NOTHING, headerLength },
    issues,
    ledger,
    children: [rangeChild(source, HEADER_START, source.size)],
  };
}

const NOTHING: SafetensorsModel = {
  headerLength: 0,
  tooDeep: false,
  duplicates: [],
  oddities: [],
  unnamed: [],
  literals: [],
};

interface ReadHeader {
  readonly header: SafetensorsHeader;
  readonly length: number;
  /** Where the data begins. */
  readonly end: number;
  readonly issues: ParseIssue[];
  readonly ledger: Ledger;
}

function readData(
  source: RandomSource,
  { governor }: ParseContext,
  { header, length, end, issues, ledger }: ReadHeader,
): Parsed<SafetensorsModel> {
  const layout = checkLayout(header.tensors, end, source.size);
  // Where the header breaks off or an entry is no tensor, what should lie there would be called hidden.
  const knowsAll = header.whole && header.invalid === 0;
  issues.push(...header.problems, ...(knowsAll ? layout.problems : []));
  for (const { message, offset } of header.oddities) {
    issues.push({ kind: "deviation", message, offset });
  }
  for (const { name, at } of header.duplicates) {
    issues.push({ kind: "deviation", message: `${quote(name)} stands twice`, offset: at });
  }
  for (const range of layout.sound) {
    ledger.inert(range.start, range.end);
  }
  const literals = literalsOf(header, governor);
  return {
    model: {
      headerLength: length,
      tooDeep: header.tooDeep,
      duplicates: header.duplicates,
      oddities: header.oddities,
      unnamed: (knowsAll ? layout.unnamed : [])
        .slice(0, MOST_RANGES)
        .map((range) => unnamedBytes(source, range)),
      literals: literals.map(({ child, key }) => ({ child: child.name, key })),
    },
    issues,
    ledger,
    children: [
      ...largest(ledger.gaps()).map(({ start, end: to }) => rangeChild(source, start, to)),
      ...literals.map(({ child }) => child),
    ],
    ...safetensorsFacts(header, end),
  };
}

/** The largest ranges, in order. What is left out stays unaccounted. */
function largest(ranges: readonly FileRange[]): readonly FileRange[] {
  return ranges.length <= MOST_RANGES
    ? ranges
    : ranges
        .toSorted((a, b) => b.end - b.start - (a.end - a.start))
        .slice(0, MOST_RANGES)
        .toSorted((a, b) => a.start - b.start);
}

/** Bytes that are none of a tensor's, for the engine to identify. */
function rangeChild(source: RandomSource, start: number, end: number): Child {
  const role = end === source.size ? "trailing" : "hidden";
  return sliceChild(source, role, `${role}@0x${start.toString(16)}`, { start, end });
}

function unnamedBytes(source: RandomSource, { start, end }: FileRange): UnnamedBytes {
  const bytes = readRange(source, start, Math.min(end, start + LOOKED_AT));
  return {
    start,
    end,
    place: end === source.size ? "tail" : "gap",
    onlyZeros: bytes.every((byte) => byte === 0),
  };
}

/** The metadata, and strings in fields that no reader looks at. */
function literalsOf(header: SafetensorsHeader, governor: Governor): Literal[] {
  function* texts(): Generator<HeaderText> {
    for (const entry of header.metadata) {
      yield { key: entry.key, offset: entry.start, text: header.textOf(entry) };
    }
    for (const entry of header.strayStrings) {
      yield { key: "a further field", offset: entry.start, text: header.textOf(entry) };
    }
  }
  return literalChildren(texts(), governor);
}
