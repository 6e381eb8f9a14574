/** The archive and its manifest. */

import { readRange } from "../../bytes/read.ts";
import type { RandomSource } from "../../kernel/source.ts";
import type { Child, ParseContext, Parsed, ParseIssue } from "../format.ts";
import { parseZipArchive } from "../zip-archive.ts";
import { MANIFEST, readManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import type { ServeModel } from "./rules.ts";

const LONGEST_MANIFEST = 1024 * 1024;

/** Reads the archive; its manifest is read here. */
export async function parseServeArchive(
  source: RandomSource,
  context: ParseContext,
): Promise<Parsed<ServeModel>> {
  const archive = await parseZipArchive(source, context);
  const children: Child[] = [];
  const issues: ParseIssue[] = [];
  let manifest: Manifest | undefined;
  for (const child of archive.children) {
    const read = child.name === MANIFEST ? await openManifest(child, context) : undefined;
    if (read === undefined) {
      children.push(child);
    } else {
      manifest = read;
      archive.ledger.understood(child.range?.start ?? 0, child.range?.end ?? 0);
    }
  }
  if (manifest === undefined) {
    issues.push({ kind: "damaged", message: "the manifest is not what the server reads" });
  }
  return {
    ...archive,
    model: { ...archive.model, manifest },
    issues: [...archive.issues, ...issues],
    children,
  };
}

async function openManifest(
  child: Child,
  { governor }: ParseContext,
): Promise<Manifest | undefined> {
  const { source, end, issues = [] } = await child.open(governor);
  try {
    const isWhole = (end === undefined || end.status === "complete") && issues.length === 0;
    return isWhole && source.size <= LONGEST_MANIFEST
      ? readManifest(readRange(source, 0, source.size))
      : undefined;
  } finally {
    source.close?.();
  }
}
