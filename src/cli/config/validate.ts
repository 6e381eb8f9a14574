/**
 * Checks what a configuration file says. Every mistake names its place: `knownNames[2].reason is
 * missing`. Whatever is not known is refused: a mistyped key must not silently change nothing.
 */

import { AppError } from "../../kernel/errors.ts";
import type { Limits } from "../../kernel/limits.ts";
import type { KnownNameEntry, Suppression } from "../../scan/events.ts";
import { suppressionProblem } from "../../scan/suppression-problem.ts";
import { FAIL_ON } from "../exit-code.ts";
import type { FailOn } from "../exit-code.ts";
import { didYouMean } from "../../kernel/suggest.ts";
import { limitName, limitValue } from "./sizes.ts";

export interface Config {
  readonly limits?: Partial<Limits>;
  readonly knownNames?: readonly KnownNameEntry[];
  readonly failOn?: FailOn;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly suppressions?: readonly Suppression[];
}

type Fields = ReadonlyMap<string, unknown>;

const KEYS = ["limits", "knownNames", "failOn", "include", "exclude", "suppressions"] as const;
const SUPPRESSION_KEYS = ["rule", "path", "digest", "reason", "expires"] as const;
const KNOWN_NAME_KEYS = ["module", "name", "reason"] as const;

/** Dotted, as Python writes it; no wildcard. */
const MODULE = /^[\p{ID_Start}_][\p{ID_Continue}]*(?:\.[\p{ID_Start}_][\p{ID_Continue}]*)*$/u;

/**
 * A checked configuration. Throws `AppError` CONFIG_INVALID.
 *
 * @param content the parsed document.
 * @param file what messages call it.
 */
export function validateConfig(content: unknown, file: string): Config {
  try {
    return validate(content);
  } catch (error) {
    if (!(error instanceof AppError)) {
      throw error;
    }
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    throw new AppError("CONFIG_INVALID", `${file}: ${error.message}`, hint);
  }
}

function validate(content: unknown): Config {
  // An empty file is an empty configuration.
  const fields = content === null ? new Map<string, unknown>() : object(content, "", KEYS);
  const config: { -readonly [Key in keyof Config]: Config[Key] } = {};
  for (const [key, value] of fields) {
    switch (key as (typeof KEYS)[number]) {
      case "limits":
        config.limits = limits(value);
        break;
      case "knownNames":
        config.knownNames = list(value, "knownNames").map(knownName);
        break;
      case "suppressions":
        config.suppressions = list(value, "suppressions").map(suppression);
        break;
      case "failOn":
        config.failOn = failOn(value);
        break;
      case "include":
        config.include = list(value, "include").map((item, index) =>
          text(item, `include[${index}]`),
        );
        break;
      case "exclude":
        config.exclude = list(value, "exclude").map((item, index) =>
          text(item, `exclude[${index}]`),
        );
        break;
    }
  }
  return config;
}

function limits(value: unknown): Partial<Limits> {
  const result: Partial<Record<keyof Limits, number>> = {};
  for (const [key, given] of object(value, "limits")) {
    const name = limitName(key, "CONFIG_INVALID", "limits");
    result[name] = limitValue(name, given, "CONFIG_INVALID", `limits.${name}`);
  }
  return result;
}

function knownName(value: unknown, index: number): KnownNameEntry {
  const path = `knownNames[${index}]`;
  const fields = object(value, path, KNOWN_NAME_KEYS);
  const entry = {
    module: text(fields.get("module"), `${path}.module`),
    name: text(fields.get("name"), `${path}.name`),
    reason: text(fields.get("reason"), `${path}.reason`),
  };
  for (const key of ["module", "name"] as const) {
    if (!MODULE.test(entry[key])) {
      throw invalid(`${path}.${key} is one exact name such as mycompany.models, without wildcards`);
    }
  }
  return entry;
}

function suppression(value: unknown, index: number): Suppression {
  const place = `suppressions[${index}]`;
  const fields = object(value, place, SUPPRESSION_KEYS);
  function optional<Key extends string>(key: Key): { readonly [_ in Key]?: string } {
    const given = fields.get(key);
    return (fields.has(key) ? { [key]: text(given, `${place}.${key}`) } : {}) as {
      readonly [_ in Key]?: string;
    };
  }
  const entry: Suppression = {
    rule: text(fields.get("rule"), `${place}.rule`),
    ...optional("path"),
    ...optional("digest"),
    reason: text(fields.get("reason"), `${place}.reason`),
    expires: text(fields.get("expires"), `${place}.expires`),
  };
  const wrong = suppressionProblem(entry);
  if (wrong !== undefined) {
    const name = wrong.field === undefined ? place : `${place}.${wrong.field}`;
    const given = wrong.field === "rule" ? ` ${entry.rule}` : "";
    const meant = wrong.known === undefined ? "" : didYouMean(entry.rule, wrong.known);
    throw invalid(`${name}${given} ${wrong.problem}${meant}`);
  }
  return entry;
}

function failOn(value: unknown): FailOn {
  const known = FAIL_ON.find((verdict) => verdict === value);
  if (known === undefined) {
    throw invalid(`failOn is ${FAIL_ON.slice(0, -1).join(", ")} or ${FAIL_ON.at(-1)}`);
  }
  return known;
}

function object(value: unknown, path: string, keys?: readonly string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid(`${path || "the file"} has to be a mapping of keys to values`);
  }
  const fields = new Map(Object.entries(value));
  for (const key of fields.keys()) {
    if (keys !== undefined && !keys.includes(key)) {
      const name = path === "" ? key : `${path}.${key}`;
      throw invalid(`${name} is not a key${didYouMean(key, keys)}`, `keys: ${keys.join(", ")}`);
    }
  }
  return fields;
}

function list(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw invalid(`${path} has to be a list`);
  }
  return value;
}

function text(value: unknown, path: string): string {
  if (value === undefined || value === null) {
    throw invalid(`${path} is missing`);
  }
  if (typeof value !== "string") {
    throw invalid(`${path} has to be text; put it in quotes`);
  }
  if (value.trim() === "") {
    throw invalid(`${path} is empty`);
  }
  return value;
}

function invalid(message: string, hint?: string): AppError {
  return new AppError("CONFIG_INVALID", message, hint === undefined ? {} : { hint });
}
