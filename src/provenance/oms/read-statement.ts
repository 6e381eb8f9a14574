/**
 * Reads the statement inside an envelope (in-toto Statement 1.0, predicate of OMS 1.x), and the older one of version
 * 0.2.0, in which files are the subjects. Collects everything that is wrong, and gives the manifest wherever the
 * list of files can be read, so that they can be compared all the same.
 */

import type { JsonValue, RuleInfo } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import { asObject, fieldOf, parseStrictJson } from "../dsse/strict-json.ts";
import { dirHash1 } from "./dir-hash1.ts";
import type { Manifest } from "./manifest.ts";
import { aboutSignature } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { readResources } from "./read-resources.ts";
import { rootDigest } from "./root-digest.ts";
import {
  BAD_JSON,
  DIR_HASH_MISMATCH,
  EMPTY,
  LEGACY_PREDICATE,
  ROOT_MISMATCH,
  SCHEMA,
  UNSUPPORTED,
} from "./rules.ts";
import { SIGNATURE_TYPE, STATEMENT_TYPE } from "./write-statement.ts";

const LEGACY_TYPE = "https://model_signing/Digests/v0.1";
const VERSION_1 = /^https:\/\/model_signing\/signature\/v1\.\d{1,4}$/;
const SHA256 = /^[0-9a-f]{64}$/;

const STATEMENT_KEYS = ["_type", "subject", "predicateType", "predicate"];
const PREDICATE_KEYS = ["resources", "serialization"];
const SERIALIZATION_KEYS = ["method", "hash_type", "shard_size", "allow_symlinks", "ignore_paths"];

export interface ReadStatement {
  /** Missing where there is no list of files to compare. */
  readonly manifest: Manifest | undefined;
  readonly predicateType: string | undefined;
  readonly problems: readonly Problem[];
}

type JsonObject = Readonly<Record<string, JsonValue>>;
type Say = (rule: RuleInfo, message: string, data?: JsonObject) => void;

/** Never throws. */
export function readStatement(payload: Uint8Array): ReadStatement {
  const problems: Problem[] = [];
  const say: Say = (rule, message, data) => {
    problems.push(aboutSignature(rule, message, data));
  };
  const json = parseStrictJson(payload);
  if (json.kind === "failed") {
    say(BAD_JSON, `what was signed is not JSON that can be relied on: ${json.detail}`);
    return { manifest: undefined, predicateType: undefined, problems };
  }
  const statement = asObject(json.value) ?? {};
  if (fieldOf(statement, "_type") !== STATEMENT_TYPE) {
    const found = shown(fieldOf(statement, "_type"));
    say(SCHEMA, `what was signed is no in-toto statement 1.0: its type is ${found}`);
  }
  const predicateType = fieldOf(statement, "predicateType");
  if (predicateType === LEGACY_TYPE) {
    const manifest = legacyManifest(statement, say);
    return { manifest, predicateType, problems };
  }
  if (typeof predicateType !== "string" || !VERSION_1.test(predicateType)) {
    say(UNSUPPORTED, `what was signed is no signature of a model: it is ${shown(predicateType)}`);
    return { manifest: undefined, predicateType: textOf(predicateType), problems };
  }
  if (predicateType === SIGNATURE_TYPE) {
    noStrangers(statement, STATEMENT_KEYS, "statement", say);
  }
  return { manifest: manifestOf(statement, predicateType, say), predicateType, problems };
}

function manifestOf(statement: JsonObject, predicateType: string, say: Say): Manifest | undefined {
  const subject = subjectOf(statement, say);
  const predicate = asObject(fieldOf(statement, "predicate"));
  if (predicate === undefined) {
    say(SCHEMA, "the statement has no predicate");
    return undefined;
  }
  const serialization = asObject(fieldOf(predicate, "serialization"));
  if (serialization === undefined) {
    say(SCHEMA, "the statement does not say how the digests were taken (serialization)");
  } else if (predicateType === SIGNATURE_TYPE) {
    noStrangers(predicate, PREDICATE_KEYS, "predicate", say);
    noStrangers(serialization, SERIALIZATION_KEYS, "serialization", say);
  }
  const form = serializationOf(serialization ?? {}, say);
  const listed = fieldOf(predicate, "resources");
  if (!Array.isArray(listed)) {
    say(SCHEMA, "the statement lists no files (resources)");
    return undefined;
  }
  if (listed.length === 0) {
    say(EMPTY, "the statement lists no files: it says nothing about any model");
    return undefined;
  }
  const resources = readResources(listed as readonly JsonValue[], form, say);
  if (resources === undefined) {
    return undefined;
  }
  const manifest = { ...form, ...subject, resources };
  checkDigests(manifest, say);
  return manifest;
}

function subjectOf(statement: JsonObject, say: Say): Pick<Manifest, "name" | "root" | "dirHash1"> {
  const subjects = fieldOf(statement, "subject");
  const list = Array.isArray(subjects) ? (subjects as readonly JsonValue[]) : [];
  if (list.length !== 1) {
    say(SCHEMA, `the statement has ${list.length} subjects, and one is needed`);
  }
  const subject = asObject(list[0]) ?? {};
  const digest = asObject(fieldOf(subject, "digest")) ?? {};
  const root = fieldOf(digest, "sha256");
  const bound = fieldOf(digest, "dirHash1");
  const isRoot = typeof root === "string" && SHA256.test(root);
  if (list.length === 1 && !isRoot) {
    say(SCHEMA, "the statement's subject has no SHA-256");
  }
  return {
    name: textOf(fieldOf(subject, "name")) ?? "",
    root: isRoot ? root : undefined,
    dirHash1: textOf(bound),
  };
}

export type Serialization = Pick<
  Manifest,
  "method" | "shardSize" | "allowSymlinks" | "ignorePaths"
> & { readonly hashType: string };

function serializationOf(object: JsonObject, say: Say): Serialization {
  const method = fieldOf(object, "method");
  const hashType = fieldOf(object, "hash_type");
  const shardSize = fieldOf(object, "shard_size");
  const allowSymlinks = fieldOf(object, "allow_symlinks");
  const ignorePaths = fieldOf(object, "ignore_paths");
  const isShards = method === "shards";
  const isSize = typeof shardSize === "number" && Number.isSafeInteger(shardSize) && shardSize > 0;
  if (Object.keys(object).length > 0) {
    if (method !== "files" && !isShards) {
      say(UNSUPPORTED, `the digests were taken by the unknown method ${shown(method)}`);
    }
    if (typeof hashType !== "string") {
      say(SCHEMA, "the statement does not name the digests that it uses (hash_type)");
    }
    if (isShards && !isSize) {
      say(SCHEMA, "the statement does not say how large the shards are (shard_size)");
    }
  }
  if (allowSymlinks !== undefined && typeof allowSymlinks !== "boolean") {
    say(SCHEMA, "allow_symlinks is neither true nor false");
  }
  const paths: readonly JsonValue[] = Array.isArray(ignorePaths) ? ignorePaths : [];
  const isList = ignorePaths === undefined || ignorePaths === null || Array.isArray(ignorePaths);
  if (!isList || paths.some((path) => typeof path !== "string")) {
    say(SCHEMA, "ignore_paths is not a list of paths");
  }
  return {
    method: isShards ? "shards" : "files",
    hashType: textOf(hashType) ?? "sha256",
    shardSize: isShards && isSize ? shardSize : undefined,
    allowSymlinks: allowSymlinks === true,
    ignorePaths: paths.filter((path) => typeof path === "string"),
  };
}

/** The digests of the whole against those that are listed. */
function checkDigests(manifest: Manifest, say: Say): void {
  const { resources, root, dirHash1: stated, method } = manifest;
  const computed = rootDigest(resources.map(({ digest }) => digest));
  if (root !== undefined && root !== computed) {
    say(
      ROOT_MISMATCH,
      `the root digest is ${root}, and the listed files make ${computed}: the signer's statement contradicts itself`,
      { stated: root, computed },
    );
  }
  if (stated === undefined || method !== "files") {
    return;
  }
  const bound = dirHash1(resources);
  if (stated !== bound) {
    say(
      DIR_HASH_MISMATCH,
      `dirHash1 is ${quote(stated)}, and the listed files make ${bound ?? "none"}`,
      { stated, computed: bound ?? null },
    );
  }
}

/** Version 0.1: every subject is a file, and there is nothing else. */
function legacyManifest(statement: JsonObject, say: Say): Manifest | undefined {
  say(
    LEGACY_PREDICATE,
    "it was signed by release 0.2.0 of the reference, which signs no root digest",
  );
  const subjects = fieldOf(statement, "subject");
  const list = Array.isArray(subjects) ? (subjects as readonly JsonValue[]) : [];
  if (list.length === 0) {
    say(EMPTY, "the statement lists no files: it says nothing about any model");
    return undefined;
  }
  const form: Serialization = {
    method: "files",
    hashType: "sha256",
    shardSize: undefined,
    allowSymlinks: false,
    ignorePaths: [],
  };
  const listed = list.map((item): JsonValue => {
    const subject = asObject(item) ?? {};
    const digest = fieldOf(asObject(fieldOf(subject, "digest")) ?? {}, "sha256") ?? null;
    const annotations = asObject(fieldOf(subject, "annotations")) ?? {};
    const algorithm = fieldOf(annotations, "actual_hash_algorithm");
    return {
      name: fieldOf(subject, "name") ?? null,
      digest,
      algorithm: algorithm === "file-sha256" ? "sha256" : (algorithm ?? null),
    };
  });
  const resources = readResources(listed, form, say);
  return resources === undefined
    ? undefined
    : { ...form, name: "", root: undefined, dirHash1: undefined, resources };
}

function noStrangers(object: JsonObject, known: readonly string[], what: string, say: Say): void {
  const stranger = Object.keys(object).find((key) => !known.includes(key));
  if (stranger !== undefined) {
    say(SCHEMA, `the ${what} has a field that version 1.0 does not have: ${quote(stranger)}`);
  }
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function shown(value: JsonValue | undefined): string {
  return typeof value === "string" ? quote(value) : "not stated";
}
