/**
 * `npm run corpus -- <folder…> [--since pickle|scan|formats] [--only GLOB] [--no-extension] [--jobs N] [--all]
 * [--json]`: scans labelled corpora and prints what came out. Exit 1 when a row falls short, when too many known
 * files are unknown, when torch and the report disagree, or when an extension changes a verdict.
 */

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";

import { globMatcher } from "../../src/scan/glob.ts";
import { readLabels, SINCE } from "./labels.ts";
import type { Label, Since } from "./labels.ts";
import { confusionTables, findingsLists, summary } from "./print.ts";
import { knownRows, makeResult, weightsOnlyDisagreements } from "./result.ts";
import type { Result } from "./result.ts";
import { scanRows, withoutExtension } from "./scan-rows.ts";

/** The share of known files that may be unknown. */
const MAX_UNKNOWN = 0.03;
const LISTED = 40;

const USAGE =
  "usage: npm run corpus -- <folder…> [--since pickle|scan|formats] [--only GLOB] [--no-extension] [--jobs N] [--all] [--json]";

function readArguments(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      since: { type: "string", default: "pickle" },
      only: { type: "string", multiple: true, default: [] },
      "no-extension": { type: "boolean", default: false },
      jobs: { type: "string", default: String(availableParallelism()) },
      all: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const since = SINCE.find((word) => word === values.since);
  return since === undefined || positionals.length === 0
    ? undefined
    : { ...values, since, folders: positionals, jobs: Number(values.jobs) };
}

async function scanLabels(
  labels: readonly Label[],
  since: Since,
  bare: boolean,
  jobs: number,
): Promise<Result[]> {
  const scanned = await scanRows(labels, jobs);
  const results = labels.map((label, index) => {
    const { report, milliseconds } = scanned[index]!;
    return makeResult(label, report, milliseconds, since);
  });
  if (!bare) {
    return results;
  }
  const again = await scanRows(
    labels.map(({ file, path }) => ({ file, path: withoutExtension(path) })),
    jobs,
  );
  return results.map((result, index) => {
    const { report } = again[index]!;
    return { ...result, bare: report instanceof Error ? "error" : report.verdict };
  });
}

function isGood(results: readonly Result[]): boolean {
  const { known, unknown } = knownRows(results);
  return (
    results.every(
      ({ holds, bare, verdict }) => holds && (bare === undefined || bare === verdict),
    ) &&
    unknown.length <= known.length * MAX_UNKNOWN &&
    weightsOnlyDisagreements(results).length === 0
  );
}

async function main(args: readonly string[]): Promise<number> {
  const options = readArguments(args);
  if (options === undefined) {
    console.error(USAGE);
    return 2;
  }
  const matches = options.only.length === 0 ? () => true : globMatcher(options.only);
  const labels = options.folders.flatMap(readLabels).filter(({ path }) => matches(path));
  if (labels.length === 0) {
    console.error("no row matches");
    return 2;
  }
  const started = performance.now();
  const results = await scanLabels(labels, options.since, options["no-extension"], options.jobs);
  if (options.json) {
    console.log(JSON.stringify(results, undefined, 1));
  } else {
    const limit = options.all ? Number.POSITIVE_INFINITY : LISTED;
    const seconds = (performance.now() - started) / 1000;
    for (const line of [
      ...confusionTables(results),
      ...findingsLists(results, limit),
      ...summary(results, seconds, MAX_UNKNOWN),
    ]) {
      console.log(line);
    }
  }
  return isGood(results) ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
