/** The digests of a top-level file: computed, or stated by its place and compared where both are known. */

import { gitBlobSha1, HashingSource } from "../bytes/hash.ts";
import { MemorySource } from "../bytes/memory-source.ts";
import type { FileReport } from "../kernel/report.ts";
import type { RandomSource } from "../kernel/source.ts";
import type { StatedDigests } from "../kernel/tree.ts";
import { worse } from "../kernel/verdict.ts";
import { makeFinding } from "./finding.ts";
import { DIGEST_MISMATCH } from "./rules.ts";

/**
 * Adds the digests to a report, and a finding where the bytes are not those that were stated.
 *
 * @param computed SHA-256 of the bytes; missing where not all of them were read.
 */
export function withDigests(
  report: FileReport,
  source: RandomSource,
  computed: string | undefined,
  stated: StatedDigests,
): FileReport {
  if (computed === undefined) {
    return { ...report, ...statedDigests(stated) };
  }
  const digests = { sha256: computed };
  const wrong = mismatch(source, computed, stated);
  if (wrong === undefined) {
    return { ...report, digests };
  }
  const evidence = {
    message: `the ${wrong.name} is ${wrong.found}, and its place states ${wrong.stated}`,
    key: wrong.name,
    data: { found: wrong.found, stated: wrong.stated },
  };
  const finding = makeFinding(DIGEST_MISMATCH, evidence, report.path);
  return {
    ...report,
    digests,
    findings: [finding, ...report.findings],
    verdict: worse(report.verdict, "suspicious"),
  };
}

function statedDigests({
  sha256,
  gitBlob,
}: StatedDigests): Pick<FileReport, "digests" | "digestBasis"> {
  const digests = {
    ...(gitBlob === undefined ? {} : { "git-blob-sha1": gitBlob }),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
  return { digests, digestBasis: Object.keys(digests).length > 0 ? "stated" : "computed" };
}

interface Mismatch {
  readonly name: string;
  readonly found: string;
  readonly stated: string;
}

function mismatch(
  source: RandomSource,
  computed: string,
  { sha256, gitBlob }: StatedDigests,
): Mismatch | undefined {
  if (sha256 !== undefined && sha256 !== computed) {
    return { name: "SHA-256", found: computed, stated: sha256 };
  }
  const found = gitBlob === undefined ? undefined : gitBlobOf(source);
  return gitBlob === undefined || found === undefined || found === gitBlob
    ? undefined
    : { name: "git object id", found, stated: gitBlob };
}

function gitBlobOf(source: RandomSource): string | undefined {
  if (source instanceof MemorySource) {
    return gitBlobSha1(source.bytes);
  }
  return source instanceof HashingSource ? source.gitBlob() : undefined;
}
