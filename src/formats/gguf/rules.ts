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

const beyond: Rule<GgufModel> = {
  id: "gguf/missing-data",
  severity: "medium",
  confidence: "high",
  trigger: "load",
  implies: "incomplete",
  references: ["CWE-125", "CVE-2026-7482"],
  title: "Tensors end behind the end of the file",
  help: `Most often the file was not downloaded whole. The same is what a file looks like that was made to lie: a reader
that believes the sizes reads on into memory that is not the model's, and Ollama before 0.17.1 wrote what it found there
into the model it converted, for whoever uploads and downloads it.

**What to do.** Download the file again and compare its size and digest with what the publisher states.`,
  *evaluate({ beyond: tensors }, { size }) {
    const [first] = tensors;
    if (first !== undefined) {
      const others = tensors.length > 1 ? `, and ${tensors.length - 1} more do, too` : "";
      yield {
        message: `tensor ${quote(first.tensor.name)} ends at ${first.end} and the file at ${size}${others}`,
        key: "missing-data",
        offset: first.tensor.infoAt,
      };
    }
  },
};

const zero: Rule<GgufModel> = {
  id: "gguf/division-by-zero",
  severity: "medium",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-369", "CVE-2025-0317"],
  title: "Readers divide by a zero of this file",
  help: `An alignment of zero, or a tensor with a dimension of zero, is what readers divide by when they place tensors
or check how many elements there are: the program that loads the file ends at once. Ollama did at the former, llama.cpp
until the middle of 2026 at the latter. A tensor without elements is allowed and nobody needs it, so it is only told.

**What to do.** Do not hand the file to a service that others use, too.`,
  *evaluate({ zeros }) {
    for (const { tensor, offset } of zeros) {
      yield tensor === undefined
        ? { message: "general.alignment is 0", key: "alignment", offset }
        : {
            message: `tensor ${quote(tensor)} has a dimension of 0`,
            key: tensor,
            offset,
            implies: "none",
            severity: "low",
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
  references: ["CWE-912", "AML.T0010.003"],
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
  beyond,
  zero,
  hidden,
];
