/** Where the tensors of a sharded model are: what the index says against what the shards hold. */

import { quote } from "../../kernel/text.ts";
import { nameAt, rowsOf } from "../../kernel/tables.ts";
import { comparedSets, LISTED, MOST_TENSORS } from "./compare-shards.ts";
import type { Compared } from "./compare-shards.ts";
import { andMore, factOf, hasUnreadIndex, shardSets, splitPath } from "./shard-sets.ts";
import type { ShardSet } from "./shard-sets.ts";
import { UNDECIDED } from "./subject-rule.ts";
import type { SubjectEvidence, SubjectRule, SubjectView } from "./subject-rule.ts";

/** Names that a message lists. */
const SHOWN = 2;
/** A stated size this many times off is another model's, or another type's. */
const OTHER_SIZE = 1.9;
/**
 * Tied weights, which a writer stores once or twice, and buffers that a model makes anew: shards and indexes of
 * sound models differ in them.
 */
const EXPENDABLE =
  /(?:^|\.)(?:lm_head|shared|embed_tokens|embed_out|wte|word_embeddings)\.weight$|(?:^|\.)(?:position_ids|inv_freq|masked_bias|attn\.bias|_extra_state|sin_cached|cos_cached|freqs_cis)$/;

/** `tensor "a" is`, `3 tensors ("a", "b" and 1 more) are`. */
function subjectOf(names: readonly string[], count: number): string {
  const shown = names.slice(0, SHOWN).map((name) => quote(name));
  return count === 1
    ? `the tensor ${shown[0] ?? ""} is`
    : `${count} tensors (${andMore(shown, count)}) are`;
}

/** Asks for evidence of every index, and says whether some was left open. */
function* each(
  view: SubjectView,
  evidence: (set: ShardSet, found: Compared) => Iterable<SubjectEvidence>,
): Generator<SubjectEvidence | typeof UNDECIDED> {
  if (hasUnreadIndex(view)) {
    yield UNDECIDED;
  }
  for (const [set, found] of comparedSets(view)) {
    yield* evidence(set, found);
    // Shards that are missing altogether are another rule's; those without a table leave this one open.
    if (!found.complete && set.shards.some((shard) => shard.file !== undefined)) {
      yield UNDECIDED;
    }
  }
}

const twoShards: SubjectRule = {
  id: "shards/tensor-in-two-shards",
  severity: "high",
  confidence: "medium",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-436", "CWE-694", "AML.T0010.003"],
  title: "A tensor stands in two shards",
  help: `Loaders that go by the index take a tensor from the shard that it names; loaders that read one shard after
the other take it from the last one that has it. Where two shards hold a tensor of the same name, the two see two
models: one can be what is tested, and the other what is used. Programs that write models put every tensor into one
shard.

**What to do.** Do not load the model before you know which of the two is meant. Take it from where it was made.`,
  needs: ["shardIndex"],
  evaluate: (view) =>
    each(view, function* ({ index }, { twice }) {
      for (const { first, second, names, count } of twice) {
        yield {
          file: index.path,
          message: `${subjectOf(names, count)} both in ${quote(first)} and in ${quote(second)}`,
          key: `${first}\n${second}`,
          data: { shards: [first, second], count, tensors: names },
        };
      }
    }),
};

const notThere: SubjectRule = {
  id: "shards/tensor-missing",
  severity: "medium",
  confidence: "high",
  trigger: "load",
  implies: "incomplete",
  references: ["CWE-1288"],
  title: "A tensor is not where the index says",
  help: `The index says which shard each tensor is in, and the shard does not have it. Where no shard has it, the
model is not whole: a loader fails, or goes on with weights that it makes up. Where another shard has it, loaders that
read all shards find it and those that go by the index do not, which is told and changes nothing. The same goes for
tied weights and buffers, which sound models are stored with or without.

**What to do.** Download the index and the shards again, from one revision.`,
  needs: ["shardIndex"],
  evaluate: (view) =>
    each(view, function* ({ index }, { nowhere, elsewhere }) {
      const [first] = nowhere;
      if (first !== undefined) {
        const harmless = nowhere.every((name) => EXPENDABLE.test(name));
        yield {
          file: index.path,
          message: `${subjectOf(nowhere, nowhere.length)} in the index and in none of the shards`,
          key: "nowhere",
          data: { count: nowhere.length, tensors: nowhere.slice(0, LISTED) },
          ...(harmless ? { implies: "none", severity: "info" } : {}),
        };
      }
      for (const { first: said, second, names, count } of elsewhere) {
        yield {
          file: index.path,
          message: `${subjectOf(names, count)} in ${quote(second)}, and the index says ${quote(said)}`,
          key: `${said}\n${second}`,
          implies: "none",
          severity: "low",
          data: { shards: [said, second], count, tensors: names },
        };
      }
    }),
};

const unlisted: SubjectRule = {
  id: "shards/unlisted-tensor",
  severity: "low",
  confidence: "high",
  trigger: "load",
  implies: "none",
  references: [],
  title: "A shard holds tensors that the index does not know",
  help: `Loaders that read whole shards load these tensors, those that go by the index do not. Most often they are left
over from a conversion, and a model that has no place for them ignores them.

**What to do.** Nothing, unless you wonder what the tensors are for.`,
  needs: ["shardIndex"],
  evaluate: (view) =>
    each(view, function* ({ index }, found) {
      const names = found.unlisted.filter((name) => !EXPENDABLE.test(name));
      if (names.length > 0) {
        yield {
          file: index.path,
          message: `${subjectOf(names, names.length)} in a shard and not in the index`,
          key: "unlisted",
          data: { count: names.length, tensors: names.slice(0, LISTED) },
        };
      }
    }),
};

const totalSize: SubjectRule = {
  id: "shards/total-size",
  severity: "info",
  confidence: "medium",
  trigger: "load",
  implies: "none",
  references: [],
  title: "The index states another size than the shards have",
  help: `\`total_size\` in an index is what all tensors take together. Loaders use it to plan memory and nothing else,
and converted models often keep the size of what they were converted from.

**What to do.** Nothing. If the model is not known to be converted, look whether the index is its own.`,
  needs: ["shardIndex"],
  evaluate: (view) =>
    each(view, function* ({ index }, { bytes, complete }) {
      const stated = factOf(index, "shardIndex", "totalSize");
      if (complete && typeof stated === "number" && stated > 0 && isOff(bytes, stated)) {
        yield {
          file: index.path,
          message: `the index states ${stated} bytes, and the tensors of the shards have ${bytes}`,
          key: "total-size",
          data: { stated, bytes },
        };
      }
    }),
};

function isOff(bytes: number, stated: number): boolean {
  return bytes > OTHER_SIZE * stated || stated > OTHER_SIZE * bytes;
}

const indexesDiffer: SubjectRule = {
  id: "shards/indexes-differ",
  severity: "info",
  confidence: "medium",
  trigger: "load",
  implies: "none",
  references: [],
  title: "Two indexes of one model list different tensors",
  help: `The folder holds the model twice, as safetensors and for PyTorch, and the two indexes do not list the same
tensors. A loader takes one of the two, safetensors where it can. Tied weights and buffers, in which the two formats
differ by nature, do not count.

**What to do.** If both are meant to be the same model, compare them; else remove the one that nobody uses.`,
  needs: ["shardIndex"],
  *evaluate(view) {
    if (hasUnreadIndex(view)) {
      yield UNDECIDED;
    }
    const sets = [...shardSets(view)];
    for (const safe of sets.filter(({ stem }) => stem.endsWith(".safetensors"))) {
      const model = safe.stem.slice(0, -".safetensors".length);
      const other = sets.find(
        ({ folder, stem, variant }) =>
          folder === safe.folder &&
          variant === safe.variant &&
          (stem === `${model}.bin` || stem === `pytorch_${model}.bin`),
      );
      const names = other === undefined ? [] : difference(safe, other);
      if (other !== undefined && names.length > 0) {
        const files = `${quote(splitPath(safe.index.path).name)} and ${quote(splitPath(other.index.path).name)}`;
        yield {
          file: safe.index.path,
          message: `${subjectOf(names, names.length)} in only one of ${files}`,
          key: other.index.path,
          data: { count: names.length, tensors: names.slice(0, LISTED) },
        };
      }
    }
  },
};

function difference(one: ShardSet, other: ShardSet): string[] {
  const left = new Set<string>();
  for (let row = 0; row < rowsOf(one.placements) && row < MOST_TENSORS; row += 1) {
    left.add(nameAt(one.placements, row));
  }
  const right: string[] = [];
  for (let row = 0; row < rowsOf(other.placements) && row < MOST_TENSORS; row += 1) {
    const name = nameAt(other.placements, row);
    if (!left.delete(name)) {
      right.push(name);
    }
  }
  return [...left, ...right].filter((name) => !EXPENDABLE.test(name));
}

export const SHARD_TENSOR_RULES: readonly SubjectRule[] = [
  twoShards,
  notThere,
  unlisted,
  totalSize,
  indexesDiffer,
];
