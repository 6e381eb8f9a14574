/**
 * Statements: claims about artifacts that are known by their digests alone (in-toto Attestation Framework, Statement
 * 1.0). What the claim is lies in the predicate, and its type says how to read it.
 */

import type { JsonValue } from "../../kernel/rule.ts";

/** By algorithm: `sha256`, `dirHash1`, `gitCommit` … in lower-case hexadecimal where they are hexadecimal. */
export type DigestSet = Readonly<Record<string, string>>;

export type JsonObject = Readonly<Record<string, JsonValue>>;

/** An artifact, as subjects, materials and evidence name it (in-toto ResourceDescriptor 1.0). */
export interface ResourceDescriptor {
  readonly name?: string;
  readonly uri?: string;
  readonly digest?: DigestSet;
  readonly mediaType?: string;
  readonly downloadLocation?: string;
  readonly annotations?: JsonObject;
}

/** Names are for people: two subjects are the same where their digests are. */
export interface StatementSubject extends ResourceDescriptor {
  readonly digest: DigestSet;
}

export interface Statement {
  readonly subject: readonly StatementSubject[];
  /** A URI. */
  readonly predicateType: string;
  readonly predicate: JsonObject;
}
