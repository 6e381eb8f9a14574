/** Rules on an index by itself. What it says of its shards is judged with the whole folder. */

import type { Rule } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import type { ShardIndexModel } from "./shard-index-model.ts";

/** A root, a drive, a scheme; a step out of the folder; what Windows takes for a separator. */
const OUTSIDE = /^[/~]|^[a-z][\d+.a-z-]*:|(?:^|[/\\])\.\.(?:[/\\]|$)|\\|\u0000/i;

const path: Rule<ShardIndexModel> = {
  id: "shards/path",
  severity: "high",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-22", "CWE-73", "AML.T0010.003"],
  title: "An index names a shard outside of its folder",
  help: `The index of a model in several files says which file each tensor is in. A loader puts the name behind the
folder of the index and opens what is there, so a name with \`..\`, an absolute path, a drive, a backslash or an address
makes it open a file that is no part of the model: one that somebody else may write to, or one whose content was never
scanned. Where the loader is \`torch.load\`, that file is a program.

**What to do.** Do not load the model. Programs that write models put names without folders into an index.`,
  *evaluate({ shards }) {
    for (const { name, at } of shards) {
      if (OUTSIDE.test(name)) {
        yield {
          message: `the index leads to ${quote(name)}, outside of its folder`,
          key: name.slice(0, 200),
          offset: at,
        };
      }
    }
  },
};

const duplicateKey: Rule<ShardIndexModel> = {
  id: "shards/duplicate-key",
  severity: "medium",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-694", "CWE-436"],
  title: "A key stands twice in an index",
  help: `JSON readers do not agree on what a key means that stands twice: most take the last one, some the first one,
some refuse the file. Where an index gives two shards for one tensor, two loaders take its weights from two files, and
whoever looks at the model with one of them has not seen what the other one loads. The same key with the same value is
told and changes nothing.

**What to do.** Ask for the original file, or write the index anew with the library that made the model.`,
  *evaluate({ duplicates }) {
    for (const { key, at, harmless } of duplicates) {
      yield {
        message: `${quote(key)} stands twice${harmless ? ", with the same shard" : ""}`,
        key: key.slice(0, 200),
        offset: at,
        ...(harmless ? { implies: "none", severity: "info" } : {}),
      };
    }
  },
};

export const SHARD_INDEX_RULES: readonly Rule<ShardIndexModel>[] = [path, duplicateKey];
