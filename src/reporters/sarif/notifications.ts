/**
 * What a run says beside its results (SARIF 3.20.21): files that are unknown although nothing was found in
 * them, rules that did not run, and that not everything is there.
 */

import type { FileReport, Report, Subject } from "../../kernel/report.ts";
import { uriOf } from "../artifact-uri.ts";
import { cachedText } from "../terminal/numbers.ts";
import { reasonsOf } from "../terminal/reasons.ts";
import { artifactLocation } from "./locations.ts";
import { messageText } from "./message-text.ts";
import { readingText } from "../reading.ts";

export interface Gaps {
  readonly interrupted: boolean;
  /** Results that were too many. */
  readonly left: number;
}

interface Notification {
  readonly level: "warning" | "note";
  readonly message: { readonly text: string };
  readonly locations?: readonly object[];
  readonly descriptor: { readonly id: string };
}

/** In the order of the report. */
export function notifications(report: Report, { interrupted, left }: Gaps): Notification[] {
  const { subjects } = report;
  const all: Notification[] = [];
  if (interrupted) {
    all.push(said("interrupted", "warning", "The scan was interrupted: files are missing."));
  }
  if (left > 0) {
    all.push(
      said(
        "results-left-out",
        "warning",
        `${left} of the mildest results left out: code scanning takes no more.`,
      ),
    );
  }
  const cached = cachedText(report);
  if (cached !== undefined) {
    all.push(said("cached", "note", `${cached}.`));
  }
  for (const subject of subjects) {
    const text = readingText(subject);
    if (text !== undefined) {
      all.push(said("quick", "note", `${subject.ref}: ${text}`));
    }
    for (const { path, used } of subject.configurations ?? []) {
      const how = used ? "was used" : "was not used";
      const told = `the configuration ${path} in ${subject.ref} ${how}`;
      all.push(said("configuration", "note", told));
    }
    if (subject.notRun.length > 0) {
      const rules = subject.notRun.join(", ");
      all.push(said("rules-not-run", "note", `${subject.ref}: these rules did not run: ${rules}`));
    }
    all.push(...subject.files.flatMap((file) => unaccounted(subject, file)));
  }
  return all;
}

/** One for a file, whatever the number of its members that are unknown. */
function unaccounted(subject: Subject, file: FileReport): Notification[] {
  const [first, ...more] = reasonsOf(file).filter(({ source }) => source === "coverage");
  if (first === undefined) {
    return [];
  }
  const others = more.length === 0 ? "" : ` (and ${more.length} more places)`;
  const place = first.locator === file.path ? "" : ` (${first.locator})`;
  return [
    {
      ...said("coverage", "note", `${first.message}${place}${others}`),
      locations: [
        { physicalLocation: { artifactLocation: artifactLocation(uriOf(subject, file.path)) } },
      ],
    },
  ];
}

function said(id: string, level: Notification["level"], text: string): Notification {
  return { descriptor: { id }, level, message: { text: messageText(text) } };
}
