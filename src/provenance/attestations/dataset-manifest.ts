/**
 * The training-data manifest: every file of a dataset with its digest, and a root that a training names. It is the
 * predicate of a dataset's statement as it stands.
 */

import type { JsonValue } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import { parseStrictJson } from "../dsse/strict-json.ts";
import { compareNames, nameProblem } from "../oms/names.ts";
import type { NamedDigest } from "../oms/dir-hash1.ts";
import { modelDigests } from "../oms/write-statement.ts";
import { DATASET_TYPE } from "./namespace.ts";
import { predicateProblem } from "./predicates.ts";
import type { DigestSet, JsonObject } from "./statement.ts";

export interface DatasetFile extends NamedDigest {
  readonly size: number;
}

export interface DatasetRecord {
  readonly name: string;
  readonly files: readonly DatasetFile[];
  /** SPDX expression for the whole. */
  readonly license?: string;
  readonly description?: string;
  /** ISO 8601, UTC. */
  readonly createdOn?: string;
  /** Paths that were left out. */
  readonly ignored: readonly string[];
}

/** A manifest as it is read back. */
export interface DatasetManifest {
  readonly name: string;
  readonly digest: DigestSet;
  readonly files: readonly DatasetFile[];
  readonly ignored: readonly string[];
  readonly license: string | undefined;
  /** As it stands in the file. */
  readonly predicate: JsonObject;
}

export type ReadManifest =
  | { readonly kind: "manifest"; readonly manifest: DatasetManifest }
  /** Half a sentence. */
  | { readonly kind: "failed"; readonly detail: string };

/** The manifest, which is the predicate of a statement as well. */
export function datasetManifest(record: DatasetRecord): JsonObject {
  const { name, license, description, createdOn, ignored } = record;
  const files = record.files.toSorted((a, b) => compareNames(a.name, b.name));
  const { root, dirHash1 } = modelDigests(files);
  return {
    name,
    root: { sha256: root, ...(dirHash1 === undefined ? {} : { dirHash1 }) },
    ...(license === undefined ? {} : { license }),
    ...(description === undefined ? {} : { description }),
    ...(createdOn === undefined ? {} : { createdOn }),
    totals: { files: files.length, bytes: totalBytes(files) },
    ...(ignored.length === 0 ? {} : { ignored: [...new Set(ignored)].toSorted(compareNames) }),
    files: files.map(({ name: path, digest, size }) => ({ path, sha256: digest, size })),
  };
}

/** Reads a manifest, and holds its root and its counts against its list of files. Never throws. */
export function readDatasetManifest(bytes: Uint8Array): ReadManifest {
  const json = parseStrictJson(bytes);
  if (json.kind === "failed") {
    return { kind: "failed", detail: json.detail };
  }
  const predicate = json.value as JsonObject;
  const lacking = predicateProblem(DATASET_TYPE, predicate);
  if (lacking !== undefined) {
    return { kind: "failed", detail: lacking };
  }
  const {
    name,
    root,
    files: listed,
    license,
    ignored = [],
  } = predicate as unknown as {
    name: string;
    root: DigestSet;
    files: readonly { path: string; sha256: string; size: number }[];
    totals: { files: number; bytes: number };
    license?: string;
    ignored?: readonly string[];
  };
  const files = listed.map(({ path, sha256, size }) => ({ name: path, digest: sha256, size }));
  const problem = listProblem(files, root, predicate["totals"] ?? null);
  return problem === undefined
    ? { kind: "manifest", manifest: { name, digest: root, files, ignored, license, predicate } }
    : { kind: "failed", detail: problem };
}

function listProblem(
  files: readonly DatasetFile[],
  root: DigestSet,
  totals: JsonValue,
): string | undefined {
  const names = new Set<string>();
  for (const { name } of files) {
    const problem = nameProblem(name);
    if (problem !== undefined) {
      return `the path ${quote(name)} is refused: ${problem}`;
    }
    if (names.has(name)) {
      return `${quote(name)} is listed twice`;
    }
    names.add(name);
  }
  const computed = modelDigests(files);
  const stated = totals as { readonly files: number; readonly bytes: number };
  if (computed.root !== root["sha256"] || computed.dirHash1 !== root["dirHash1"]) {
    return "its root is not that of the files that it lists";
  }
  return stated.files === files.length && stated.bytes === totalBytes(files)
    ? undefined
    : "its totals are not those of the files that it lists";
}

export interface DatasetDifference {
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly added: readonly string[];
}

/** What a folder has otherwise than its manifest. */
export function compareDataset(
  manifest: Pick<DatasetManifest, "files">,
  found: readonly NamedDigest[],
): DatasetDifference {
  const listed = new Map(manifest.files.map(({ name, digest }) => [name, digest]));
  const there = new Set(found.map(({ name }) => name));
  return {
    changed: found
      .filter(({ name, digest }) => listed.has(name) && listed.get(name) !== digest)
      .map(({ name }) => name),
    missing: manifest.files.map(({ name }) => name).filter((name) => !there.has(name)),
    added: found.map(({ name }) => name).filter((name) => !listed.has(name)),
  };
}

function totalBytes(files: readonly DatasetFile[]): number {
  let bytes = 0;
  for (const { size } of files) {
    bytes += size;
  }
  return bytes;
}
