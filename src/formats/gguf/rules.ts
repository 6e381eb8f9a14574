/** Rules of GGUF files: where readers would see different models, or compute sizes that wrap around. */

import { quote } from "../../kernel/text.ts";
import type { Evidence, Rule } from "../../kernel/rule.ts";
import type { Duplicate, GgufModel } from "./gguf-model.ts";

const TWO_MODELS = `llama.cpp refuses such a file. Other readers do not, and take the first or the last: what one tool
shows, converts or checks is not what another one loads.`;

function* twice(what: string, found: readonly Duplicate[]): Generator<Evidence> {
  for (const { name, first, second } of found) {
    yield {
      message: `the ${what} ${quote(name)} stands at 0x${first.toString(16)} and again at 0x${second.toString(16)}`,
      key: name,
      offset: second,
    };
  }
}

const duplicateKey: Rule<GgufModel> = {
  id: "gguf/duplicate-key",
  severity: "high",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-436", "CWE-694"],
  title: "A metadata key stands twice",
  help: `A key that stands twice has two values, such as a chat template that a reviewer sees and one that a loader
renders. Keys count as equal up to a zero byte, where C ends a string. ${TWO_MODELS}

**What to do.** Do not load the file. Take it from where it was made, or convert the model yourself.`,
  evaluate: ({ duplicateKeys }) => twice("key", duplicateKeys),
};

const duplicateTensor: Rule<GgufModel> = {
  id: "gguf/duplicate-tensor",
  severity: "high",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-436", "CWE-694"],
  title: "Two tensors have one name",
  help: `One of two tensors of the same name is what a loader computes with, and the other one is what somebody else
looks at. Names count as equal up to a zero byte, where C ends a string. ${TWO_MODELS}

**What to do.** Do not load the file. Take it from where it was made, or convert the model yourself.`,
  evaluate: ({ duplicateTensors }) => twice("tensor", duplicateTensors),
};

const overlap: Rule<GgufModel> = {
  id: "gguf/overlapping-tensors",
  severity: "high",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-436", "CWE-119"],
  title: "Tensors share bytes",
  help: `Every tensor has bytes of its own. Where two overlap, one is part of the other under another type or shape: a
loader that writes to a tensor in place changes both, and offsets that lie are how parsers are made to read where
they should not. Newer versions of llama.cpp refuse such a file, older ones and other readers do not.

**What to do.** Do not load the file. Take it from where it was made, or convert the model yourself.`,
  *evaluate({ overlaps }) {
    for (const [one, other] of overlaps) {
      const shared = Math.min(one.end, other.end) - other.start;
      const { name, infoAt } = other.tensor;
      yield {
        message: `tensors ${quote(one.tensor.name)} and ${quote(name)} share ${shared} bytes`,
        key: `${one.tensor.name}\n${name}`,
        offset: infoAt,
      };
    }
  },
};

const overflow: Rule<GgufModel> = {
  id: "gguf/overflow",
  severity: "critical",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: [
    "CWE-190",
    "CWE-122",
    "CVE-2024-21802",
    "CVE-2024-21825",
    "CVE-2024-21836",
    "CVE-2024-23496",
    "CVE-2024-23605",
    "CVE-2025-49847",
    "CVE-2025-53630",
    "CVE-2026-27940",
    "CVE-2026-33298",
  ],
  title: "A count or size wraps around in readers",
  help: `Readers in C multiply counts and dimensions of the file by sizes of their own, and add up what tensors take. A
number that no real file has makes the result wrap around: too little memory is allocated and what follows is written
behind it, which runs an attacker's code in the process that loads the model. llama.cpp and programs that carry a copy
of it had several such holes; the finding names the one that this number was used for.

**What to do.** Do not load the file with anything. Keep llama.cpp, and programs that bring their own copy, up to date.`,
  *evaluate({ overflows }) {
    for (const { what, advisory, message, offset } of overflows) {
      yield {
        message: `${message} (${advisory})`,
        key: `${what}\n${advisory}`,
        offset,
        data: { what, advisory },
      };
    }
  },
};

const hidden: Rule<GgufModel> = {
  id: "gguf/hidden-data",
  severity: "medium",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-912", "AML.T0018", "AML.T0074"],
  title: "Data lies outside all tensors",
  help: `Between tensors there is padding of zeros, and behind the last one there is nothing. Other bytes there belong to
no tensor: loaders never look at them, and whoever knows where they are can fetch a payload from them. What they are is
reported as content of the file.

Data behind the last tensor or in the padding alone makes a file \`unknown\`: some writers leave remains of memory
there. Data that tensors were moved apart for was put there.

**What to do.** Ask who made the file what it is, or convert the model yourself.`,
  *evaluate({ hidden: gaps }) {
    for (const { start, end, where } of gaps) {
      const place = {
        padding: "in padding",
        between: "between tensors",
        behind: "behind the last tensor",
      };
      yield {
        message: `${end - start} bytes ${place[where]} are not zero`,
        key: where,
        offset: start,
        implies: where === "between" ? "suspicious" : "unknown",
      };
    }
  },
};

export const GGUF_RULES: readonly Rule<GgufModel>[] = [
  duplicateKey,
  duplicateTensor,
  overlap,
  overflow,
  hidden,
];
