/**
 * PyTorch's layout before 1.6, and today with `_use_new_zipfile_serialization=False`: pickles one after
 * the other, then the raw storages that the last one lists. `torch/serialization.py` is its only
 * specification. Content is told from a plain pickle by the magic number, or by the version after a
 * number that is computed.
 */

import { Ledger } from "../../bytes/ledger.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { latin1 } from "../../bytes/read.ts";
import { OPCODES } from "../../codecs/pickle/opcodes.ts";
import type { Rule } from "../../kernel/rule.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { probePickle } from "../../machines/pickle/probe.ts";
import { defineFormat } from "../format.ts";
import type { DetectionHint, Match, ParseContext, Parsed } from "../format.ts";
import { PICKLE_RULES } from "../pickle-rules.ts";
import type { WithPickle } from "../pickle-rules.ts";
import {
  analysisOptions,
  globalFacts,
  nestedChildren,
  pickleModel,
  trailingChild,
} from "../pickle-streams.ts";
import { readPlainPickle } from "../plain-pickle.ts";
import { LEGACY_HEADER, storageSize } from "../pytorch-rules.ts";
import type { WithStorageProblems } from "../pytorch-rules.ts";
import { namedStorages } from "../torch-storages.ts";
import { readLegacyStorages } from "./read-storages.ts";
import type { LegacyStorages } from "./read-storages.ts";
import { MAGIC, readLegacyStreams, VERSION } from "./read-streams.ts";
import type { HeaderProblem, LegacyStreams } from "./read-streams.ts";

interface LegacyModel extends WithPickle, WithStorageProblems {
  readonly headerProblems: readonly HeaderProblem[];
}

/** Bytes in which the first two streams have to be. */
const HEADER = 4096;

/** LONG1 of the magic number. */
const MAGIC_BYTES = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
/** Integers of protocols 0 to 5 that mean the version, at the end of a stream. */
const VERSIONS = [
  "M\xe9\x03.",
  "J\xe9\x03\0\0.",
  `I${VERSION}\n.`,
  "\x8a\x02\xe9\x03.",
  `L${VERSION}L\n.`,
];

function detect(head: Uint8Array, _tail: Uint8Array, { size }: DetectionHint): Match {
  if (OPCODES[head[0] ?? 0] === undefined) {
    return "none";
  }
  const text = latin1(head, 0, HEADER);
  const start = text.slice(0, 64);
  if (start.includes(MAGIC_BYTES) || start.includes(String(MAGIC))) {
    return plainAt(head, 0) === MAGIC ? "certain" : "none";
  }
  if (!VERSIONS.some((version) => text.includes(version))) {
    return "none";
  }
  return isComputedMagic(head.subarray(0, HEADER), head.length === size) ? "likely" : "none";
}

/** Whether a call, the version and facts about the system follow each other. */
function isComputedMagic(head: Uint8Array, whole: boolean): boolean {
  const first = probePickle(head, whole);
  if (first.stop === undefined || !first.calls || plainAt(head, first.stop) !== VERSION) {
    return false;
  }
  const second = probePickle(head.subarray(first.stop), whole);
  return second.stop !== undefined && plainAt(head, first.stop + second.stop) instanceof Map;
}

function plainAt(head: Uint8Array, position: number): unknown {
  return readPlainPickle(new MemorySource(head.subarray(0, HEADER), "head"), position, HEADER)
    ?.value;
}

async function parse(source: RandomSource, context: ParseContext): Promise<Parsed<LegacyModel>> {
  const ledger = new Ledger(source.size);
  const streams = readLegacyStreams(source, ledger, analysisOptions(context));
  const { analysis } = streams;
  const { names, persistentIds } = analysis.findings;
  const storages = readStorages(source, streams, ledger);
  const nested = nestedChildren(analysis, context.governor);
  const trailing = storages.end < source.size ? storages.end : undefined;
  return {
    model: {
      pickle: pickleModel({ analysis, hidden: [], trailing, issues: [] }),
      headerProblems: streams.problems,
      storageProblems: storages.problems,
    },
    issues: [...streams.issues, ...storages.issues, ...nested.issues],
    ledger,
    children: [
      ...nested.children,
      ...(trailing === undefined ? [] : [trailingChild(source, trailing)]),
    ],
    facts: { pickle: { globals: globalFacts(names.list()) } },
    exports: { "pickle.storages": persistentIds, "pickle.uses": names.list() },
  };
}

function readStorages(
  source: RandomSource,
  streams: LegacyStreams,
  ledger: Ledger,
): LegacyStorages {
  const { analysis, end, keys } = streams;
  return keys === undefined
    ? { end, problems: [], issues: [] }
    : readLegacyStorages(source, end, keys, namedStorages(analysis.findings.persistentIds), ledger);
}

const legacyHeader: Rule<LegacyModel> = {
  ...LEGACY_HEADER,
  *evaluate({ headerProblems }) {
    for (const { offset, name, message } of headerProblems) {
      yield { message, key: name, offset };
    }
  },
};

export const pytorchLegacy = defineFormat({
  id: "pytorch-legacy",
  title: "PyTorch, layout before 1.6",
  revision: 1,
  specification: [
    {
      title: "torch.serialization, the legacy layout",
      url: "https://github.com/pytorch/pytorch/blob/main/torch/serialization.py",
    },
  ],
  extensions: [".pt", ".pth", ".bin", ".ckpt"],
  refines: "pickle",
  detect,
  parse,
  rules: [...PICKLE_RULES, legacyHeader, storageSize],
});
