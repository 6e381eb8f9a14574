/**
 * What a log of ours has entries of: something that happened to a model, in canonical JSON. Digests, never documents:
 * evidence lies beside the log and can be deleted without breaking it.
 */

import { Buffer } from "node:buffer";

import { quote } from "../../kernel/text.ts";
import { canonicalJson } from "./canonical-json.ts";
import { MAX_ENTRY } from "./entry-bundle.ts";
import { invalid } from "./refuse.ts";

export const ENTRY_TYPES = [
  "signed",
  "verified",
  "attested",
  "scanned",
  "admitted",
  "quarantined",
  "deployed",
  "drift",
  "revoked",
  "rolled-back",
  "policy-changed",
  "key-changed",
  "bom",
] as const;

export type EntryType = (typeof ENTRY_TYPES)[number];

export interface LogEntry {
  readonly v: 1;
  readonly type: EntryType;
  /** UTC with milliseconds, as `Date.toISOString` writes it. */
  readonly time: string;
  readonly subject: EntrySubject;
  readonly evidence?: readonly EvidenceRef[];
  readonly actor?: EntryActor;
  /** What came of it, such as `{ "verdict": "clean" }`. */
  readonly result?: Readonly<Record<string, string | number | boolean>>;
  /** Index of the entry before this one about the same subject; missing in the first. */
  readonly prev?: number;
  readonly nonce?: string;
}

/** Which model. The name is what its history goes by; digests are lower-case hexadecimal. */
export interface EntrySubject {
  readonly name: string;
  /** Root digest of OpenSSF model signing. */
  readonly omsRoot?: string;
  readonly dirHash1?: string;
  /** Of a model that is one file. */
  readonly sha256?: string;
  readonly files?: number;
  /** Commit on a Hugging Face hub. */
  readonly hf?: string;
  readonly ociDigest?: string;
}

export interface EvidenceRef {
  readonly sha256: string;
  readonly size: number;
  readonly mediaType?: string;
  readonly predicateType?: string;
}

export interface EntryActor {
  /** `key`, `certificate`, `keyless`, `user`, `service` … */
  readonly kind: string;
  readonly id: string;
}

type Fields = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string" && value !== "" && value.length <= 1024;
const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isSha256: Check = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const isTime: Check = (value) =>
  typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
const isPlain: Check = (value) =>
  isObject(value) &&
  Object.values(value).every((item) => ["string", "number", "boolean"].includes(typeof item));

const SUBJECT: Readonly<Record<string, Check>> = {
  name: isText,
  omsRoot: isSha256,
  dirHash1: isSha256,
  sha256: isSha256,
  files: isCount,
  hf: isText,
  ociDigest: isText,
};
const EVIDENCE: Readonly<Record<string, Check>> = {
  sha256: isSha256,
  size: isCount,
  mediaType: isText,
  predicateType: isText,
};
const ENTRY: Readonly<Record<string, Check>> = {
  v: (value) => value === 1,
  type: (value) => ENTRY_TYPES.some((type) => type === value),
  time: isTime,
  subject: (value) => hasFields(value, SUBJECT, ["name"]),
  evidence: (value) =>
    Array.isArray(value) &&
    value.every((item: unknown) => hasFields(item, EVIDENCE, ["sha256", "size"])),
  actor: (value) => hasFields(value, { kind: isText, id: isText }, ["kind", "id"]),
  result: isPlain,
  prev: isCount,
  nonce: isText,
};

/** The bytes of an entry's leaf. Throws `AppError` LOG_INVALID for what is no entry, or too long for a log. */
export function encodeEntry(entry: LogEntry): Buffer {
  const problem = problemOf(entry);
  if (problem !== undefined) {
    throw invalid(`the entry cannot be logged: ${problem}`);
  }
  const bytes = Buffer.from(canonicalJson(entry));
  if (bytes.length > MAX_ENTRY) {
    throw invalid(
      `the entry has ${bytes.length} bytes, and a log takes ${MAX_ENTRY}`,
      "log digests, and keep documents as evidence",
    );
  }
  return bytes;
}

/** Reads a leaf; gives nothing where it is not one of these entries, which a log may well hold. */
export function decodeEntry(bytes: Uint8Array): LogEntry | undefined {
  const value = parseJson(Buffer.from(bytes).toString("utf8"));
  return problemOf(value) === undefined ? (value as LogEntry) : undefined;
}

/** What is wrong with something that should be an entry. */
export function problemOf(value: unknown): string | undefined {
  if (!isObject(value)) {
    return "it is no JSON object";
  }
  const missing = ["v", "type", "time", "subject"].find((name) => value[name] === undefined);
  if (missing !== undefined) {
    return `it has no ${quote(missing)}`;
  }
  for (const [name, member] of Object.entries(value)) {
    const check = Object.hasOwn(ENTRY, name) ? ENTRY[name] : undefined;
    if (check === undefined) {
      return `entries have no member ${quote(name)}`;
    }
    if (member !== undefined && !check(member)) {
      return `its ${quote(name)} is not as it has to be`;
    }
  }
  return undefined;
}

function hasFields(
  value: unknown,
  checks: Readonly<Record<string, Check>>,
  needed: readonly string[],
): boolean {
  return (
    isObject(value) &&
    needed.every((name) => value[name] !== undefined) &&
    Object.entries(value).every(
      ([name, member]) =>
        member === undefined || (Object.hasOwn(checks, name) && checks[name]?.(member) === true),
    )
  );
}

export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
