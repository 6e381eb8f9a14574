/**
 * TorchServe model archives (`.mar`): a zip file with `MAR-INF/MANIFEST.json`, the model and Python that
 * the server runs. The code is listed and `unknown`; models inside are scanned as what they are.
 */

import { readRange } from "../../bytes/read.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { archiveRules } from "../archive-rules.ts";
import { defineFormat } from "../format.ts";
import type { Child, ParseContext, Parsed, ParseIssue } from "../format.ts";
import { parseZipArchive } from "../zip-archive.ts";
import { peekZip } from "../zip-detect.ts";
import { readManifest } from "./manifest.ts";
import type { Manifest } from "./manifest.ts";
import { TORCHSERVE_RULES } from "./rules.ts";
import type { ServeModel } from "./rules.ts";

const MANIFEST = "MAR-INF/MANIFEST.json";
const LONGEST_MANIFEST = 1024 * 1024;

async function parse(source: RandomSource, context: ParseContext): Promise<Parsed<ServeModel>> {
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

export const torchserve = defineFormat({
  id: "torchserve",
  title: "TorchServe model archive",
  revision: 1,
  specification: [
    {
      title: "Torch Model Archiver for TorchServe",
      url: "https://github.com/pytorch/serve/blob/master/model-archiver/README.md",
    },
  ],
  extensions: [".mar"],
  refines: "zip",
  detect(head, tail, { size }) {
    const { match, names } = peekZip(head, tail, size);
    return names.includes(MANIFEST) ? match : "none";
  },
  parse,
  rules: [...archiveRules, ...TORCHSERVE_RULES],
});
