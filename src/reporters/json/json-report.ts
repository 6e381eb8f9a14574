/**
 * The report for machines: `weighbridge.report/v1`, schema in `assets/schemas/report-v1.schema.json`.
 * Keys stand in the order of the schema, those of open maps in alphabetical order, so that the same
 * report is the same text. It is written piece by piece, because a report may be larger than one
 * string can be.
 *
 * Whatever could forge structure on a terminal is written as `\uXXXX`: the value stays the same.
 */

import type { Coverage } from "../../kernel/coverage.ts";
import type { FileReport, Finding, Issue, Report, Subject } from "../../kernel/report.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import { SEVERITIES } from "../../kernel/severity.ts";
import { VERDICTS } from "../../kernel/verdict.ts";
import { jsonText as json } from "./json-text.ts";

type Write = (text: string) => void;

/** Writes the report, with a line feed at the end. */
export function writeJsonReport(report: Report, write: Write): void {
  const { schema, tool, subjects, verdict, totals } = report;
  const { name, version, ruleset } = tool;
  write("{\n");
  write(`  "schema": ${json(schema, 2)},\n`);
  write(`  "tool": ${json({ name, version, ruleset }, 2)},\n`);
  write(`  "subjects": `);
  writeList(subjects, 2, write, writeSubject);
  write(",\n");
  write(`  "verdict": ${json(verdict, 2)},\n`);
  write(
    `  "totals": ${json({ files: inOrder(VERDICTS, totals.files), findings: inOrder(SEVERITIES, totals.findings), suppressed: totals.suppressed, bytes: totals.bytes }, 2)}\n`,
  );
  write("}\n");
}

function writeSubject(subject: Subject, indent: number, write: Write): void {
  const { kind, ref, revision, quick, verdict, files, findings, notRun } = subject;
  const configurations = subject.configurations?.map(({ path, used }) => ({ path, used }));
  writeHead({ kind, ref, revision, quick, configurations, verdict }, indent, write);
  write(`${pad(indent + 2)}"files": `);
  writeList(files, indent + 2, write, writeFile);
  write(",\n");
  writeTail({ findings: findings.map(findingValue), notRun }, indent, write);
}

function writeFile(file: FileReport, indent: number, write: Write): void {
  const { path, role, size, digests, digestBasis, cached, format, readings, verdict, coverage } =
    file;
  writeHead(
    {
      path,
      role,
      size,
      digests: sorted(digests),
      digestBasis,
      cached,
      format,
      readings: readings.map((reading) => ({
        format: reading.format,
        coverage: coverageValue(reading.coverage),
      })),
      verdict,
      coverage: coverageValue(coverage),
      findings: file.findings.map(findingValue),
      issues: file.issues.map(issueValue),
    },
    indent,
    write,
  );
  write(`${pad(indent + 2)}"children": `);
  // Nesting is held to a limit when the report is made.
  writeList(file.children, indent + 2, write, writeFile);
  write(",\n");
  const { notRun, ranges } = file;
  writeTail(
    {
      facts: sorted(file.facts),
      ...(notRun === undefined ? {} : { notRun }),
      ...(ranges === undefined ? {} : { ranges }),
    },
    indent,
    write,
  );
}

function findingValue(finding: Finding) {
  const { rule, severity, confidence, trigger, implies, message, locator, fingerprint } = finding;
  const { reason, expires } = finding.suppressed ?? {};
  return {
    rule,
    severity,
    confidence,
    trigger,
    implies,
    message,
    locator,
    evidence: sorted(finding.evidence),
    fingerprint,
    suppressed: finding.suppressed === undefined ? undefined : { reason, expires },
  };
}

function issueValue({ kind, message, locator }: Issue) {
  return { kind, message, locator };
}

function coverageValue({ understood, inert, unaccounted, read }: Coverage) {
  return { understood, inert, unaccounted, read };
}

/** Opens an object that more keys follow. */
function writeHead(fields: object, indent: number, write: Write): void {
  write(`${json(fields, indent).slice(0, -`\n${pad(indent)}}`.length)},\n`);
}

/** Closes an object with its last keys. */
function writeTail(fields: object, indent: number, write: Write): void {
  write(json(fields, indent).slice("{\n".length));
}

function writeList<T>(
  items: readonly T[],
  indent: number,
  write: Write,
  writeItem: (item: T, indent: number, write: Write) => void,
): void {
  if (items.length === 0) {
    write("[]");
    return;
  }
  for (const [index, item] of items.entries()) {
    write(`${index === 0 ? "[" : ","}\n${pad(indent + 2)}`);
    writeItem(item, indent + 2, write);
  }
  write(`\n${pad(indent)}]`);
}

function pad(indent: number): string {
  return " ".repeat(indent);
}

function inOrder<Key extends string>(
  keys: readonly Key[],
  values: Readonly<Record<Key, number>>,
): Record<string, number> {
  return Object.fromEntries(keys.map((key) => [key, values[key]]));
}

/** The same value with the keys of all its objects in alphabetical order. */
function sorted(value: JsonValue): JsonValue {
  if (isList(value)) {
    return value.map(sorted);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
