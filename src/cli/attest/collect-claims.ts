/** Reads attestations from wherever the user has them: beside the model, in files and folders, in the evidence of a log. */

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { AppError, errorMessage } from "../../kernel/errors.ts";
import { readAttestation } from "../../provenance/attestations/read-attestation.ts";
import type { Attestation } from "../../provenance/attestations/read-attestation.ts";
import { MAX_CLAIMS_BYTES, readClaims } from "../../provenance/attestations/read-claims.ts";
import type { Problem } from "../../provenance/oms/problem.ts";
import type { Arguments } from "../command.ts";
import { readNamedFile } from "../provenance/model-target.ts";
import type { ModelTarget } from "../provenance/model-target.ts";
import { claimsPlace } from "./claims-place.ts";

const MAX_FILES = 100_000;
const MAX_DEPTH = 8;
const BUNDLE = /\.(?:jsonl?|sig|sigstore|bundle)$/;

export interface CollectedClaims {
  readonly attestations: readonly Attestation[];
  readonly problems: readonly Problem[];
}

/** Those of a model, of `--claims`, and of logs. Throws `AppError` for places that are not there. */
export async function collectClaims(
  given: Arguments,
  model: ModelTarget | undefined,
  logs: readonly string[] = given.values("log"),
): Promise<CollectedClaims> {
  const files: string[] = [];
  if (model !== undefined) {
    const signature = join(model.ref, "model.sig");
    files.push(...[claimsPlace(model)].filter((path) => existsSync(path)));
    files.push(...(model.tree.kind === "folder" && existsSync(signature) ? [signature] : []));
  }
  for (const path of given.values("claims")) {
    files.push(...bundlesAt(path));
  }
  const reads = [...new Set(files)].map(readFile);
  for (const place of logs) {
    const { claimsOfLog } = await import("./log-claims.ts");
    reads.push(await claimsOfLog(given, place));
  }
  const attestations = new Map<string, Attestation>();
  const problems: Problem[] = [];
  for (const read of reads) {
    problems.push(...read.problems);
    for (const attestation of read.attestations) {
      // One claim may lie in several places.
      if (!attestations.has(attestation.digest)) {
        attestations.set(attestation.digest, attestation);
      }
    }
  }
  return { attestations: [...attestations.values()], problems };
}

/** One file: a bundle, or lines of them. */
export function readFile(path: string): CollectedClaims {
  const bytes = readNamedFile(path, "the claims", MAX_CLAIMS_BYTES);
  if (path.endsWith(".jsonl")) {
    return readClaims(bytes, path);
  }
  const read = readAttestation(bytes, path);
  return read.kind === "attestation"
    ? { attestations: [read.attestation], problems: read.attestation.problems }
    : { attestations: [], problems: read.problems };
}

function bundlesAt(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) {
    throw new AppError("SOURCE_NOT_FOUND", `there are no claims at ${path}`);
  }
  return stat.isDirectory() ? listFiles(path) : [path];
}

function listFiles(folder: string): string[] {
  const found: string[] = [];
  const waiting = [{ path: folder, depth: 0 }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const entry of entriesOf(next.path)) {
      const path = join(next.path, entry.name);
      if (entry.isDirectory() && next.depth < MAX_DEPTH) {
        waiting.push({ path, depth: next.depth + 1 });
      } else if (entry.isFile() && BUNDLE.test(entry.name)) {
        found.push(path);
      }
      if (found.length > MAX_FILES) {
        throw new AppError("USAGE", `${folder} has more than ${MAX_FILES} files in it`);
      }
    }
  }
  return found.toSorted((a, b) => (a < b ? -1 : 1));
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new AppError("SOURCE_UNREADABLE", `cannot read ${folder}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}
