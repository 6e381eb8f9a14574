/** Words for what the zip reader found out of order, for the `archive/…` rules. */

import { DIFFERS } from "../codecs/zip/disagreements.ts";
import { methodName } from "../codecs/zip/records.ts";
import type { ZipArchive, ZipEntry, ZipProblem } from "../codecs/zip/zip-archive.ts";
import { formatBytes, quote } from "../kernel/text.ts";
import type { AnomalyList } from "./archive.ts";
import { placeOf } from "./zip-members.ts";

const NOTE = { severity: "low", implies: "none" } as const;

/** Adds everything that is odd about the archive as a whole and about pairs of headers. */
export function describeZip(zip: ZipArchive, anomalies: AnomalyList): void {
  const { directories, entries, problems, gaps } = zip;
  if (directories.length === 0) {
    if (entries.length > 0 && !zip.truncated) {
      const message = `${entries.length} members, and no directory that names them`;
      anomalies.add("no-central-directory", () => ({ message, key: "none" }));
    }
  } else {
    describeHidden(entries, anomalies);
  }
  for (const entry of entries) {
    if ((entry.differs & SERIOUS) !== 0) {
      anomalies.add("header-mismatch", () => mismatch(entry));
    }
  }
  for (const problem of problems) {
    describeProblem(problem, anomalies);
  }
  const archives = gaps.filter(({ kind }) => kind === "archive").length;
  if (archives > 0) {
    const message = `${archives} whole archives lie before the last one, each scanned by itself`;
    anomalies.add("multiple-directories", () => ({
      message,
      key: "sequence",
      severity: "info",
      implies: "none",
    }));
  }
  for (const { kind, start, end } of gaps) {
    const what = `${formatBytes(end - start)} ${PLACES[kind]}`;
    if (kind === "prefix") {
      anomalies.add("prefix-data", () => ({ message: what, key: kind, offset: start }));
    } else if (kind !== "archive") {
      anomalies.add("trailing-data", () => ({ message: what, key: kind, offset: start }));
    }
  }
}

const PLACES = {
  prefix: "lie before the first member",
  gap: "lie between the records of the archive",
  comment: "are in the archive's comment and are no text",
  trailing: "follow the archive",
  archive: "are an archive of their own",
} as const;

function describeHidden(entries: readonly ZipEntry[], anomalies: AnomalyList): void {
  for (const { origin, name, offset } of entries) {
    if (origin === "hidden") {
      const message = `${quote(name)} is in the file and not in its directory`;
      anomalies.add("hidden-entry", () => ({ message, key: name, offset }));
    }
  }
}

/** Differences that let readers see different members. */
const SERIOUS =
  DIFFERS.name |
  DIFFERS.method |
  DIFFERS.compressedSize |
  DIFFERS.size |
  DIFFERS.unicodeName |
  DIFFERS.storedSize |
  DIFFERS.zip64;

function mismatch(entry: ZipEntry): { message: string; key: string; offset: number } {
  const { differs, central, local, name } = entry;
  const parts: string[] = [];
  if ((differs & DIFFERS.name) !== 0) {
    parts.push(`its own header calls it ${quote(local?.name ?? "")}`);
  }
  if ((differs & DIFFERS.unicodeName) !== 0) {
    const other = central?.unicodeName ?? local?.unicodeName ?? "";
    parts.push(`its Unicode name is ${quote(other)}`);
  }
  if ((differs & DIFFERS.method) !== 0) {
    const there = methodName(local?.method ?? 0);
    parts.push(`the directory says ${methodName(entry.method)}, its own header ${there}`);
  }
  if ((differs & (DIFFERS.compressedSize | DIFFERS.size | DIFFERS.zip64)) !== 0) {
    parts.push("its sizes differ");
  } else if ((differs & DIFFERS.storedSize) !== 0) {
    parts.push(
      `it is stored, and has ${entry.compressedSize} bytes packed and ${entry.size} unpacked`,
    );
  }
  return {
    message: `${quote(name)}: ${parts.join("; ")}`,
    key: `${name}:${differs & SERIOUS}`,
    offset: placeOf(entry),
  };
}

function describeProblem(problem: ZipProblem, anomalies: AnomalyList): void {
  const { offset } = problem;
  switch (problem.kind) {
    case "directories": {
      const message = `${problem.count} directories, and which one counts depends on the reader`;
      anomalies.add("multiple-directories", () => ({ message, key: "directories", offset }));
      break;
    }
    case "zip64-end": {
      const message = "the end record and its ZIP64 record contradict each other";
      anomalies.add("multiple-directories", () => ({ message, key: "zip64", offset }));
      break;
    }
    case "dead-end-record": {
      const message = "the last end record leads to no directory, so that some readers fail";
      anomalies.add("multiple-directories", () => ({ message, key: "dead-end", offset, ...NOTE }));
      break;
    }
    case "count": {
      const { stated, found, withinSize } = problem;
      // Fewer than stated is damage, and an issue.
      if (found > stated || withinSize < found) {
        const message = `the directory has ${found} entries, the end record counts ${stated} and covers ${withinSize}`;
        anomalies.add("hidden-entry", () => ({ message, key: "count", offset }));
      }
      break;
    }
    case "alias": {
      const message = `${quote(problem.name)} and ${quote(problem.first)} are the same bytes`;
      anomalies.add("overlap", () => ({
        message,
        key: `${problem.name}:${problem.first}`,
        offset,
      }));
      break;
    }
    case "overlap": {
      const message = `${quote(problem.name)} shares bytes with ${quote(problem.first)}`;
      anomalies.add("overlap", () => ({
        message,
        key: `${problem.name}:${problem.first}`,
        offset,
      }));
      break;
    }
    default:
      // Issues.
      break;
  }
}
