/** Labelled corpora: a folder of files and `labels.tsv`, which says what a scan has to make of each. */

import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

/** What has to exist in the program before a row can hold, in this order. */
export const SINCE = ["pickle", "scan", "formats"] as const;
export type Since = (typeof SINCE)[number];

export const EXPECTED = ["malicious", "flagged", "notclean", "benign", "any"] as const;
export type Expected = (typeof EXPECTED)[number];

export interface Label {
  /** Name of the corpus, the last part of its folder. */
  readonly corpus: string;
  /** Relative to the corpus. */
  readonly path: string;
  /** Absolute. */
  readonly file: string;
  readonly expected: Expected;
  readonly note: string;
  readonly since: Since;
  /** Nothing in it but what well-known libraries write. */
  readonly known: boolean;
  readonly family: string;
  readonly producer: string;
  /** What `torch.load(weights_only=True)` says: `yes`, `no`, `n/a`, or nothing where nobody asked. */
  readonly weightsOnly: string;
}

/** Reads the labels of a corpus. Throws with a sentence where they are not as they should be. */
export function readLabels(folder: string): Label[] {
  const file = join(folder, "labels.tsv");
  const [header = "", ...rows] = readFileSync(file, "utf8").split(/\r?\n/);
  const columns = header.split("\t");
  return rows
    .filter((row) => row !== "")
    .map((row, index) => {
      const cells = row.split("\t");
      const cell = (name: string): string => cells[columns.indexOf(name)] ?? "";
      const where = `${file}, line ${index + 2}`;
      return {
        corpus: basename(resolve(folder)),
        path: cell("path"),
        file: join(folder, cell("path")),
        expected: oneOf(EXPECTED, cell("expected"), where),
        note: cell("note"),
        since: oneOf(SINCE, cell("since") || "pickle", where),
        known: cell("known") === "yes",
        family: cell("family"),
        producer: cell("producer"),
        weightsOnly: cell("weights_only"),
      };
    });
}

function oneOf<T extends string>(words: readonly T[], word: string, where: string): T {
  const found = words.find((candidate) => candidate === word);
  if (found === undefined) {
    throw new Error(`${where}: ${JSON.stringify(word)} is none of ${words.join(", ")}`);
  }
  return found;
}
