/** Rules that several layouts of PyTorch files share. */

import type { Evidence, Rule, RuleInfo } from "../kernel/rule.ts";
import { formatBytes, quote } from "../kernel/text.ts";

export const STORAGE_SIZE: RuleInfo = {
  id: "pytorch/storage-size",
  severity: "medium",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-125", "CWE-131", "CVE-2026-24747", "AML.T0011.000"],
  title: "A storage does not have the size that the pickle states",
  help: `PyTorch writes the elements of a tensor's storage as they are: their number times the size of one is
the size of the storage, always. Here the two differ. With too few bytes, loaders fail or read memory that is
not theirs; too many leave room for something that no loader shows. A file that was cut and repaired, or
written by another program, can have the same look.

**What to do.** Get the file again from its origin. If it is the same there, do not load it; ask its author
for safetensors.`,
};

export const LEGACY_HEADER: RuleInfo = {
  id: "pytorch/legacy-header",
  severity: "high",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-502", "CWE-693", "GHSA-97f8-7cmv-76j2", "AML.T0011.000", "LLM03:2025"],
  title: "The streams around a PyTorch object are not plain data",
  help: `Before 1.6, \`torch.save\` wrote a row of pickles: a magic number, a version, facts about the system, the
object, and the list of storages. All but the object are numbers and text. Here one of them is something
else, such as a number that a function call computes. \`torch.load\` executes all of them; scanners that look
for the literal magic number take the file for damaged and stop.

**What to do.** Do not load the file: \`torch.save\` has never written such a thing.`,
};

/** A storage whose bytes are not as many as the pickle states. */
export interface StorageProblem {
  readonly key: string;
  /** Where the size is stated or found, in the artifact that the rule judges. */
  readonly offset?: number;
  readonly member?: string;
  /** Bytes as stated; undefined where two statements contradict each other. */
  readonly stated: number | undefined;
  readonly found: number;
}

/** Worded for a finding: too few bytes are suspicious, too many are merely not understood. */
export function storageEvidence(problem: StorageProblem): Evidence {
  const { key, offset, member, stated, found } = problem;
  const has = `the storage ${quote(key)} has ${formatBytes(found)}`;
  return {
    message:
      stated === undefined
        ? `${has}, and the pickle states different sizes for it`
        : `${has} (${found}), and the pickle states ${formatBytes(stated)} (${stated})`,
    key: `storage ${key}`,
    ...(offset === undefined ? {} : { offset }),
    ...(member === undefined ? {} : { member }),
    ...(stated === undefined || found > stated ? { implies: "unknown", severity: "low" } : {}),
    data: { storage: key, found, ...(stated === undefined ? {} : { stated }) },
  };
}

/** Models that know of storages with a wrong size when they are parsed. */
export interface WithStorageProblems {
  readonly storageProblems: readonly StorageProblem[];
}

export const storageSize: Rule<WithStorageProblems> = {
  ...STORAGE_SIZE,
  *evaluate({ storageProblems }) {
    for (const problem of storageProblems) {
      yield storageEvidence(problem);
    }
  },
};

/** `pytorch/storage-size` of archives: found while composing, since it takes the pickles' word. */
export const composedStorageSize: Rule<unknown> = { ...STORAGE_SIZE, evaluate: () => [] };
