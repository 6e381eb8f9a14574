/**
 * GGUF models in several files, which llama.cpp finds by their names (`-00001-of-00003.gguf`) and checks by the keys
 * `split.no`, `split.count` and `split.tensors.count`. Metadata is read from the first part alone.
 */

import { quote } from "../../kernel/text.ts";
import { nameAt, rowsOf } from "../../kernel/tables.ts";
import type { TensorTable } from "../../kernel/tables.ts";
import { splitMembers } from "./gguf-parts.ts";
import type { GgufPart, GgufSplit } from "./gguf-parts.ts";
import { andMore, splitPath } from "./shard-sets.ts";
import { UNDECIDED } from "./subject-rule.ts";
import type { SubjectEvidence, SubjectRule } from "./subject-rule.ts";

/** Names that a message and the evidence list. */
const SHOWN = 3;
const LISTED = 20;
/** Tensors of one model whose names are compared. */
const MOST_TENSORS = 2_000_000;

const missing: SubjectRule = {
  id: "gguf/split-missing",
  severity: "medium",
  confidence: "high",
  trigger: "load",
  implies: "incomplete",
  references: [],
  title: "A part of a split model is not there",
  help: `The name of a GGUF file says how many files the model has, and the folder holds fewer; or all of them are
there and hold fewer tensors than the first one states. llama.cpp does not load such a model. What is not there was not
scanned, and whoever fetches it later loads what nobody has looked at.

**What to do.** Download the missing files and scan the whole folder. A single part is scanned by naming it.`,
  needs: ["gguf", "lfs"],
  *evaluate(view) {
    for (const split of splitMembers(view)) {
      const { first, total, absent, absentCount, parts } = split;
      if (absentCount > 0 && !view.isWhole) {
        yield UNDECIDED;
      } else if (absentCount > 0) {
        const numbers = andMore(absent.slice(0, SHOWN).map(String), absentCount);
        yield {
          file: first,
          message: `${absentCount} of ${total} parts are not there: ${numbers}`,
          key: "missing",
          data: { missing: absentCount, parts: total, numbers: absent.slice(0, LISTED) },
        };
      } else if (parts.some(({ isReadable }) => !isReadable)) {
        yield UNDECIDED;
      } else {
        yield* tensorCount(split);
      }
    }
  },
};

function* tensorCount({ first, parts }: GgufSplit): Generator<SubjectEvidence> {
  const stated = parts.find(({ tensorsOfAll }) => tensorsOfAll !== undefined)?.tensorsOfAll ?? 0;
  let held = 0;
  for (const { tensors } of parts) {
    held += tensors;
  }
  if (stated > held) {
    yield {
      file: first,
      message: `the parts are said to hold ${stated} tensors and hold ${held}`,
      key: "tensors",
      data: { stated, held },
    };
  }
}

const disagreement: SubjectRule = {
  id: "gguf/split-disagreement",
  severity: "medium",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-436"],
  title: "The parts of a split model contradict one another",
  help: `Each part of a split GGUF model states its number, how many parts there are, and how many tensors they hold
together; a part that names an architecture names that of the model. Where two parts state different things, or a part
another number than its name, they are not parts of one model: a file was exchanged or renamed. llama.cpp refuses most
of it, other programs put together what they find.

**What to do.** Do not load the model. Download all parts again, from one revision.`,
  needs: ["gguf"],
  *evaluate(view) {
    for (const { total, parts } of splitMembers(view)) {
      const byNumber = new Map(parts.toReversed().map((part) => [part.no, part]));
      for (const part of parts) {
        yield* ofPart(part, parts[0], total);
        yield* ofNumber(part, byNumber);
      }
      if (parts.some(({ isReadable }) => !isReadable)) {
        yield UNDECIDED;
      }
    }
  },
};

function* ofNumber(
  part: GgufPart,
  byNumber: ReadonlyMap<number | undefined, GgufPart>,
): Generator<SubjectEvidence> {
  const { file, number, no } = part;
  if (no !== undefined && no !== number - 1) {
    const other = byNumber.get(no);
    const clash =
      other === undefined || other === part
        ? ""
        : `, as ${quote(splitPath(other.file.path).name)} does`;
    const message = `it states to be part ${no + 1} and is named as part ${number}${clash}`;
    yield { file: file.path, message, key: "number" };
  }
}

function* ofPart(
  part: GgufPart,
  first: GgufPart | undefined,
  total: number,
): Generator<SubjectEvidence> {
  const { file, count, tensorsOfAll, architecture } = part;
  if (count !== undefined && count !== total) {
    const message = `it states that there are ${count} parts and is named as one of ${total}`;
    yield { file: file.path, message, key: "count" };
  }
  if (first === undefined || first === part) {
    return;
  }
  if (differ(tensorsOfAll, first.tensorsOfAll)) {
    const message = `it states that the parts hold ${tensorsOfAll} tensors, and another part ${first.tensorsOfAll}`;
    yield { file: file.path, message, key: "tensors" };
  }
  if (differ(architecture, first.architecture)) {
    const message = `its architecture is ${quote(architecture ?? "")}, and that of another part ${quote(first.architecture ?? "")}`;
    yield { file: file.path, message, key: "architecture" };
  }
}

function differ<Value>(one: Value | undefined, other: Value | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

const twoParts: SubjectRule = {
  id: "gguf/split-duplicate-tensor",
  severity: "high",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-436", "CWE-694"],
  title: "A tensor stands in two parts of a split model",
  help: `Each tensor of a split GGUF model is in one of its parts. Where two parts hold a tensor of the same name, one
program computes with the one and another program with the other, and whoever looks at the model with one of them has
not seen what the other one loads. llama.cpp refuses the model.

**What to do.** Do not load the model. Take it from where it was made, or convert it yourself.`,
  needs: ["gguf"],
  *evaluate(view) {
    for (const { parts } of splitMembers(view)) {
      const seen = new Map<string, GgufPart>();
      for (const part of parts) {
        const { tensors } = part.file.tables;
        const isOpen = !part.isReadable || (tensors === undefined && part.tensors > 0);
        if (isOpen || seen.size + part.tensors > MOST_TENSORS) {
          yield UNDECIDED;
          continue;
        }
        if (tensors !== undefined) {
          yield* shared(part, tensors, seen);
        }
      }
    }
  },
};

/** Adds the tensors of a part to those of the parts before it. */
function* shared(
  part: GgufPart,
  tensors: TensorTable,
  seen: Map<string, GgufPart>,
): Generator<SubjectEvidence> {
  const twice = new Map<GgufPart, string[]>();
  for (let row = 0; row < rowsOf(tensors); row += 1) {
    const name = nameAt(tensors, row);
    const before = seen.get(name);
    if (before === undefined) {
      seen.set(name, part);
    } else if (before !== part) {
      const names = twice.get(before) ?? [];
      names.push(name);
      twice.set(before, names);
    }
  }
  for (const [before, names] of twice) {
    const shown = names.slice(0, SHOWN).map((name) => quote(name));
    const other = splitPath(before.file.path).name;
    yield {
      file: part.file.path,
      message: `${quote(other)} holds tensors of the same names: ${andMore(shown, names.length)}`,
      key: other,
      data: { count: names.length, tensors: names.slice(0, LISTED) },
    };
  }
}

const template: SubjectRule = {
  id: "gguf/split-template",
  severity: "medium",
  confidence: "medium",
  trigger: "inference",
  implies: "suspicious",
  references: ["CWE-436", "CWE-1336"],
  title: "A later part of a split model brings a chat template of its own",
  help: `Loaders read the metadata of a split GGUF model from its first part. A chat template in a later one is not
what they use, and it differs from the one that they do: a program that shows or checks the metadata of every file, or
of the last one, shows another template than the one that runs. A copy of the first part's template is not reported.

**What to do.** Compare the two templates, and ask who made the model why there are two.`,
  needs: ["gguf"],
  *evaluate(view) {
    for (const { parts } of splitMembers(view)) {
      const [first, ...later] = parts;
      if (first?.number !== 1 || parts.some(({ isReadable }) => !isReadable)) {
        yield UNDECIDED;
        continue;
      }
      for (const { file, templates } of later) {
        for (const [name, digest] of templates) {
          if (digest === undefined || (first.templates.has(name) && !first.templates.get(name))) {
            yield UNDECIDED;
          } else if (digest !== first.templates.get(name)) {
            yield {
              file: file.path,
              message: `${quote(name)} is not that of the first part`,
              key: name,
            };
          }
        }
      }
    }
  },
};

export const GGUF_SPLIT_RULES: readonly SubjectRule[] = [missing, disagreement, twoParts, template];
