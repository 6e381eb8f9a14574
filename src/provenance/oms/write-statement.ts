/**
 * The statement that is signed (in-toto Statement 1.0 with the predicate of OMS 1.0): method `files` and SHA-256
 * alone, which is what every verifier takes. The subject's digest set has `dirHash1` beside the root digest.
 */

import { dirHash1 } from "./dir-hash1.ts";
import type { NamedDigest } from "./dir-hash1.ts";
import { compareNames } from "./names.ts";
import { rootDigest } from "./root-digest.ts";

export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
export const SIGNATURE_TYPE = "https://model_signing/signature/v1.0";

export interface StatementInput {
  /** The base name of the model's path; informative. */
  readonly name: string;
  readonly files: readonly NamedDigest[];
  readonly ignorePaths: readonly string[];
  readonly allowSymlinks: boolean;
}

export interface ModelDigests {
  /** In hexadecimal. */
  readonly root: string;
  /** Missing where a name has a newline. */
  readonly dirHash1?: string;
}

/** The two digests of a whole model. */
export function modelDigests(files: readonly NamedDigest[]): ModelDigests {
  const sorted = sortedFiles(files);
  const bound = dirHash1(sorted);
  return {
    root: rootDigest(sorted.map(({ digest }) => digest)),
    ...(bound === undefined ? {} : { dirHash1: bound }),
  };
}

/** The bytes of the statement. */
export function writeStatement(input: StatementInput): Uint8Array {
  const { name, files, ignorePaths, allowSymlinks } = input;
  const { root, dirHash1: bound } = modelDigests(files);
  return Buffer.from(
    JSON.stringify({
      _type: STATEMENT_TYPE,
      subject: [
        { name, digest: { sha256: root, ...(bound === undefined ? {} : { dirHash1: bound }) } },
      ],
      predicateType: SIGNATURE_TYPE,
      predicate: {
        serialization: {
          method: "files",
          hash_type: "sha256",
          allow_symlinks: allowSymlinks,
          ignore_paths: [...new Set(ignorePaths)].sort(compareNames),
        },
        resources: sortedFiles(files).map(({ name: file, digest }) => ({
          name: file,
          algorithm: "sha256",
          digest,
        })),
      },
    }),
  );
}

function sortedFiles(files: readonly NamedDigest[]): NamedDigest[] {
  return files.toSorted((a, b) => compareNames(a.name, b.name));
}
