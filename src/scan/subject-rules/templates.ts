/**
 * Chat templates of one model: transformers looks for `chat_template.jinja` first, then into `chat_template.json` and
 * the configuration of the processor, and takes that of `tokenizer_config.json` last; llama.cpp and what is built on it
 * take the one inside a GGUF file. Files of other names are not compared: nobody says which model they are for, and
 * two GGUF files of a folder may be two models.
 */

import type { FileReport } from "../../kernel/report.ts";
import { quote } from "../../kernel/text.ts";
import { verdictRank } from "../../kernel/verdict.ts";
import { andMore, factOf, isWhole, splitPath } from "./shard-sets.ts";
import { UNDECIDED } from "./subject-rule.ts";
import type { SubjectEvidence, SubjectFile, SubjectRule } from "./subject-rule.ts";

/** In the order in which loaders look for them. */
const CARRIERS = [
  "chat_template.jinja",
  "chat_template.json",
  "processor_config.json",
  "preprocessor_config.json",
  "tokenizer_config.json",
];
const DEFAULT = "default";
/** Of `chat_template.rag`, `chat_template` and `tokenizer.chat_template.rag` inside a file. */
const STEP = /^(?:tokenizer\.)?chat_template(?:\.([\w-]+))?$/;
/** Names that a message lists. */
const SHOWN = 3;

interface FoundTemplate {
  readonly file: SubjectFile;
  /** Of several that one model has. */
  readonly name: string;
  /** Of its text, without what ends it. */
  readonly digest: string;
  readonly verdict: FileReport["verdict"];
}

const differs: SubjectRule = {
  id: "template/differs-within-model",
  severity: "info",
  confidence: "high",
  trigger: "render",
  implies: "none",
  references: ["CWE-436"],
  title: "Files of one model bring different chat templates",
  help: `A folder holds two chat templates of one name for one model, and programs choose by themselves:
\`chat_template.jinja\` before \`tokenizer_config.json\`, or the one inside a GGUF file. Most often one was mended and the
other forgotten. But whoever reviews one of them has not seen what another program renders.

**What to do.** Compare the two, and look at the one that your program takes. Each of them is judged by itself; where
one is judged worse than the other, the message says so.`,
  needs: ["template", "templates", "gguf"],
  *evaluate({ files }) {
    const folders = new Map<string, SubjectFile[]>();
    for (const file of files.values()) {
      const { folder, name } = splitPath(file.path);
      if (CARRIERS.includes(name) || file.format === "gguf") {
        const known = folders.get(folder);
        if (known === undefined) {
          folders.set(folder, [file]);
        } else {
          known.push(file);
        }
      }
    }
    for (const carriers of folders.values()) {
      yield* ofFolder(carriers);
    }
  },
};

function* ofFolder(files: readonly SubjectFile[]): Generator<SubjectEvidence | typeof UNDECIDED> {
  if (files.length < 2 || files.every(({ format }) => format === "gguf")) {
    return;
  }
  if (files.some((file) => !isWhole(file))) {
    yield UNDECIDED;
  }
  const first = new Map<string, FoundTemplate>();
  const others = new Map<string, FoundTemplate[]>();
  for (const file of files.toSorted((a, b) => placeOf(a) - placeOf(b))) {
    for (const template of templatesIn(file)) {
      const { name, digest } = template;
      const known = first.get(name);
      if (known === undefined) {
        // Two GGUF files may be two models.
        if (file.format !== "gguf") {
          first.set(name, template);
        }
      } else if (known.digest !== digest) {
        others.set(name, [...(others.get(name) ?? []), template]);
      }
    }
  }
  for (const [name, found] of first) {
    const different = others.get(name) ?? [];
    if (different.length > 0) {
      yield evidenceOf(found, different);
    }
  }
}

function placeOf({ path }: SubjectFile): number {
  const place = CARRIERS.indexOf(splitPath(path).name);
  return place < 0 ? CARRIERS.length : place;
}

function evidenceOf(first: FoundTemplate, others: readonly FoundTemplate[]): SubjectEvidence {
  const named = others.slice(0, SHOWN).map(({ file }) => quote(splitPath(file.path).name));
  const all = [first, ...others];
  const worst = all.toSorted((a, b) => verdictRank(b.verdict) - verdictRank(a.verdict))[0] ?? first;
  const isUneven = all.some(({ verdict }) => verdict !== worst.verdict);
  const judged = isUneven
    ? `; that of ${quote(splitPath(worst.file.path).name)} is judged ${worst.verdict}`
    : "";
  return {
    file: first.file.path,
    message: `another template is in ${andMore(named, others.length)}${judged}`,
    key: first.name,
    data: { template: first.name, files: all.slice(0, 20).map(({ file }) => file.path) },
  };
}

function* templatesIn(file: SubjectFile): Generator<FoundTemplate> {
  const own = factOf(file, "template", "digest");
  if (typeof own === "string") {
    yield { file, name: DEFAULT, digest: own, verdict: file.verdict };
  }
  for (const child of file.children) {
    const { facts, verdict, path } = child;
    const digest = factOf({ facts }, "template", "digest");
    const [step, name = DEFAULT] = STEP.exec(path) ?? [];
    if (step !== undefined && typeof digest === "string") {
      yield { file, name, digest, verdict };
    }
  }
}

export const TEMPLATE_RULES: readonly SubjectRule[] = [differs];
