/** Rules of safetensors files. What is hidden in one is judged by the rules of what it is. */

import type { Rule, RuleInfo } from "../../kernel/rule.ts";
import { formatBytes, quote } from "../../kernel/text.ts";
import { LONGEST_HEADER } from "../../codecs/safetensors/header.ts";
import type { SafetensorsModel } from "./model.ts";

const duplicateKey: Rule<SafetensorsModel> = {
  id: "safetensors/duplicate-key",
  severity: "high",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-436", "CWE-694", "AML.T0018"],
  title: "A key stands twice in the header",
  help: `JSON does not say which of two equal keys counts: the reference reader takes the last tensor of a name,
other readers take the first one or refuse the file. Whoever checks a model with one reader and loads it with another
sees two different models. The names are compared after their escapes are resolved, so \`"a"\` and \`"\\u0061"\` are
one name. No program that writes safetensors writes a key twice.

**What to do.** Do not use the file. Get it again from where it was first published.`,
  *evaluate({ duplicates }) {
    for (const { of, name, at } of duplicates) {
      const what = { tensor: "tensor", metadata: "metadata key", field: "field" }[of];
      yield {
        message: `the ${what} ${quote(name)} stands twice: readers differ in which one counts`,
        key: `${of} ${name.slice(0, 200)}`,
        offset: at,
      };
    }
  },
};

const hiddenData: Rule<SafetensorsModel> = {
  id: "safetensors/hidden-data",
  severity: "high",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-506", "CWE-912", "AML.T0018"],
  title: "Bytes that belong to no tensor",
  help: `In a safetensors file the tensors follow one another without a gap, and the last one ends with the file.
The reference reader refuses anything else, because bytes that no tensor names are where a second file is hidden:
a program, a pickle, an archive that another loader finds at the end. Readers that do not check load the file all
the same.

What lies there is scanned as a file of its own. Where it is nothing but zeros, some program padded its tensors, and
the file is only one that cannot be loaded.

**What to do.** Write the file anew with the reference library, from a source that you trust.`,
  *evaluate({ unnamed }) {
    for (const { start, end, place, onlyZeros } of unnamed) {
      const where = place === "tail" ? "behind the last tensor" : "in front of or between tensors";
      const what = onlyZeros ? "zeros" : "data that no tensor names";
      yield {
        message: `${formatBytes(end - start)} of ${what} ${where}`,
        key: place,
        offset: start,
        ...(onlyZeros ? { implies: "none" as const, severity: "low" as const } : {}),
      };
    }
  },
};

const oversizedHeader: Rule<SafetensorsModel> = {
  id: "safetensors/oversized-header",
  severity: "medium",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-400", "CWE-674", "CWE-789"],
  title: "The header asks for more than a reader should give",
  help: `The first eight bytes say how long the header is. A reader that believes them allocates that much before
it has seen a byte of it; the reference reader takes ${LONGEST_HEADER} bytes at most. Values that lie hundreds deep in
one another exhaust the stack of readers that recurse. Neither is found in a real model.

**What to do.** Do not load the file.`,
  *evaluate({ headerLength, tooDeep }) {
    if (headerLength > LONGEST_HEADER) {
      const message = `the header is said to have ${headerLength} bytes; readers take ${LONGEST_HEADER}`;
      yield { message, key: "length", offset: 0 };
    }
    if (tooDeep) {
      yield { message: "values of the header lie too deep in one another", key: "depth" };
    }
  },
};

const oddHeader: Rule<SafetensorsModel> = {
  id: "safetensors/odd-header",
  severity: "medium",
  confidence: "medium",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-20", "CWE-436"],
  title: "The header is not one that safetensors writes",
  help: `The reference reader takes some headers that the specification does not know: entries as arrays, further
fields, whitespace in front, dimensions that other languages cannot hold. No program writes such a header, other
readers refuse it or read it differently, and a further field is room for whatever somebody wants to carry.

**What to do.** Find out what wrote the file.`,
  *evaluate({ oddities }) {
    for (const { kind, message, offset } of oddities) {
      // Padding with line feeds is read alike by everybody.
      const harmless = kind === "trailing-space";
      yield {
        message,
        key: `${kind} ${message.slice(0, 200)}`,
        offset,
        ...(harmless ? { implies: "none" as const, severity: "info" as const } : {}),
      };
    }
  },
};

/** Judged by `compose`, which knows what the texts are. */
export const SCRIPT_IN_METADATA: RuleInfo = {
  id: "safetensors/script-in-metadata",
  severity: "low",
  confidence: "medium",
  trigger: "load",
  implies: "unknown",
  references: ["CWE-506", "AML.T0011.001", "modelaudit:S905"],
  title: "A text of the header is source code",
  help: `The metadata of a safetensors file is for words about the model: its format, how it was trained. A script in
it does nothing when the file is loaded, and waits for a program that reads it and runs it. Nobody has followed what
this one does, so the file stays unknown.

**What to do.** Read the text. Loading the tensors does not run it.`,
};

const scriptInMetadata: Rule<SafetensorsModel> = {
  ...SCRIPT_IN_METADATA,
  *evaluate() {
    // Findings of this rule come out of `compose`.
  },
};

export const SAFETENSORS_RULES: readonly Rule<SafetensorsModel>[] = [
  duplicateKey,
  hiddenData,
  oversizedHeader,
  oddHeader,
  scriptInMetadata,
];
