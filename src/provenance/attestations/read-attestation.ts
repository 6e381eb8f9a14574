/** Attestations as they lie in files: a Sigstore bundle with a statement in its envelope. Nothing is verified here. */

import { sha256 } from "../../bytes/hash.ts";
import type { RuleInfo } from "../../kernel/rule.ts";
import { readBundle, PAYLOAD_TYPE } from "../oms/bundle.ts";
import type { Bundle } from "../oms/bundle.ts";
import { dirHash1 } from "../oms/dir-hash1.ts";
import { aboutSignature, fails } from "../oms/problem.ts";
import type { Problem } from "../oms/problem.ts";
import { readStatement as readManifest } from "../oms/read-statement.ts";
import { kindOfStatement, predicateProblem } from "./predicates.ts";
import { readStatement } from "./read-statement.ts";
import { INCOMPLETE_PREDICATE, MALFORMED } from "./rules.ts";
import type { Statement } from "./statement.ts";

/** One bundle is the same claim in a file of its own and in a line of many. */
const LINE_FEED = 0x0a;
const FINGERPRINT = /^[0-9a-f]{64}$/;

export interface Attestation {
  readonly bundle: Bundle;
  readonly statement: Statement;
  /** Where it was read, for people: `claims.jsonl:3`. */
  readonly source: string;
  /** SHA-256 of the bundle's bytes without a line feed at their end, in hexadecimal. */
  readonly digest: string;
  /** As they lie there: what other verifiers want to see. */
  readonly bytes: Uint8Array;
  /** What the predicate lacks; such a claim is read and never counts. */
  readonly problems: readonly Problem[];
}

export type ReadAttestation =
  | { readonly kind: "attestation"; readonly attestation: Attestation }
  | { readonly kind: "failed"; readonly source: string; readonly problems: readonly Problem[] };

/** Reads one bundle. Never throws. */
export function readAttestation(bytes: Uint8Array, source: string): ReadAttestation {
  const read = readBundle(bytes);
  if (read.kind === "failed") {
    return { kind: "failed", source, problems: read.problems.map((each) => at(source, each)) };
  }
  const bundle = withOwnHint(read.bundle);
  if (bundle.envelope.payloadType !== PAYLOAD_TYPE) {
    return failed(MALFORMED, source, "what was signed is no statement");
  }
  const result = readStatement(bundle.envelope.payload);
  if (result.kind === "failed") {
    return failed(MALFORMED, source, `the statement cannot be read: ${result.detail}`);
  }
  const isSignature = kindOfStatement(result.statement) === "signature";
  const { statement, problems } = isSignature
    ? boundSignature(result.statement, bundle.envelope.payload)
    : checked(result.statement);
  return {
    kind: "attestation",
    attestation: {
      bundle,
      statement,
      source,
      digest: sha256(bytes.at(-1) === LINE_FEED ? bytes.subarray(0, -1) : bytes),
      bytes,
      problems: problems.map((each) => at(source, each)),
    },
  };
}

/** Others name keys in ways of their own (cosign: base64 of a digest), which say nothing here: all keys are tried then. */
function withOwnHint(bundle: Bundle): Bundle {
  const { material } = bundle;
  if (material.kind !== "key" || material.hint === undefined || FINGERPRINT.test(material.hint)) {
    return bundle;
  }
  const { hint: _hint, ...rest } = material;
  return { ...bundle, material: rest };
}

interface Checked {
  readonly statement: Statement;
  readonly problems: readonly Problem[];
}

function checked(statement: Statement): Checked {
  const lacking = predicateProblem(statement.predicateType, statement.predicate);
  const problems = lacking === undefined ? [] : [aboutSignature(INCOMPLETE_PREDICATE, lacking)];
  return { statement, problems };
}

/** A signature lists its files, so that their names are bound even where its subject has the root alone. */
function boundSignature(statement: Statement, payload: Uint8Array): Checked {
  const { manifest, problems } = readManifest(payload);
  const failures = problems.filter(fails);
  const [subject, ...others] = statement.subject;
  if (manifest === undefined || subject === undefined || failures.length > 0) {
    return { statement, problems: failures };
  }
  const isPlain =
    manifest.method === "files" &&
    manifest.resources.every(({ algorithm }) => algorithm === "sha256");
  const names = isPlain ? dirHash1(manifest.resources) : undefined;
  const digest = { ...subject.digest, ...(names === undefined ? {} : { dirHash1: names }) };
  return {
    statement: { ...statement, subject: [{ ...subject, digest }, ...others] },
    problems: [],
  };
}

function failed(rule: RuleInfo, source: string, message: string): ReadAttestation {
  return { kind: "failed", source, problems: [at(source, aboutSignature(rule, message))] };
}

/** Says where. */
export function at(source: string, problem: Problem): Problem {
  const { evidence } = problem;
  return { ...problem, evidence: { ...evidence, message: `${evidence.message} (${source})` } };
}
