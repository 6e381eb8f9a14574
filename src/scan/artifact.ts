/**
 * One artifact and everything nested in it: route, parse, judge, recurse, compose. Depth and budgets
 * are held here; formats never open one another.
 */

import { digestOf } from "../bytes/hash.ts";
import type { Governor } from "../bytes/governor.ts";
import { readRange } from "../bytes/read.ts";
import type { Child, ChildResult, FormatModule, Parsed, ParseIssue } from "../formats/format.ts";
import { AppError, errorMessage } from "../kernel/errors.ts";
import { memberLocator, offsetLocator } from "../kernel/locator.ts";
import type { FileReport, Finding, Issue, Reading } from "../kernel/report.ts";
import type { JsonValue } from "../kernel/rule.ts";
import type { RandomSource } from "../kernel/source.ts";
import type { LocatedTables, Tables } from "../kernel/tables.ts";
import { unaccountedCoverage } from "../kernel/coverage.ts";
import { verdictRank } from "../kernel/verdict.ts";
import type { UserName } from "../machines/pickle/names/user-name.ts";
import {
  asChild,
  compareFindings,
  emptyResult,
  endIssues,
  isMereData,
  isSourceLimit,
  longTables,
  sortedFacts,
  sourceLimitIssue,
  withinSource,
} from "./child-result.ts";
import { fileVerdict } from "./file-verdict.ts";
import { makeFinding } from "./finding.ts";
import { isPolyglot, route } from "./route.ts";
import { CRASHED, POLYGLOT } from "./rules.ts";

export const HEAD_BYTES = 64 * 1024;
export const TAIL_BYTES = 66 * 1024;
/** What a first look at a storage reads. */
const GLANCE_BYTES = 4096;
/** Up to this size a quick scan searches what nobody understands. */
const QUICKLY_CARVED = 1024 * 1024;

export interface Environment {
  readonly formats: readonly FormatModule[];
  readonly governor: Governor;
  readonly userNames: readonly UserName[];
  /** Whether digests are left out, and whatever else the verdict can do without. */
  readonly quick: boolean;
  /** Collects the ids of rules that could not run because of that. */
  readonly notRun: Set<string>;
  readonly trace?: (locator: string, line: string) => void;
}

export interface Place {
  /** Name of the file, or step inside its parent. */
  readonly name: string;
  /** Full locator. */
  readonly locator: string;
  readonly role: string;
  readonly depth: number;
  /** It or something around it was carved out or is a literal: nothing is carved out of that again. */
  readonly carved?: boolean;
}

/** What scanning an artifact gives: its report, and what its parent may need and nobody else. */
export interface ArtifactResult {
  readonly report: FileReport;
  readonly exports: Readonly<Record<string, unknown>>;
  /** Tables of its own, then those of what is nested in it that a report cannot list. */
  readonly tables: readonly LocatedTables[];
}

interface ReadingState {
  readonly format: FormatModule;
  readonly parsed: Parsed<unknown>;
}

/** Scans one artifact. Rejects only with `AppError`: unreadable source, aborted. */
export async function scanArtifact(
  source: RandomSource,
  place: Place,
  environment: Environment,
): Promise<ArtifactResult> {
  const head = readRange(source, 0, HEAD_BYTES);
  const tail =
    source.size <= HEAD_BYTES
      ? head
      : readRange(source, Math.max(0, source.size - TAIL_BYTES), source.size);
  const hint = { name: place.name, size: source.size };
  const routed = await route(environment.formats, head, tail, hint);
  const collected = new Collected(place, environment);

  for (const { format } of routed) {
    await collected.read(source, format);
  }
  if (routed.every(({ format }) => format.identifiesOnly === true)) {
    await collected.carve(source);
  }
  if (isPolyglot(routed)) {
    const formats = routed.map(({ format }) => format.id);
    collected.findings.push(
      makeFinding(
        POLYGLOT,
        {
          message: `loaders of ${formats.join(" and ")} would both take this file`,
          key: formats.join(),
        },
        place.locator,
      ),
    );
  }
  return collected.finish(source, routed[0]?.format.id ?? "unknown");
}

/** Accumulates what the readings of one artifact say. */
class Collected {
  readonly findings: Finding[] = [];
  readonly #issues: Issue[] = [];
  readonly #readings: Reading[] = [];
  readonly #children: FileReport[] = [];
  readonly #facts: Record<string, JsonValue> = {};
  readonly #exports: Record<string, unknown> = {};
  #tables: Tables = {};
  readonly #nestedTables: LocatedTables[] = [];
  /** Results that rest on a first look. */
  readonly #glanced = new Set<ChildResult>();
  readonly #place: Place;
  readonly #environment: Environment;

  constructor(place: Place, environment: Environment) {
    this.#place = place;
    this.#environment = environment;
  }

  async read(source: RandomSource, format: FormatModule): Promise<void> {
    const { governor, userNames, trace, quick } = this.#environment;
    const { locator, role, name } = this.#place;
    let parsed: Parsed<unknown>;
    try {
      parsed = await format.parse(source, {
        governor,
        userNames,
        name,
        role,
        quick,
        ...(trace === undefined ? {} : { trace: (line: string) => trace(locator, line) }),
      });
    } catch (error) {
      this.#crashed(format.id, error, source.size);
      return;
    }
    const state = { format, parsed };
    this.#addIssues(parsed.issues);
    this.#judge(state, source.size);
    Object.assign(this.#facts, parsed.facts);
    Object.assign(this.#exports, parsed.exports);
    for (const rule of parsed.notRun ?? []) {
      this.#environment.notRun.add(rule);
    }
    this.#tables = { ...this.#tables, ...parsed.tables };
    await this.#descend(state);
    this.#readings.push({ format: format.id, coverage: parsed.ledger.coverage() });
  }

  #crashed(format: string, error: unknown, size: number): void {
    if (isSourceLimit(error)) {
      this.#issues.push(sourceLimitIssue(error, this.#place.locator));
      this.#readings.push({ format, coverage: unaccountedCoverage(size) });
      return;
    }
    if (error instanceof AppError) {
      throw error;
    }
    this.#issues.push({
      kind: "unreadable",
      message: `the ${format} reader failed: ${errorMessage(error)}`,
      locator: this.#place.locator,
    });
    this.findings.push(
      makeFinding(
        CRASHED,
        { message: `the ${format} reader failed: ${errorMessage(error)}`, key: format },
        this.#place.locator,
      ),
    );
    this.#readings.push({ format, coverage: unaccountedCoverage(size) });
  }

  #addIssues(issues: readonly ParseIssue[], locator = this.#place.locator): void {
    for (const { kind, message, offset } of issues) {
      this.#issues.push({
        kind,
        message,
        locator: offset === undefined ? locator : offsetLocator(locator, offset),
      });
    }
  }

  #judge({ format, parsed }: ReadingState, size: number): void {
    const context = { name: this.#place.name, size, role: this.#place.role };
    for (const rule of format.rules) {
      for (const evidence of rule.evaluate(parsed.model, context)) {
        this.findings.push(makeFinding(rule, evidence, this.#place.locator));
      }
    }
  }

  /** Looks for payloads in bytes that nobody understands. */
  async carve(source: RandomSource): Promise<void> {
    if (this.#place.carved === true) {
      return;
    }
    if (this.#environment.quick && source.size > QUICKLY_CARVED) {
      this.#environment.notRun.add("pickle/dangerous-call");
      return;
    }
    const { carveUnknown } = await import("../formats/carve.ts");
    for (const child of carveUnknown(source, this.#environment.governor)) {
      const result = await this.#scanChild(child);
      if (!isMereData(result)) {
        await this.#keepChild(child, result);
      }
    }
  }

  /** Scans the children, lets the format compose, and accounts for the bytes the children are made of. */
  async #descend({ format, parsed }: ReadingState): Promise<void> {
    const results: ChildResult[] = [];
    for (const child of parsed.children) {
      results.push(await (child.role === "storage" ? this.#glance(child) : this.#scanChild(child)));
    }
    const composed = (await format.compose?.(parsed.model, results)) ?? {};
    this.#addIssues(composed.issues ?? []);
    Object.assign(this.#facts, composed.facts);
    Object.assign(this.#exports, composed.exports);
    for (const evidence of composed.findings ?? []) {
      this.findings.push(makeFinding(evidence.rule, evidence.evidence, this.#place.locator));
    }
    for (const [index, result] of results.entries()) {
      const child = parsed.children[index];
      // What no reader takes for anything but numbers stays numbers, though half of it may look like a
      // damaged stream of something; what a rule fired on does not.
      const inert =
        composed.inert?.has(result.name) === true &&
        verdictRank(result.report.verdict) < verdictRank("suspicious");
      if (child?.range !== undefined) {
        const { start, end } = child.range;
        if (inert) {
          parsed.ledger.inert(start, end);
        } else {
          parsed.ledger.understood(start, end);
        }
      }
      if (!inert && child !== undefined && !isMereData(result)) {
        const whole = this.#glanced.has(result) ? await this.#scanChild(child) : result;
        await this.#keepChild(child, whole);
      }
    }
  }

  /**
   * A first look at what is probably a tensor storage: checkpoints have thousands of them, and hardly one
   * that any reader would take for something else. Those that turn out to be no storage are scanned later.
   */
  async #glance(child: Child): Promise<ChildResult> {
    const { governor, formats, quick } = this.#environment;
    if (quick) {
      const result = emptyResult(child, child.size ?? 0, "unknown");
      this.#glanced.add(result);
      return result;
    }
    const opened = await child.open(governor);
    try {
      const { source, end, issues = [] } = opened;
      const head = readRange(source, 0, GLANCE_BYTES);
      const tail = source.size === head.length ? head : head.subarray(0, 0);
      const hint = { name: child.name, size: source.size };
      const isSound = issues.length + endIssues(end).length === 0;
      if (isSound && (await route(formats, head, tail, hint)).length === 0) {
        const result = emptyResult(child, source.size, "unknown");
        this.#glanced.add(result);
        return result;
      }
    } finally {
      opened.source.close?.();
    }
    return await this.#scanChild(child);
  }

  async #scanChild(child: Child): Promise<ChildResult> {
    const { governor } = this.#environment;
    const place: Place = {
      name: child.name,
      locator: memberLocator(this.#place.locator, child.name),
      role: child.role,
      depth: this.#place.depth + 1,
      carved: this.#place.carved === true || child.role === "embedded" || child.role === "literal",
    };
    if (place.depth > governor.limits.depth) {
      const message = `nested more than ${governor.limits.depth} deep`;
      const issue: Issue = { kind: "limit", message, locator: place.locator };
      return emptyResult(child, child.size ?? 0, "incomplete", [issue]);
    }
    governor.checkAborted();
    return await withinSource(child, place.locator, () => this.#openChild(child, place));
  }

  async #openChild(child: Child, place: Place): Promise<ChildResult> {
    const { governor } = this.#environment;
    const opened = await child.open(governor);
    try {
      const { report, exports, tables } = await scanArtifact(
        opened.source,
        place,
        this.#environment,
      );
      const outer = [...endIssues(opened.end), ...(opened.issues ?? [])].map((issue) => ({
        kind: issue.kind,
        message: issue.message,
        locator: place.locator,
      }));
      const issues = [...outer, ...report.issues];
      const decoded =
        (opened.end !== undefined || opened.source.size <= HEAD_BYTES) && !this.#environment.quick;
      return {
        role: child.role,
        name: child.name,
        exports,
        tables,
        report: {
          ...report,
          digests: decoded ? { sha256: await digestOf(opened.source, governor) } : {},
          issues,
          verdict: fileVerdict({ ...report, issues }),
        },
      };
    } finally {
      opened.source.close?.();
    }
  }

  async #keepChild(child: Child, result: ChildResult): Promise<void> {
    this.#children.push(await this.#withDigest(child, result));
    this.#nestedTables.push(...longTables(result));
  }

  /** Digests wait until it is known that a child is not raw tensor data, which gets none of its own. */
  async #withDigest(child: Child, result: ChildResult): Promise<FileReport> {
    const report = asChild(result);
    const has = report.digests["sha256"] !== undefined || report.digestBasis === "stated";
    if (has || this.#environment.quick) {
      return report;
    }
    const opened = await child.open(this.#environment.governor);
    try {
      const digest = await digestOf(opened.source, this.#environment.governor);
      return { ...report, digests: { sha256: digest } };
    } finally {
      opened.source.close?.();
    }
  }

  finish(source: RandomSource, format: string): ArtifactResult {
    const coverage = this.#readings[0]?.coverage ?? unaccountedCoverage(source.size);
    const own = Object.keys(this.#tables).length === 0 ? [] : [this.#tables];
    return {
      exports: this.#exports,
      tables: [
        ...own.map((tables) => ({ locator: this.#place.locator, tables })),
        ...this.#nestedTables,
      ],
      report: {
        path: this.#place.name,
        size: source.size,
        digests: {},
        digestBasis: "computed",
        format,
        readings: this.#readings,
        verdict: fileVerdict({
          size: source.size,
          readings: this.#readings,
          findings: this.findings,
          issues: this.#issues,
          children: this.#children,
        }),
        coverage,
        findings: this.findings.toSorted(compareFindings),
        issues: this.#issues,
        children: this.#children,
        facts: sortedFacts(this.#facts),
      },
    };
  }
}
