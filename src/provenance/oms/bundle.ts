/**
 * Sigstore bundles as OMS uses them: media type, what the signature is checked with, and a DSSE envelope. Written in
 * one form alone; read as every released implementation wrote them. Nothing in a bundle is trusted: keys and roots
 * come from the caller, and what is in here only says which of them was used.
 */

import type { JsonValue, RuleInfo } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import { decodeBase64, readEnvelope } from "../dsse/envelope.ts";
import type { Envelope } from "../dsse/envelope.ts";
import { asObject, fieldOf, parseStrictJson } from "../dsse/strict-json.ts";
import { aboutSignature } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { BAD_JSON, MEDIA_TYPE, SCHEMA, TOO_LARGE } from "./rules.ts";

export const BUNDLE_MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
export const PAYLOAD_TYPE = "application/vnd.in-toto+json";

/** Room for some 300,000 files. */
export const MAX_BUNDLE_BYTES = 64 * 1024 * 1024;
/** A path of certificates is a few long. */
const MAX_CERTIFICATES = 32;
const MEDIA_TYPES: ReadonlySet<string> = new Set([
  BUNDLE_MEDIA_TYPE,
  ...["0.1", "0.2", "0.3"].map(
    (version) => `application/vnd.dev.sigstore.bundle+json;version=${version}`,
  ),
]);
const KEYS: ReadonlySet<string> = new Set(["mediaType", "verificationMaterial", "dsseEnvelope"]);

export type Material =
  /** `hint` says which key; `rawKey` is the key itself as PEM, which decides nothing. */
  | { readonly kind: "key"; readonly hint?: string; readonly rawKey?: Uint8Array }
  /** As DER, the signer's first. */
  | { readonly kind: "certificate"; readonly chain: readonly Uint8Array[] }
  | { readonly kind: "sigstore" };

export interface Bundle {
  readonly material: Material;
  readonly envelope: Envelope;
  /** RFC 3161 tokens over the signature, as DER. */
  readonly timestamps: readonly Uint8Array[];
}

export type ReadBundle =
  | { readonly kind: "bundle"; readonly bundle: Bundle }
  | { readonly kind: "failed"; readonly problems: readonly Problem[] };

/** Reads what lies in a signature file. Never throws. */
export function readBundle(bytes: Uint8Array): ReadBundle {
  if (bytes.length > MAX_BUNDLE_BYTES) {
    return failed(TOO_LARGE, `the signature is larger than ${MAX_BUNDLE_BYTES} bytes`);
  }
  const json = parseStrictJson(bytes);
  if (json.kind === "failed") {
    return failed(BAD_JSON, `the signature is not JSON that can be relied on: ${json.detail}`);
  }
  const object = asObject(json.value);
  if (object === undefined) {
    return failed(SCHEMA, "the signature is not a bundle: it is no JSON object");
  }
  const problems: Problem[] = [];
  const say = (rule: RuleInfo, message: string): void => {
    problems.push(aboutSignature(rule, message));
  };
  const mediaType = fieldOf(object, "mediaType");
  if (typeof mediaType !== "string" || !MEDIA_TYPES.has(mediaType)) {
    const found = typeof mediaType === "string" ? quote(mediaType) : "nothing";
    say(MEDIA_TYPE, `the signature's media type is ${found}, and not that of a Sigstore bundle`);
  }
  const stranger = Object.keys(object).find((key) => !KEYS.has(key));
  if (stranger !== undefined) {
    say(SCHEMA, `the bundle has a field that bundles do not have: ${quote(stranger)}`);
  }
  const material = readMaterial(fieldOf(object, "verificationMaterial"));
  if (typeof material === "string") {
    say(SCHEMA, `the bundle is not complete: ${material}`);
  }
  const read = readEnvelope(fieldOf(object, "dsseEnvelope"));
  if (read.kind === "failed") {
    say(SCHEMA, `the bundle is not complete: ${read.detail}`);
  }
  return problems.length > 0 || typeof material === "string" || read.kind === "failed"
    ? { kind: "failed", problems }
    : { kind: "bundle", bundle: { ...material, envelope: read.envelope } };
}

/** Half a sentence where it cannot be read. */
function readMaterial(value: JsonValue | undefined): Omit<Bundle, "envelope"> | string {
  const object = asObject(value);
  if (object === undefined) {
    return "it does not say what the signature is checked with";
  }
  const timestamps = readTimestamps(fieldOf(object, "timestampVerificationData"));
  if (timestamps === undefined) {
    return "its timestamps cannot be read";
  }
  const forms = ["publicKey", "x509CertificateChain", "certificate"].filter(
    (name) => asObject(fieldOf(object, name)) !== undefined,
  );
  if (forms.length !== 1) {
    return forms.length === 0
      ? "it names neither a key nor a certificate"
      : `it names both ${forms.join(" and ")}`;
  }
  const form = asObject(fieldOf(object, forms[0] ?? "")) ?? {};
  switch (forms[0]) {
    case "publicKey":
      return { material: keyMaterial(form), timestamps };
    case "certificate":
      return { material: { kind: "sigstore" }, timestamps };
    default: {
      // Versions 0.1 and 0.2 had chains for keyless signatures too; what was published in a log is one of those.
      const entries = fieldOf(object, "tlogEntries");
      if (Array.isArray(entries) && entries.length > 0) {
        return { material: { kind: "sigstore" }, timestamps };
      }
      const chain = rawList(fieldOf(form, "certificates"), "rawBytes");
      return chain === undefined || chain.length === 0 || chain.length > MAX_CERTIFICATES
        ? "its certificates cannot be read"
        : { material: { kind: "certificate", chain }, timestamps };
    }
  }
}

function keyMaterial(form: Readonly<Record<string, JsonValue>>): Material {
  const hint = fieldOf(form, "hint");
  const rawKey = decodeBase64(fieldOf(form, "rawBytes"));
  return {
    kind: "key",
    ...(typeof hint === "string" && hint !== "" ? { hint } : {}),
    ...(rawKey === undefined ? {} : { rawKey }),
  };
}

function readTimestamps(value: JsonValue | undefined): readonly Uint8Array[] | undefined {
  if (value === undefined || value === null) {
    return [];
  }
  const tokens = fieldOf(asObject(value) ?? {}, "rfc3161Timestamps");
  return tokens === undefined || tokens === null ? [] : rawList(tokens, "signedTimestamp");
}

/** Base64 out of objects in a list. */
function rawList(value: JsonValue | undefined, field: string): Uint8Array[] | undefined {
  if (!Array.isArray(value)) {
    return undefined;
  }
  const list: Uint8Array[] = [];
  for (const item of value as readonly JsonValue[]) {
    const bytes = decodeBase64(fieldOf(asObject(item) ?? {}, field));
    if (bytes === undefined || bytes.length === 0) {
      return undefined;
    }
    list.push(bytes);
  }
  return list;
}

/** What a signature is checked with, as it is written. */
export type WrittenMaterial =
  | { readonly kind: "key"; readonly hint: string }
  | { readonly kind: "certificate"; readonly chain: readonly Uint8Array[] };

export interface BundleParts {
  readonly material: WrittenMaterial;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  readonly timestamps?: readonly Uint8Array[];
}

/** The text of a signature file, in the form that every other implementation reads. */
export function writeBundle(parts: BundleParts): string {
  const { material, payload, signature, timestamps = [] } = parts;
  const rfc3161Timestamps = timestamps.map((token) => ({ signedTimestamp: base64(token) }));
  return `${JSON.stringify({
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: {
      ...(material.kind === "key"
        ? { publicKey: { hint: material.hint } }
        : {
            x509CertificateChain: {
              certificates: material.chain.map((der) => ({ rawBytes: base64(der) })),
            },
          }),
      tlogEntries: [],
      ...(timestamps.length === 0 ? {} : { timestampVerificationData: { rfc3161Timestamps } }),
    },
    dsseEnvelope: {
      payload: base64(payload),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: base64(signature), keyid: "" }],
    },
  })}\n`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

function failed(rule: RuleInfo, message: string): ReadBundle {
  return { kind: "failed", problems: [aboutSignature(rule, message)] };
}
