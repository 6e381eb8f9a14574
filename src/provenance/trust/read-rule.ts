/** Rules of a policy: which models, and what has to come with them. */

import { compileCondition } from "../../expressions/compile-condition.ts";
import type { Condition } from "../../expressions/condition.ts";
import type { Variables } from "../../expressions/condition.ts";
import { count, duration, Fields, filled, flag, mistake, oneOf, placeOf, text } from "./fields.ts";
import type { Field } from "./fields.ts";
import { compileGlob } from "./glob.ts";
import type { Glob } from "./glob.ts";
import { parsePattern } from "./model-reference.ts";
import type { ReferencePattern } from "./model-reference.ts";
import { FORBIDDEN, LEVELS, ON_FAIL } from "./policy.ts";
import type {
  AttestationRequirement,
  LineageRequirement,
  LogRequirement,
  Rule,
  Threshold,
} from "./policy.ts";

/** What conditions may ask about. */
const VARIABLES: Variables = {
  predicate: "json",
  subject: "json",
  signer: "json",
  model: "text",
  now: "time",
};

const RULE_KEYS = ["name", "match", "require", "forbid", "pin", "level", "onFail", "final"];
const REQUIRE_KEYS = ["signature", "attestations", "log", "timestamp", "lineage"];
const ATTESTATION_KEYS = ["type", "by", "maxAge", "where", "count", "every"];

export interface Names {
  readonly authorities: readonly string[];
}

export function readRule(field: Field, names: Names): Rule {
  const fields = new Fields(field, [...RULE_KEYS, "allowRootOnly"]);
  const empty: Field = { ...field, path: [...field.path, "require"], value: {} };
  const required = fields.has("require") ? fields.at("require") : empty;
  const needs = new Fields(required, REQUIRE_KEYS);
  const signature = needs.optional("signature", (given) => readThreshold(given, names));
  for (const key of ["log", "timestamp"]) {
    if (needs.has(key) && signature === undefined) {
      throw mistake(needs.at(key), "is about signatures, and the rule requires none");
    }
  }
  const pin = fields.optional("pin", readPin);
  const level = fields.optional("level", (given) => oneOf(given, LEVELS)) ?? "strict";
  if (required.value !== empty.value && level === "skip") {
    throw mistake(
      fields.at("level"),
      "is skip, so nothing that the rule requires would be looked at",
    );
  }
  return {
    name: fields.optional("name", text),
    match: filled(fields.need("match"), true).map(readPattern),
    signature,
    attestations:
      needs.optional("attestations", (given) =>
        filled(given).map((item) => readAttestation(item, names)),
      ) ?? [],
    log: needs.optional("log", readLog),
    timestamp: needs.optional("timestamp", (given) => (flag(given) ? placeOf(given) : undefined)),
    lineage: needs.optional("lineage", readLineage),
    forbid: fields.optional("forbid", (given) => ({
      flaws: filled(given).map((item) => oneOf(item, FORBIDDEN)),
      place: placeOf(given),
    })),
    pin,
    allowRootOnly: fields.optional("allowRootOnly", flag) ?? false,
    level,
    onFail: fields.optional("onFail", (given) => oneOf(given, ON_FAIL)) ?? "deny",
    final: fields.optional("final", flag) ?? true,
    place: placeOf(field),
  };
}

function readPin(field: Field) {
  oneOf(field, ["tofu"]);
  return placeOf(field);
}

export function readPattern(field: Field): ReferencePattern {
  const given = text(field);
  const pattern = parsePattern(given);
  if (pattern === undefined) {
    throw mistake(
      field,
      "has to be a pattern such as hf:acme/*, file:models/** or oci:host/name@sha256:…",
      "schemes have no wildcards; * stays within a step of a path, ** crosses steps",
    );
  }
  return pattern;
}

/** A name, a list of which one is enough, or how many of which. */
export function readThreshold(field: Field, { authorities }: Names): Threshold {
  const isShort = typeof field.value === "string" || Array.isArray(field.value);
  const fields = isShort ? undefined : new Fields(field, ["threshold", "of"]);
  const of = fields === undefined ? field : fields.need("of");
  const named = filled(of, true).map((item) => authority(item, authorities));
  if (new Set(named).size < named.length) {
    throw mistake(of, "names an authority twice");
  }
  const given = fields?.optional("threshold", (value) => count(value, 1)) ?? 1;
  if (fields !== undefined && given > named.length) {
    throw mistake(fields.at("threshold"), `is ${given}, and only ${named.length} may sign`);
  }
  return { count: given, of: named, place: placeOf(field) };
}

function authority(field: Field, known: readonly string[]): string {
  if (known.length === 0) {
    throw mistake(field, "names an authority, and the policy has none");
  }
  if (!known.includes(String(field.value))) {
    return oneOf(field, known);
  }
  return text(field);
}

function readAttestation(field: Field, names: Names): AttestationRequirement {
  const fields = new Fields(field, ATTESTATION_KEYS);
  const type = fields.need("type");
  if (!/^[a-z][a-z\d+.-]*:\S+$/i.test(text(type))) {
    throw mistake(type, "has to be the URI of a predicate type");
  }
  return {
    type: text(type),
    by: readThreshold(fields.need("by"), names).of,
    maxAge: fields.optional("maxAge", duration),
    where: fields.optional("where", readCondition),
    wherePlace: fields.optional("where", placeOf),
    count: fields.optional("count", (given) => count(given, 1)) ?? 1,
    every: fields.optional("every", flag) ?? false,
    place: placeOf(field),
  };
}

function readCondition(field: Field): Condition {
  const { value } = field;
  if (typeof value !== "string") {
    throw mistake(field, "has to be a condition as text; put it in quotes");
  }
  const compiled = compileCondition(value, VARIABLES);
  if (compiled.kind === "problem") {
    const { message, line, column } = compiled.problem;
    const where = line === undefined ? "" : ` (line ${line}, column ${column} of the condition)`;
    throw mistake(field, `is no condition: ${message}${where}`, "conditions are written in CEL");
  }
  return compiled.condition;
}

function readLog(field: Field): LogRequirement {
  if (field.value === true) {
    return { origin: undefined, witnesses: 0, place: placeOf(field) };
  }
  const fields = new Fields(field, ["origin", "witnesses"]);
  return {
    origin: fields.optional("origin", text),
    witnesses: fields.optional("witnesses", (given) => count(given, 0)) ?? 0,
    place: placeOf(field),
  };
}

function readLineage(field: Field): LineageRequirement {
  const fields = new Fields(field, ["depth", "gaps", "baseModels"]);
  return {
    depth: fields.optional("depth", (given) => count(given, 0)) ?? 0,
    gaps: fields.optional("gaps", (given) => oneOf(given, ON_FAIL)) ?? "deny",
    baseModels: fields.optional("baseModels", (given) => filled(given).map(readGlob)),
    place: placeOf(field),
  };
}

function readGlob(field: Field): Glob {
  const glob = compileGlob(text(field));
  if (glob === undefined) {
    throw mistake(field, "is too long to be a pattern");
  }
  return glob;
}
