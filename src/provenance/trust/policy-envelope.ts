/** The signature of a policy: a DSSE envelope with any number of signatures, whose payload is the document itself. */

import { asObject, fieldOf, parseStrictJson } from "../dsse/strict-json.ts";
import { decodeBase64 } from "../dsse/envelope.ts";

export const POLICY_PAYLOAD_TYPE = "application/vnd.weighbridge.trust-policy.v1+yaml";
const MOST_SIGNATURES = 64;

export interface PolicyEnvelope {
  readonly payload: Uint8Array;
  readonly signatures: readonly Uint8Array[];
}

/** Nothing for what is no such envelope. Never throws. */
export function readPolicyEnvelope(bytes: Uint8Array): PolicyEnvelope | undefined {
  const json = parseStrictJson(bytes);
  const object = json.kind === "value" ? asObject(json.value) : undefined;
  if (object === undefined || fieldOf(object, "payloadType") !== POLICY_PAYLOAD_TYPE) {
    return undefined;
  }
  const payload = decodeBase64(fieldOf(object, "payload"));
  const given = fieldOf(object, "signatures");
  if (payload === undefined || !Array.isArray(given) || given.length > MOST_SIGNATURES) {
    return undefined;
  }
  const signatures = given.map((item) => {
    const entry = asObject(item);
    return entry === undefined ? undefined : decodeBase64(fieldOf(entry, "sig"));
  });
  const whole = signatures.filter((signature) => signature !== undefined);
  return whole.length === signatures.length ? { payload, signatures: whole } : undefined;
}

/** The JSON text, for a file beside the policy. */
export function writePolicyEnvelope({ payload, signatures }: PolicyEnvelope): string {
  const envelope = {
    payloadType: POLICY_PAYLOAD_TYPE,
    payload: Buffer.from(payload).toString("base64"),
    signatures: signatures.map((signature) => ({
      keyid: "",
      sig: Buffer.from(signature).toString("base64"),
    })),
  };
  return `${JSON.stringify(envelope, null, 2)}\n`;
}
