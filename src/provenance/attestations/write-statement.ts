/** Writes statements (in-toto Statement 1.0), and the subjects that a model has in all statements of ours. */

import type { NamedDigest } from "../oms/dir-hash1.ts";
import type { ModelDigests } from "../oms/write-statement.ts";
import { STATEMENT_TYPE } from "../oms/write-statement.ts";
import type { DigestSet, Statement, StatementSubject } from "./statement.ts";

export interface AttestedModel extends ModelDigests {
  /** The base name of its path, for people. */
  readonly name: string;
  readonly files: readonly NamedDigest[];
  readonly bytes: number;
}

/** The root, which every verifier of signatures knows, and `dirHash1`, which binds the names of the files. */
export function modelDigestSet({ root, dirHash1 }: ModelDigests): DigestSet {
  return { sha256: root, ...(dirHash1 === undefined ? {} : { dirHash1 }) };
}

/** The model, and where it is a single file that file, since others know it by its own digest. */
export function modelSubjects(model: AttestedModel): readonly StatementSubject[] {
  const { name, files, bytes } = model;
  const whole = {
    name,
    digest: modelDigestSet(model),
    annotations: { files: files.length, bytes, omsMethod: "files" },
  };
  const [first] = files;
  return files.length === 1 && first !== undefined
    ? [whole, { name: first.name, digest: { sha256: first.digest } }]
    : [whole];
}

/** The bytes that are signed. */
export function writeStatement({ subject, predicateType, predicate }: Statement): Uint8Array {
  return Buffer.from(JSON.stringify({ _type: STATEMENT_TYPE, subject, predicateType, predicate }));
}
