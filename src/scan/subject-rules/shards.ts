/** The files of a model in several files: whether they are there, and what their names say they are. */

import { quote } from "../../kernel/text.ts";
import { numberedSets } from "./numbered-shards.ts";
import type { NumberedSet } from "./numbered-shards.ts";
import { andMore, hasUnreadIndex, shardSets, splitPath } from "./shard-sets.ts";
import type { ShardSet } from "./shard-sets.ts";
import { UNDECIDED } from "./subject-rule.ts";
import type { SubjectEvidence, SubjectRule, SubjectView } from "./subject-rule.ts";

/** Names that a message and the evidence list. */
const SHOWN = 3;
const LISTED = 20;
const WEIGHTS = /\.(?:safetensors|bin|pt|pth|ckpt|gguf|h5|msgpack|onnx|npz)$/i;
/** Formats whose loaders run what is in them, or unpack it. */
const PROGRAMS = new Set([
  "pickle",
  "joblib",
  "pytorch",
  "pytorch-legacy",
  "pytorch-tar",
  "torchscript",
  "torch-package",
  "torchserve",
  "zip",
  "tar",
]);
/** Formats of a file whose content is not here, or that nobody knows; the file itself is judged for that. */
const NO_CLAIM = new Set(["safetensors", "lfs-pointer", "unknown"]);

const missing: SubjectRule = {
  id: "shards/missing",
  severity: "medium",
  confidence: "high",
  trigger: "load",
  implies: "incomplete",
  references: [],
  title: "A part of the model is not there",
  help: `An index, or the numbers in the names of the files (\`model-00002-of-00003.safetensors\`), say that the model
has more parts than the folder holds. What is not there was not scanned, and a loader that fetches it later loads what
nobody has looked at.

It is only told, and changes nothing, where all parts of an index are missing and other weights lie beside it: tools
that download one of several formats leave the index of the other one behind.

**What to do.** Download the missing files and scan the whole folder. A single part is scanned by naming it.`,
  needs: ["shardIndex", "tensors", "pickle", "pytorch", "lfs"],
  *evaluate(view) {
    if (hasUnreadIndex(view)) {
      yield UNDECIDED;
    }
    for (const set of shardSets(view)) {
      const absent = set.shards.filter(({ file }) => file === undefined);
      if (absent.length === 0) {
        continue;
      }
      if (!view.isWhole) {
        yield UNDECIDED;
        continue;
      }
      yield ofIndex(
        set,
        absent.map(({ name }) => name),
        view,
      );
    }
    for (const set of numberedSets(view)) {
      if (set.missing > 0 && view.isWhole) {
        yield ofNumbers(set);
      } else if (set.missing > 0) {
        yield UNDECIDED;
      }
    }
  },
};

function ofIndex(
  { index, folder, shards }: ShardSet,
  absent: readonly string[],
  { files }: SubjectView,
): SubjectEvidence {
  const isAll = absent.length === shards.length;
  const isOther =
    isAll &&
    [...files.keys()].some((path) => {
      const place = splitPath(path);
      return place.folder === folder && WEIGHTS.test(place.name);
    });
  const names = andMore(
    absent.slice(0, SHOWN).map((name) => quote(name)),
    absent.length,
  );
  return {
    file: index.path,
    message: isAll
      ? `none of the ${shards.length} files that the index lists is there${isOther ? "; other weights are" : ""}`
      : `${absent.length} of ${shards.length} files that the index lists are not there: ${names}`,
    key: "missing",
    data: { missing: absent.length, listed: shards.length, files: absent.slice(0, LISTED) },
    ...(isOther ? { implies: "none", severity: "info" } : {}),
  };
}

function ofNumbers({ first, total, missing: absent, numbers }: NumberedSet): SubjectEvidence {
  const names = andMore(numbers.slice(0, SHOWN).map(String), absent);
  return {
    file: first,
    message: `${absent} of ${total} files are not there, by the numbers in their names: ${names}`,
    key: "missing",
    data: { missing: absent, listed: total, numbers: numbers.slice(0, LISTED) },
  };
}

const noIndex: SubjectRule = {
  id: "shards/no-index",
  severity: "info",
  confidence: "medium",
  trigger: "load",
  implies: "none",
  references: [],
  title: "Numbered parts have no index",
  help: `The files are numbered as parts of one model, all of them are there, and no index says which tensor is in
which of them. Loaders that need an index do not find the model; others take every file of the folder, so that one more
file beside them would be loaded as well.

**What to do.** Nothing, as long as the loader that you use takes the files as they are.`,
  needs: ["tensors", "pickle", "pytorch"],
  *evaluate(view) {
    for (const { first, total, missing: absent } of numberedSets(view)) {
      if (absent === 0 && view.isWhole) {
        yield { file: first, message: `no index lists these ${total} files`, key: "no-index" };
      }
    }
  },
};

const otherFormat: SubjectRule = {
  id: "shards/other-format",
  severity: "high",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-646", "CWE-502", "AML.T0010.003"],
  title: "A shard is of another format than its name says",
  help: `The index lists a file by a name that ends in \`.safetensors\`, a format that holds nothing but numbers, and
the bytes of the file are something else. Where they are a pickle or an archive, a loader that goes by content, or falls
back to \`torch.load\`, runs what the name promises not to be there. In any other case the part of the model is damaged.

**What to do.** Do not load the model. Compare the file with what its publisher states.`,
  needs: ["shardIndex"],
  *evaluate(view) {
    if (hasUnreadIndex(view)) {
      yield UNDECIDED;
    }
    for (const { index, shards } of shardSets(view)) {
      for (const { name, file } of shards) {
        if (file === undefined || !/\.safetensors$/i.test(name) || NO_CLAIM.has(file.format)) {
          continue;
        }
        yield {
          file: file.path,
          message: `${quote(name)} in ${quote(splitPath(index.path).name)} is no safetensors file: its format is ${file.format}`,
          key: file.format,
          ...(PROGRAMS.has(file.format) ? {} : { implies: "incomplete", severity: "medium" }),
        };
      }
    }
  },
};

export const SHARD_RULES: readonly SubjectRule[] = [missing, noIndex, otherFormat];
