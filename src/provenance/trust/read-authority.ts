/** Authorities and trust roots of a policy: a key, whoever has a certificate from some root, a keyless identity. */

import { identityPattern } from "../sigstore/identity.ts";
import type { ExpectedIdentity } from "../sigstore/identity.ts";
import { Fields, filled, items, mistake, oneOf, placeOf, text, time, words } from "./fields.ts";
import type { Field } from "./fields.ts";
import type { Authority, TrustRoot } from "./policy.ts";

/** Names by which the rules of a policy refer to its parts. */
const NAME = /^[A-Za-z\d][\w.-]{0,99}$/;
const FINGERPRINT = /^[0-9a-f]{64}$/;

const CLAIMS = words(
  "buildSignerUri buildSignerDigest runnerEnvironment sourceRepository sourceRevision sourceRef",
  "sourceRepositoryId sourceOwner sourceOwnerId buildConfigUri buildConfigDigest buildTrigger",
  "runUri sourceVisibility",
);

export function name(field: Field): string {
  const value = text(field);
  if (!NAME.test(value)) {
    throw mistake(field, "has to be a name of letters, digits, dots, dashes and underscores");
  }
  return value;
}

/** Lower-case hexadecimal of 64 digits. */
export function fingerprint(field: Field): string {
  const value = text(field).toLowerCase();
  if (!FINGERPRINT.test(value)) {
    throw mistake(field, "has to be a SHA-256 of 64 hexadecimal digits");
  }
  return value;
}

export function readTrustRoot(field: Field): TrustRoot {
  const fields = new Fields(field, ["x509", "timestamp", "sigstore", "log"]);
  const kinds = ["x509", "sigstore", "log"] as const;
  const kind = onlyOne(fields, field, kinds);
  if (kind !== "x509" && fields.has("timestamp")) {
    throw mistake(fields.at("timestamp"), "goes with x509");
  }
  if (kind === "x509") {
    return {
      kind,
      files: filled(fields.at("x509"), true).map(text),
      timestamps: fields.optional("timestamp", (given) => items(given, true).map(text)) ?? [],
    };
  }
  return { kind, file: text(fields.at(kind)) };
}

/** @param roots kinds of trust roots by their names. */
export function readAuthority(
  field: Field,
  roots: ReadonlyMap<string, TrustRoot["kind"]>,
): Authority {
  const fields = new Fields(field, ["name", "key", "certificate", "keyless"]);
  const shared = { name: name(fields.need("name")), place: placeOf(field) };
  switch (onlyOne(fields, field, ["key", "certificate", "keyless"])) {
    case "key":
      return { ...shared, ...readKey(fields.at("key")) };
    case "certificate":
      return { ...shared, ...readCertificate(fields.at("certificate"), roots) };
    default:
      return { ...shared, ...readKeyless(fields.at("keyless"), roots) };
  }
}

function readKey(field: Field) {
  const fields = new Fields(field, ["fingerprint", "file", "pem", "validFrom", "validUntil"]);
  if (!fields.has("fingerprint")) {
    onlyOne(fields, field, ["file", "pem"]);
  }
  const validFrom = fields.optional("validFrom", time);
  const validUntil = fields.optional("validUntil", time);
  if (validFrom !== undefined && validUntil !== undefined && validFrom >= validUntil) {
    throw mistake(fields.at("validUntil"), "is not after validFrom");
  }
  return {
    kind: "key",
    fingerprint: fields.optional("fingerprint", fingerprint),
    file: fields.optional("file", text),
    pem: fields.optional("pem", pem),
    validFrom,
    validUntil,
  } as const;
}

function pem(field: Field): string {
  if (!String(field.value).startsWith("-----BEGIN PUBLIC KEY-----\n")) {
    throw mistake(field, "has to be a public key in PEM, as a block of text: pem: |");
  }
  return String(field.value);
}

function readCertificate(field: Field, roots: ReadonlyMap<string, TrustRoot["kind"]>) {
  const fields = new Fields(field, ["root", "subject", "issuer"]);
  return {
    kind: "certificate",
    root: rootNamed(fields.need("root"), roots, "x509"),
    subject: fields.optional("subject", text),
    issuer: fields.optional("issuer", text),
  } as const;
}

function readKeyless(field: Field, roots: ReadonlyMap<string, TrustRoot["kind"]>) {
  const fields = new Fields(field, ["root", "issuer", "identity", "claims"]);
  const issuer = fields.need("issuer");
  if (/[*?]/.test(text(issuer))) {
    throw mistake(issuer, "has no wildcards: it says whose word an identity is");
  }
  const claims = fields.optional("claims", (given) => {
    const members = new Fields(given, CLAIMS);
    const present = CLAIMS.filter((claim) => members.has(claim));
    return new Map(present.map((claim) => [claim, text(members.at(claim))]));
  });
  return {
    kind: "keyless",
    root: rootNamed(fields.need("root"), roots, "sigstore"),
    issuer: text(issuer),
    identity: readIdentity(fields.need("identity")),
    claims: claims ?? new Map<string, string>(),
  } as const;
}

/** Exact, unless a pattern is asked for; a pattern always means the whole name. */
function readIdentity(field: Field): ExpectedIdentity {
  if (typeof field.value === "string") {
    return { kind: "exact", value: text(field) };
  }
  const fields = new Fields(field, ["exact", "pattern"]);
  if (onlyOne(fields, field, ["exact", "pattern"]) === "exact") {
    return { kind: "exact", value: text(fields.at("exact")) };
  }
  const pattern = fields.at("pattern");
  const compiled = identityPattern(text(pattern));
  if (compiled.kind === "refused") {
    throw mistake(pattern, `would let in strangers: ${compiled.reason}`);
  }
  return compiled;
}

function rootNamed(
  field: Field,
  roots: ReadonlyMap<string, TrustRoot["kind"]>,
  kind: TrustRoot["kind"],
): string {
  const wanted = [...roots].filter((root) => root[1] === kind).map(([known]) => known);
  if (wanted.length === 0) {
    throw mistake(field, `names a trust root, and trustRoots has none of the kind ${kind}`);
  }
  return oneOf(field, wanted);
}

/** Which of the keys is there. Throws where none is, or two are. */
export function onlyOne<Key extends string>(
  fields: Fields,
  field: Field,
  keys: readonly Key[],
): Key {
  const present = keys.filter((key) => fields.has(key));
  const [only] = present;
  if (only === undefined || present.length > 1) {
    const found = present.length === 0 ? "none" : present.join(" and ");
    throw mistake(field, `needs one of ${keys.join(", ")}, and has ${found}`);
  }
  return only;
}
