/**
 * The report as SARIF 2.1.0 (OASIS Standard, errata 01), for code scanning and for viewers. One run: every
 * finding, and everything that made a file incomplete, is a result; what is unknown without a finding is a
 * notification, so that folders full of texts do not become walls of alerts and yet nothing vanishes.
 *
 * Not done: graphs, code flows, taxonomies, fixes. Members of archives are logical locations, not artifacts.
 */

import type { FileReport, Finding, Report } from "../../kernel/report.ts";
import type { RuleInfo } from "../../kernel/rule.ts";
import { escapeText } from "../../kernel/text.ts";
import { verdictRank } from "../../kernel/verdict.ts";
import { uriOf } from "../artifact-uri.ts";
import { jsonText } from "../json/json-text.ts";
import { artifactLocation, locationOf, occurrenceUri } from "./locations.ts";
import { messageText } from "./message-text.ts";
import { notifications } from "./notifications.ts";
import { occurrences } from "../occurrences.ts";
import type { Occurrence } from "../occurrences.ts";
import { levelOf, ruleDescriptor } from "./rule-descriptor.ts";

const SCHEMA =
  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/** GitHub refuses a run with more. */
const MAX_RESULTS = 25_000;

type Write = (text: string) => void;

export interface SarifOptions {
  /** The catalogue, with the states that no rule is about. */
  readonly rules: readonly RuleInfo[];
  readonly exitCode: number;
  readonly interrupted: boolean;
  readonly write: Write;
}

/** Writes the log, with a line feed at the end. */
export function writeSarifReport(report: Report, options: SarifOptions): void {
  const { write } = options;
  const all = [...occurrences(report)];
  const results = worstOf(all);
  const ids = [...new Set(results.map(({ rule }) => rule))].sort();
  const indices = new Map(ids.map((id, index) => [id, index]));
  const files = artifacts(report);
  const positions = new Map([...files.keys()].map((uri, index) => [uri, index]));

  write(`{\n  "$schema": ${jsonText(SCHEMA, 2)},\n  "version": "2.1.0",\n  "runs": [\n    {\n`);
  write(`      "tool": ${jsonText({ driver: driver(report, ids, options.rules) }, 6)},\n`);
  const left = all.length - results.length;
  write(`      "invocations": ${jsonText([invocation(report, options, left)], 6)},\n`);
  writeList("artifacts", files.values(), write);
  write(",\n");
  writeList("results", resultObjects(results, indices, positions), write);
  write("\n    }\n  ]\n}\n");
}

/** In the order of the report, whether or not some had to be left out. */
function worstOf(all: readonly Occurrence[]): readonly Occurrence[] {
  if (all.length <= MAX_RESULTS) {
    return all;
  }
  const kept = new Set(
    all.toSorted((a, b) => verdictRank(b.verdict) - verdictRank(a.verdict)).slice(0, MAX_RESULTS),
  );
  return all.filter((occurrence) => kept.has(occurrence));
}

function driver({ tool }: Report, ids: readonly string[], rules: readonly RuleInfo[]) {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return {
    name: tool.name,
    version: tool.version,
    semanticVersion: tool.version,
    rules: ids.map((id) => ruleDescriptor(id, byId.get(id))),
    properties: { ruleset: tool.ruleset },
  };
}

function invocation(report: Report, { exitCode, interrupted }: SarifOptions, left: number) {
  return {
    executionSuccessful: !interrupted,
    exitCode,
    toolExecutionNotifications: notifications(report, { interrupted, left }),
  };
}

/** By URI, each once: two targets may hold the same file. */
function artifacts({ subjects }: Report): Map<string, object> {
  const found = new Map<string, object>();
  for (const subject of subjects) {
    for (const file of subject.files) {
      const uri = uriOf(subject, file.path);
      if (!found.has(uri)) {
        found.set(uri, artifact(uri, file));
      }
    }
  }
  return found;
}

function artifact(uri: string, { size, digests, digestBasis, format, verdict }: FileReport) {
  const { sha256 } = digests;
  return {
    location: artifactLocation(uri),
    length: size,
    roles: ["analysisTarget"],
    ...(sha256 === undefined ? {} : { hashes: { "sha-256": sha256 } }),
    properties: { verdict, format, ...(sha256 === undefined ? {} : { digestBasis }) },
  };
}

function* resultObjects(
  results: readonly Occurrence[],
  indices: ReadonlyMap<string, number>,
  positions: ReadonlyMap<string, number>,
): Generator<object> {
  const times = new Map<string, number>();
  for (const occurrence of results) {
    const { rule, severity, verdict, message, fingerprint, finding } = occurrence;
    const time = (times.get(fingerprint) ?? 0) + 1;
    times.set(fingerprint, time);
    yield {
      ruleId: rule,
      ruleIndex: indices.get(rule),
      level: levelOf(severity),
      message: { text: messageText(message) },
      locations: [locationOf(occurrence, positions.get(occurrenceUri(occurrence)))],
      // Code scanning reads the first name alone and would otherwise hash a line of text. It counts what is
      // the same, so that two of a kind are two alerts.
      partialFingerprints: {
        primaryLocationLineHash: `${fingerprint}:${time}`,
        "weighbridge/v1": fingerprint,
      },
      suppressions: suppressionsOf(finding),
      properties: {
        verdict,
        severity,
        ...(finding === undefined
          ? {}
          : { confidence: finding.confidence, trigger: finding.trigger }),
      },
    };
  }
}

/** SARIF 3.35: by the user's configuration, which is no part of what was scanned. */
function suppressionsOf(finding: Finding | undefined): object[] {
  if (finding?.suppressed === undefined) {
    return [];
  }
  const { reason, expires } = finding.suppressed;
  const justification = `${escapeText(reason)} (until ${expires})`;
  return [{ kind: "external", status: "accepted", justification }];
}

/** A key of the run whose list is written item by item: there may be many. */
function writeList(key: string, items: Iterable<object>, write: Write): void {
  write(`      "${key}": [`);
  let first = true;
  for (const item of items) {
    write(`${first ? "" : ","}\n        ${jsonText(item, 8)}`);
    first = false;
  }
  write(first ? "]" : "\n      ]");
}
