/**
 * A trust policy out of a document (`assets/schemas/trust-policy-v1.schema.json`). The whole is read before anything is
 * said of it: all mistakes are told together, each with its line.
 */

import type { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import {
  count,
  Fields,
  filled,
  items,
  Mistake,
  mistake,
  placeOf,
  rootOf,
  text,
  time,
  words,
} from "./fields.ts";
import type { Document, Field } from "./fields.ts";
import type {
  Authority,
  Delegation,
  Policy,
  Revocation,
  Rule,
  Threshold,
  TrustRoot,
} from "./policy.ts";
import { fingerprint, name, onlyOne, readAuthority, readTrustRoot } from "./read-authority.ts";
import { readPattern, readRule, readThreshold } from "./read-rule.ts";
import type { Names } from "./read-rule.ts";

export const API_VERSION = "weighbridge.trust/v1";

const KEYS = words(
  "apiVersion name version expires signedBy trustRoots authorities rules delegations revocations",
);
const MOST_MISTAKES = 50;

export type ReadPolicy =
  | { readonly kind: "policy"; readonly policy: Policy }
  /** At least one. */
  | { readonly kind: "mistakes"; readonly mistakes: readonly AppError[] };

/** Reads a policy, or says all that is wrong with it. Never throws because of content. */
export function readPolicy(document: Document): ReadPolicy {
  const found: Mistake[] = [];
  const attempt = <Value>(read: () => Value): Value | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Mistake)) {
        throw error;
      }
      found.push(error);
      return undefined;
    }
  };
  const policy = attempt(() => read(document, attempt));
  return policy === undefined || found.length > 0
    ? { kind: "mistakes", mistakes: found.slice(0, MOST_MISTAKES) }
    : { kind: "policy", policy };
}

type Attempt = <Value>(read: () => Value) => Value | undefined;

function read(document: Document, attempt: Attempt): Policy {
  const root = rootOf(document);
  const fields = new Fields(root, KEYS);
  const version = fields.need("apiVersion");
  if (version.value !== API_VERSION) {
    throw mistake(version, `has to be ${API_VERSION}`);
  }
  const each = <Value>(key: string, readItem: (field: Field) => Value): Value[] =>
    (attempt(() => fields.optional(key, (given) => items(given))) ?? []).flatMap(
      (item) => attempt(() => readItem(item)) ?? [],
    );
  const trustRoots = attempt(() => readTrustRoots(fields, attempt)) ?? new Map();
  const kinds = new Map([...trustRoots].map(([key, { kind }]) => [key, kind]));
  const authorities = unique(
    each("authorities", (field) => readAuthority(field, kinds)),
    fields,
    attempt,
  );
  // What is named further on was meant, even where it could not be read.
  const names: Names = {
    authorities: namesIn(fields.at("authorities")),
  };
  const expires = attempt(() => fields.need("expires"));
  return {
    name: attempt(() => fields.optional("name", text)),
    version: {
      value: attempt(() => count(fields.need("version"), 1)) ?? 0,
      place: placeOf(fields.at("version")),
    },
    expires: {
      value: (expires && attempt(() => time(expires))) ?? 0,
      place: placeOf(fields.at("expires")),
    },
    trustRoots,
    authorities,
    rules:
      attempt(() => filled(fields.need("rules"))) === undefined
        ? []
        : each("rules", (field): Rule => readRule(field, names)),
    delegations: each("delegations", (field) => readDelegation(field, names, authorities)),
    revocations: each("revocations", readRevocation),
    signedBy: attempt(() =>
      fields.optional("signedBy", (field) => readKeys(field, names, authorities)),
    ),
    place: placeOf(fields.has("rules") ? fields.at("rules") : root),
  };
}

function readTrustRoots(fields: Fields, attempt: Attempt): Map<string, TrustRoot> {
  const found = new Map<string, TrustRoot>();
  const given = fields.optional("trustRoots", (field) => field);
  if (given === undefined) {
    return found;
  }
  const keys =
    typeof given.value === "object" && given.value !== null ? Object.keys(given.value) : [];
  const roots = new Fields(given, keys);
  for (const key of keys) {
    const field = roots.at(key);
    attempt(() => {
      name({ ...field, value: key });
      found.set(key, readTrustRoot(field));
    });
  }
  return found;
}

function unique(
  authorities: readonly Authority[],
  fields: Fields,
  attempt: Attempt,
): Map<string, Authority> {
  const found = new Map<string, Authority>();
  for (const authority of authorities) {
    if (found.has(authority.name)) {
      attempt(() => {
        throw mistake(fields.at("authorities"), `has two of the name ${quote(authority.name)}`);
      });
    }
    found.set(authority.name, authority);
  }
  return found;
}

function namesIn({ value }: Field): string[] {
  const entries: unknown[] = Array.isArray(value) ? value : [];
  return entries.flatMap((entry) => {
    const given = (entry as { name?: unknown } | null)?.name;
    return typeof given === "string" ? [given] : [];
  });
}

/** Documents are signed with keys: a certificate or an identity says nothing without a bundle around it. */
function readKeys(
  field: Field,
  names: Names,
  authorities: ReadonlyMap<string, Authority>,
): Threshold {
  const threshold = readThreshold(field, names);
  const other = threshold.of.find((each) => (authorities.get(each)?.kind ?? "key") !== "key");
  if (other !== undefined) {
    throw mistake(field, `names ${other}, which is no key, and policies are signed with keys`);
  }
  return threshold;
}

function readDelegation(
  field: Field,
  names: Names,
  authorities: ReadonlyMap<string, Authority>,
): Delegation {
  const fields = new Fields(field, ["name", "paths", "to", "expires", "policy"]);
  return {
    name: name(fields.need("name")),
    paths: filled(fields.need("paths"), true).map(readPattern),
    to: readKeys(fields.need("to"), names, authorities),
    expires: time(fields.need("expires")),
    file: text(fields.need("policy")),
    place: placeOf(field),
  };
}

function readRevocation(field: Field): Revocation {
  const fields = new Fields(field, ["key", "certificate", "digest", "log", "at", "reason"]);
  const shared = {
    reason: text(fields.need("reason")),
    at: fields.optional("at", time),
    place: placeOf(field),
  };
  const kind = onlyOne(fields, field, ["key", "certificate", "digest", "log"]);
  switch (kind) {
    case "log": {
      const log = new Fields(fields.at("log"), ["origin", "index"]);
      const index = count(log.need("index"), 0);
      return { ...shared, kind, index, origin: log.optional("origin", text) };
    }
    case "certificate": {
      const given = text(fields.at(kind)).toLowerCase();
      if (!/^[0-9a-f]{1,64}$/.test(given)) {
        throw mistake(
          fields.at(kind),
          "is the SHA-256 or the serial number of a certificate, in hexadecimal",
        );
      }
      return { ...shared, kind, value: given };
    }
    default:
      return { ...shared, kind, value: fingerprint(fields.at(kind)) };
  }
}
