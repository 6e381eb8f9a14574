/**
 * The fact `pickle.weightsOnly` of a top-level file, and the finding of those who insist on it. It is a
 * fact of the file rather than of a format: torch.load has an answer for whatever it is handed.
 */

import type { Governor } from "../bytes/governor.ts";
import { latin1, readRange } from "../bytes/read.ts";
import { spool } from "../bytes/spool.ts";
import { lazy } from "../kernel/lazy.ts";
import type { FileReport } from "../kernel/report.ts";
import type { JsonValue } from "../kernel/rule.ts";
import type { RandomSource } from "../kernel/source.ts";
import { isTorchLoadName } from "../machines/pickle/weights-only/torch-load-name.ts";
import { rejected } from "../machines/pickle/weights-only/weights-only.ts";
import type { WeightsOnly } from "../machines/pickle/weights-only/weights-only.ts";
import type { ArtifactResult } from "./artifact.ts";
import { fileVerdict } from "./file-verdict.ts";
import { makeFinding } from "./finding.ts";
import { WEIGHTS_ONLY_REJECTED } from "./rules.ts";

const simulation = lazy(() => import("../machines/pickle/weights-only/plain.ts"));

/** A checkpoint in a pickle is several of them, the first of which is a number. */
const PLAIN = rejected("it is one pickle of plain data, and no checkpoint");

/** Names that stand for nothing but `torch.save`. */
const ONLY_TORCH = /\.(?:pt|pth|ckpt)$/i;

/** Adds the fact where the file is one for torch.load, and where it is `required` the finding. */
export async function withWeightsOnly(
  source: RandomSource,
  { report, exports }: ArtifactResult,
  governor: Governor,
  required: boolean,
): Promise<FileReport> {
  if (!isAsked(report, required)) {
    return report;
  }
  const fact = exports["pickle.plain"] === true ? PLAIN : await weightsOnly(source, governor);
  const judged = withFact(report, fact);
  const isMeant = hasPickle(report) || ONLY_TORCH.test(report.path);
  return required && isMeant && fact.result === "rejected" ? withFinding(judged, fact) : judged;
}

/** By its name; without an extension, as caches store files, and for those who insist, by its content. */
function isAsked(report: FileReport, required: boolean): boolean {
  const hasExtension = /\.[^/\\]*$/.test(report.path);
  return isTorchLoadName(report.path) || ((required || !hasExtension) && hasPickle(report));
}

function hasPickle(report: FileReport): boolean {
  return pickleFacts(report) !== undefined;
}

/** Its own where it is a pickle or an archive with one, else those of what it holds compressed. */
function pickleFacts({ facts, children }: FileReport): JsonValue | undefined {
  const inner = children.find(({ path }) => path === "content");
  return facts["pickle"] ?? (inner === undefined ? undefined : pickleFacts(inner));
}

function withFact(report: FileReport, { torch, result, reason }: WeightsOnly): FileReport {
  const known = pickleFacts(report) as { readonly [key: string]: JsonValue } | undefined;
  const pickle = { ...known, weightsOnly: { torch, result, reason } };
  const facts = Object.entries({ ...report.facts, pickle });
  return { ...report, facts: Object.fromEntries(facts.toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}

function withFinding(report: FileReport, { torch, reason }: WeightsOnly): FileReport {
  const finding = makeFinding(
    WEIGHTS_ONLY_REJECTED,
    {
      message: `torch ${torch} would not load it with weights_only=True: ${reason}`,
      key: "rejected",
      data: { torch, reason },
    },
    report.path,
  );
  const findings = [...report.findings, finding];
  return { ...report, findings, verdict: fileVerdict({ ...report, findings }) };
}

/** torch.load takes a file for an archive by its first four bytes alone. */
async function weightsOnly(source: RandomSource, governor: Governor): Promise<WeightsOnly> {
  if (latin1(readRange(source, 0, 4)) !== "PK\u0003\u0004") {
    const { weightsOnlyPlain } = await simulation();
    return weightsOnlyPlain(source);
  }
  const { inflateRaw } = await import("../codecs/deflate/inflate-raw.ts");
  const { weightsOnlyZip } = await import("../machines/pickle/weights-only/zip.ts");
  const inflated: { close?(): void }[] = [];
  try {
    return await weightsOnlyZip(source, async (compressed, size) => {
      const stream = inflateRaw(compressed, 0, compressed.size);
      const { source: content, end } = await spool(stream, compressed.name, governor);
      inflated.push(content);
      return end.status === "complete" && content.size === size ? content : undefined;
    });
  } finally {
    for (const content of inflated) {
      content.close?.();
    }
  }
}
