/**
 * The report, `weighbridge.report/v1`. The same bytes give the same report byte for byte: no times,
 * no rates, no absolute paths beyond what the user wrote.
 */

import type { Coverage } from "./coverage.ts";
import type { JsonValue } from "./rule.ts";
import type { Confidence, Severity, Trigger } from "./severity.ts";
import type { Implication, Verdict } from "./verdict.ts";

export const REPORT_SCHEMA = "weighbridge.report/v1";

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly trigger: Trigger;
  readonly implies: Implication;
  readonly message: string;
  readonly locator: string;
  readonly evidence: Readonly<Record<string, JsonValue>>;
  /** 32 hexadecimal digits over rule, path, locator without offsets and the evidence's key. */
  readonly fingerprint: string;
  /** Set where the user's configuration takes it out of the verdict; see `findingVerdict`. */
  readonly suppressed?: { readonly reason: string; readonly expires: string };
}

/** A deviation from the specification, met while parsing. */
export interface Issue {
  readonly kind: IssueKind;
  readonly message: string;
  readonly locator: string;
}

/** `deviation` alone leaves the verdict as it is; all others make the file `incomplete`. */
export type IssueKind =
  | "deviation"
  | "truncated"
  | "damaged"
  | "encrypted"
  | "unsupported"
  | "limit"
  | "unreadable";

/** One way a real loader could take a file's bytes. */
export interface Reading {
  readonly format: string;
  readonly coverage: Coverage;
}

export type Facts = Readonly<Record<string, JsonValue>>;

export interface FileReport {
  readonly path: string;
  /** Set for what is data to its parent, and matters to it only where it is at least suspicious. */
  readonly role?: DataRole;
  readonly size: number;
  readonly digests: Readonly<Record<string, string>>;
  readonly digestBasis: "computed" | "stated";
  /** Set where the file was not read: all of this is from an earlier scan of a file in the same state. */
  readonly cached?: "stat";
  readonly format: string;
  readonly readings: readonly Reading[];
  readonly verdict: Verdict;
  readonly coverage: Coverage;
  readonly findings: readonly Finding[];
  readonly issues: readonly Issue[];
  readonly children: readonly FileReport[];
  readonly facts: Facts;
  /** The byte ranges that were read, `[start, end)`, of a remote file that was not read as a whole. */
  readonly ranges?: readonly (readonly [start: number, end: number])[];
  /** Rules that could not run in full for it or what is in it; missing where all could. */
  readonly notRun?: readonly string[];
}

/** A string inside a program, or bytes that were cut out of what nobody understands. */
export type DataRole = "literal" | "embedded";

/** A file in what is scanned that has the name of a configuration. */
export interface FoundConfiguration {
  /** Within the subject. */
  readonly path: string;
  /** Whether the scan went by it. */
  readonly used: boolean;
}

export interface Subject {
  readonly kind: "file" | "folder" | "stdin" | "url" | "hub";
  readonly ref: string;
  readonly revision?: string;
  readonly verdict: Verdict;
  readonly files: readonly FileReport[];
  readonly findings: readonly Finding[];
  /** Only what the parsers asked for was read, so there are no digests; missing where everything was. */
  readonly quick?: true;
  /** Configurations that lie in the subject; missing where there are none. */
  readonly configurations?: readonly FoundConfiguration[];
  /** Rules that could not run for this subject. */
  readonly notRun: readonly string[];
}

export interface Totals {
  /** Top-level files by verdict. */
  readonly files: Readonly<Record<Verdict, number>>;
  /** Without those that are suppressed. */
  readonly findings: Readonly<Record<Severity, number>>;
  readonly suppressed: number;
  readonly bytes: number;
}

export interface Report {
  readonly schema: typeof REPORT_SCHEMA;
  readonly tool: { readonly name: string; readonly version: string; readonly ruleset: string };
  readonly subjects: readonly Subject[];
  readonly verdict: Verdict;
  readonly totals: Totals;
}
