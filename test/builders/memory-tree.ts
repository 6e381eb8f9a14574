/** A folder of files in memory, and the scan of it. */

import { MemorySource } from "../../src/bytes/memory-source.ts";
import type { Report, Subject } from "../../src/kernel/report.ts";
import type { Tree, TreeFile } from "../../src/kernel/tree.ts";
import type { ScanOptions, SubjectTables } from "../../src/scan/events.ts";
import { scan } from "../../src/scan/scanner.ts";

export type MemoryFiles = Readonly<Record<string, Uint8Array | string>>;

export function memoryTree(files: MemoryFiles, kind: Tree["kind"] = "folder"): Tree {
  return {
    kind,
    ref: "model",
    async *list() {
      for (const [path, content] of Object.entries(files)) {
        yield treeFile(path, Buffer.from(content));
      }
    },
  };
}

function treeFile(path: string, bytes: Uint8Array): TreeFile {
  return {
    rawName: Buffer.from(path),
    path,
    kind: "file",
    size: bytes.length,
    identity: undefined,
    open: () => Promise.resolve(new MemorySource(bytes, path)),
  };
}

export interface ScannedTree {
  readonly report: Report;
  readonly subject: Subject;
  readonly tables: SubjectTables;
}

/** Scans a folder as the engine does, where it stands. */
export async function scanTree(
  files: MemoryFiles,
  options: ScanOptions & { readonly kind?: Tree["kind"] } = {},
): Promise<ScannedTree> {
  for await (const event of scan([memoryTree(files, options.kind)], options)) {
    if (event.kind === "report") {
      const [subject] = event.report.subjects;
      const [tables = new Map()] = event.tables;
      if (subject !== undefined) {
        return { report: event.report, subject, tables };
      }
    }
  }
  throw new Error("there is no report");
}
