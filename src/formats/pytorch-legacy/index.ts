/**
 * PyTorch's layout before 1.6, and today with `_use_new_zipfile_serialization=False`: pickles one after
 * the other, then the raw storages that the last one lists. `torch/serialization.py` is its only
 * specification. Content is told from a plain pickle by the magic number, or by the version after a
 * number that is computed.
 */

import { MemorySource } from "../../bytes/memory-source.ts";
import { latin1 } from "../../bytes/read.ts";
import { OPCODES } from "../../codecs/pickle/opcodes.ts";
import type { Rule } from "../../kernel/rule.ts";
import { probePickle } from "../../machines/pickle/probe.ts";
import { defineFormat } from "../format.ts";
import type { DetectionHint, Match } from "../format.ts";
import { PICKLE_RULES } from "../pickle-rules.ts";
import { readPlainPickle } from "../plain-pickle.ts";
import { LEGACY_HEADER, storageSize } from "../pytorch-rules.ts";
import { MAGIC, VERSION } from "./magic.ts";
import type { LegacyModel } from "./parse.ts";

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
  parse: async (source, context) => await (await import("./parse.ts")).parseLegacy(source, context),
  rules: [...PICKLE_RULES, legacyHeader, storageSize],
});
