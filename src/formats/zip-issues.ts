/** Deviations and damage of a zip file, one issue for each kind however many members it concerns. */

import { DIFFERS } from "../codecs/zip/disagreements.ts";
import type { ZipArchive, ZipEntry } from "../codecs/zip/zip-archive.ts";
import type { IssueKind } from "../kernel/report.ts";
import { quote } from "../kernel/text.ts";
import type { ParseIssue } from "./format.ts";
import { placeOf } from "./zip-members.ts";

/** The issues of an archive. What concerns the content of one member comes when that is opened. */
export function zipIssues(zip: ZipArchive): ParseIssue[] {
  const issues: ParseIssue[] = [];
  const { entries, problems, directories } = zip;
  if (directories.length === 0 && entries.length === 0) {
    issues.push({ kind: "damaged", message: "there is neither a directory nor a member" });
  }
  if (zip.truncated) {
    issues.push({ kind: "truncated", message: "the file ends inside of the archive" });
  }
  for (const problem of problems) {
    const { kind, offset } = problem;
    if (kind === "limit") {
      issues.push({
        kind: "limit",
        message: "there are more members than the limit allows",
        offset,
      });
    } else if (kind === "split") {
      const message = "the archive is one part of a split one";
      issues.push({ kind: "unsupported", message, offset });
    } else if (kind === "comment-cut") {
      issues.push({ kind: "truncated", message: "the file ends inside of the comment", offset });
    } else if (kind === "count" && problem.found < problem.stated) {
      const message = `the directory ends after ${problem.found} of ${problem.stated} entries`;
      issues.push({ kind: "damaged", message, offset });
    }
  }
  addGroup(issues, "damaged", entries, isBroken, "no header where the directory points to");
  addGroup(issues, "damaged", entries, hasBadExtra, "an unreadable extra field");
  addGroup(
    issues,
    "deviation",
    entries,
    hasOtherCrc,
    "a checksum that differs between its headers",
  );
  addGroup(issues, "deviation", entries, hasOtherFlags, "flags that differ between its headers");
  addGroup(issues, "deviation", entries, isOpen, "no size in any header");
  return issues;
}

function addGroup(
  issues: ParseIssue[],
  kind: IssueKind,
  entries: readonly ZipEntry[],
  test: (entry: ZipEntry) => boolean,
  what: string,
): void {
  let count = 0;
  let first: ZipEntry | undefined;
  for (const entry of entries) {
    if (test(entry)) {
      count += 1;
      first ??= entry;
    }
  }
  if (first !== undefined) {
    const others = count === 1 ? "" : ` and ${count - 1} more`;
    const verb = count === 1 ? "has" : "have";
    const message = `${quote(first.name)}${others} ${verb} ${what}`;
    issues.push({ kind, message, offset: placeOf(first) });
  }
}

function isBroken({ state }: ZipEntry): boolean {
  return state === "broken";
}

function isOpen({ state }: ZipEntry): boolean {
  return state === "open";
}

function hasBadExtra({ central }: ZipEntry): boolean {
  return central?.oddity === "damaged" || central?.oddity === "zip64-missing";
}

function hasOtherCrc({ differs }: ZipEntry): boolean {
  return (differs & DIFFERS.crc) !== 0;
}

function hasOtherFlags({ differs }: ZipEntry): boolean {
  return (
    (differs &
      (DIFFERS.streaming | DIFFERS.encoding | DIFFERS.encryption | DIFFERS.descriptorMissing)) !==
    0
  );
}
