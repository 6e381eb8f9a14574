/**
 * Reads statements of any predicate strictly (in-toto Statement 1.0; 0.1 has the same fields and is read as well): sound
 * JSON, at least one subject, and a digest in each. Fields that nobody here knows are let pass, as in-toto asks for.
 */

import type { JsonValue } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import { asObject, fieldOf, parseStrictJson } from "../dsse/strict-json.ts";
import { STATEMENT_TYPE } from "../oms/write-statement.ts";
import { shapeProblem, SUBJECT } from "./shape.ts";
import type { JsonObject, Statement, StatementSubject } from "./statement.ts";

/** Room for the BOM of a large model, and for a signature that lists 300,000 files. */
const MAX_STATEMENT = 64 * 1024 * 1024;
const MAX_SUBJECTS = 10_000;
const OLDER_TYPE = "https://in-toto.io/Statement/v0.1";

export type ReadStatement =
  | { readonly kind: "statement"; readonly statement: Statement }
  /** Half a sentence. */
  | { readonly kind: "failed"; readonly detail: string };

/** Reads the payload of an envelope. Never throws. */
export function readStatement(payload: Uint8Array): ReadStatement {
  if (payload.length > MAX_STATEMENT) {
    return failed(`it is larger than ${MAX_STATEMENT} bytes`);
  }
  const json = parseStrictJson(payload);
  return json.kind === "failed" ? failed(json.detail) : statementOf(json.value);
}

function statementOf(value: JsonValue): ReadStatement {
  const object = asObject(value);
  if (object === undefined) {
    return failed("it is no JSON object");
  }
  const type = fieldOf(object, "_type");
  if (type !== STATEMENT_TYPE && type !== OLDER_TYPE) {
    const shown = typeof type === "string" ? quote(type) : "not stated";
    return failed(`it is no in-toto statement: its type is ${shown}`);
  }
  const predicateType = fieldOf(object, "predicateType");
  const problem =
    subjectsProblem(fieldOf(object, "subject")) ??
    shapeProblem(predicateType, { kind: "uri" }, "predicateType");
  if (problem !== undefined || typeof predicateType !== "string") {
    return failed(problem ?? "predicateType is no text");
  }
  const predicate = predicateOf(object);
  if (predicate === undefined) {
    return failed("its predicate is no object");
  }
  const subject = fieldOf(object, "subject") as unknown as readonly StatementSubject[];
  return {
    kind: "statement",
    statement: { subject, predicateType, predicate },
  };
}

/** It may be left out where the type says everything. */
function predicateOf(object: JsonObject): JsonObject | undefined {
  const predicate = fieldOf(object, "predicate");
  return predicate === undefined || predicate === null ? {} : asObject(predicate);
}

function subjectsProblem(value: JsonValue | undefined): string | undefined {
  if (!Array.isArray(value) || value.length === 0) {
    return "it has no subject: it is about nothing";
  }
  return value.length > MAX_SUBJECTS
    ? `it has ${value.length} subjects, and ${MAX_SUBJECTS} are read`
    : shapeProblem(value, { kind: "list", of: SUBJECT, least: 1 }, "subject");
}

function failed(detail: string): ReadStatement {
  return { kind: "failed", detail };
}
