/**
 * Shapes of JSON as data, and what a value lacks to have one. As in-toto asks for, fields that a shape does not know
 * are let pass; their meaning must not take anything away from what is known.
 */

import type { JsonValue } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import { asObject, fieldOf } from "../dsse/strict-json.ts";

export type Shape =
  | { readonly kind: "any" | "text" | "uri" | "time" | "count" | "flag" | "sha256" | "digests" }
  | { readonly kind: "word"; readonly words: readonly string[] }
  | { readonly kind: "list"; readonly of: Shape; readonly least?: number }
  | { readonly kind: "map"; readonly of: Shape }
  | {
      readonly kind: "object";
      readonly required: Readonly<Record<string, Shape>>;
      readonly optional?: Readonly<Record<string, Shape>>;
      /** At least one of them has to be there. */
      readonly oneOf?: readonly string[];
    };

/** Far above what anybody writes. */
const LONGEST = 64 * 1024;
const URI = /^[A-Za-z][A-Za-z\d+.-]*:[^\s"<>\\^`{|}]+$/;
/** RFC 3339, in UTC as in-toto and SLSA have it. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** How many hexadecimal digits an algorithm has; others are taken as they are. */
const DIGITS: ReadonlyMap<string, readonly number[]> = new Map([
  ["sha256", [64]],
  ["dirHash1", [64]],
  ["blake3", [64]],
  ["sha384", [96]],
  ["sha512", [128]],
  ["blake2b", [128]],
  ["sha1", [40]],
  ["gitCommit", [40, 64]],
  ["gitTree", [40, 64]],
  ["gitBlob", [40, 64]],
  ["gitTag", [40, 64]],
]);
const MOST_DIGESTS = 32;

/** Half a sentence; nothing where the value fits. @param at how the value is called. */
export function shapeProblem(
  value: JsonValue | undefined,
  shape: Shape,
  at: string,
): string | undefined {
  switch (shape.kind) {
    case "any":
      return undefined;
    case "count":
      return Number.isSafeInteger(value) && Number(value) >= 0 ? undefined : `${at} is no count`;
    case "flag":
      return typeof value === "boolean" ? undefined : `${at} is neither true nor false`;
    case "word":
      return typeof value === "string" && shape.words.includes(value)
        ? undefined
        : `${at} is none of ${shape.words.join(", ")}`;
    case "digests":
      return digestsProblem(value, at);
    case "list":
      return listProblem(value, shape, at);
    case "map":
      return mapProblem(value, shape.of, at);
    case "object":
      return objectProblem(value, shape, at);
    default:
      return textProblem(value, shape.kind, at);
  }
}

function textProblem(
  value: JsonValue | undefined,
  kind: "text" | "uri" | "time" | "sha256",
  at: string,
): string | undefined {
  if (typeof value !== "string" || value.length > LONGEST) {
    return `${at} is no text`;
  }
  switch (kind) {
    case "uri":
      return URI.test(value) ? undefined : `${at} is no URI: ${quote(value)}`;
    case "time":
      return TIME.test(value) && !Number.isNaN(Date.parse(value))
        ? undefined
        : `${at} is no time in UTC: ${quote(value)}`;
    case "sha256":
      return SHA256.test(value) ? undefined : `${at} is no SHA-256 in lower-case hexadecimal`;
    default:
      return undefined;
  }
}

function listProblem(
  value: JsonValue | undefined,
  { of, least = 0 }: Extract<Shape, { kind: "list" }>,
  at: string,
): string | undefined {
  if (!Array.isArray(value)) {
    return `${at} is no list`;
  }
  if (value.length < least) {
    return `${at} is empty`;
  }
  for (const [index, item] of (value as readonly JsonValue[]).entries()) {
    const problem = shapeProblem(item, of, `${at}[${index}]`);
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}

function mapProblem(value: JsonValue | undefined, of: Shape, at: string): string | undefined {
  const object = asObject(value);
  if (object === undefined) {
    return `${at} is no object`;
  }
  for (const [name, item] of Object.entries(object)) {
    const problem = shapeProblem(item, of, `${at}.${quote(name, 40)}`);
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}

function objectProblem(
  value: JsonValue | undefined,
  { required, optional = {}, oneOf = [] }: Extract<Shape, { kind: "object" }>,
  at: string,
): string | undefined {
  const object = asObject(value);
  if (object === undefined) {
    return value === undefined ? `there is no ${at}` : `${at} is no object`;
  }
  for (const [name, shape] of Object.entries(required)) {
    const field = fieldOf(object, name);
    const problem =
      field === undefined
        ? `there is no ${at}.${name}`
        : shapeProblem(field, shape, `${at}.${name}`);
    if (problem !== undefined) {
      return problem;
    }
  }
  for (const [name, shape] of Object.entries(optional)) {
    const field = fieldOf(object, name);
    const problem = field === undefined ? undefined : shapeProblem(field, shape, `${at}.${name}`);
    if (problem !== undefined) {
      return problem;
    }
  }
  return oneOf.length === 0 || oneOf.some((name) => fieldOf(object, name) !== undefined)
    ? undefined
    : `${at} has none of ${oneOf.join(", ")}`;
}

/** At least one digest, each as long as its algorithm has them (in-toto DigestSet). */
function digestsProblem(value: JsonValue | undefined, at: string): string | undefined {
  const entries = Object.entries(asObject(value) ?? {});
  if (entries.length === 0 || entries.length > MOST_DIGESTS) {
    return `${at} has ${entries.length === 0 ? "no digest" : "too many digests"}`;
  }
  for (const [name, digest] of entries) {
    const lengths = DIGITS.get(name);
    if (typeof digest !== "string" || digest === "" || digest.length > 1024) {
      return `${at}.${quote(name, 40)} is no digest`;
    }
    if (
      lengths !== undefined &&
      (!lengths.includes(digest.length) || !/^[0-9a-f]+$/.test(digest))
    ) {
      return `${at}.${name} is no ${name} in lower-case hexadecimal`;
    }
  }
  return undefined;
}

const DESCRIPTOR_FIELDS: Readonly<Record<string, Shape>> = {
  name: { kind: "text" },
  uri: { kind: "text" },
  digest: { kind: "digests" },
  content: { kind: "text" },
  downloadLocation: { kind: "text" },
  mediaType: { kind: "text" },
  annotations: { kind: "map", of: { kind: "any" } },
};

/** in-toto's ResourceDescriptor 1.0. */
export const DESCRIPTOR: Shape = {
  kind: "object",
  required: {},
  optional: DESCRIPTOR_FIELDS,
  oneOf: ["uri", "digest", "content"],
};

/** A subject, which is known by its digests alone. */
export const SUBJECT: Shape = {
  kind: "object",
  required: { digest: { kind: "digests" } },
  optional: DESCRIPTOR_FIELDS,
};
