/**
 * DSSE envelopes as they stand in a Sigstore bundle: base64 payload, its type, and exactly one signature.
 * `keyid` may be absent, empty or null, and decides nothing.
 */

import type { JsonValue } from "../../kernel/rule.ts";
import { asObject, fieldOf } from "./strict-json.ts";

export interface Envelope {
  readonly payloadType: string;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

export type ReadEnvelope =
  | { readonly kind: "envelope"; readonly envelope: Envelope }
  /** Half a sentence. */
  | { readonly kind: "failed"; readonly detail: string };

/** Reads the JSON form. Never throws. */
export function readEnvelope(value: JsonValue | undefined): ReadEnvelope {
  const object = asObject(value);
  if (object === undefined) {
    return failed("it has no dsseEnvelope");
  }
  const payloadType = fieldOf(object, "payloadType");
  const payload = decodeBase64(fieldOf(object, "payload"));
  const signatures = fieldOf(object, "signatures");
  if (typeof payloadType !== "string") {
    return failed("its envelope states no payloadType");
  }
  if (payload === undefined) {
    return failed("the payload of its envelope is not base64");
  }
  if (!Array.isArray(signatures) || signatures.length !== 1) {
    const count = Array.isArray(signatures) ? signatures.length : 0;
    return failed(`its envelope has ${count} signatures, and one is needed`);
  }
  const first = asObject(signatures[0] as JsonValue);
  const signature = first === undefined ? undefined : decodeBase64(fieldOf(first, "sig"));
  if (signature === undefined || signature.length === 0) {
    return failed("the signature of its envelope is not base64");
  }
  return { kind: "envelope", envelope: { payloadType, payload, signature } };
}

/** Standard base64 with its padding, and nothing beside it; nothing where it is not that. */
export function decodeBase64(value: JsonValue | undefined): Uint8Array | undefined {
  if (typeof value !== "string") {
    return undefined;
  }
  const bytes = Buffer.from(value, "base64");
  return bytes.toString("base64") === value ? bytes : undefined;
}

function failed(detail: string): ReadEnvelope {
  return { kind: "failed", detail };
}
