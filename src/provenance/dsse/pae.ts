/**
 * The bytes that a DSSE signature covers (Dead Simple Signing Envelope 1.0, "pre-authentication encoding"):
 * `DSSEv1`, and length and bytes of type and payload. Nothing is ever serialised anew, so no canonical form is needed.
 */

/** The encoding of a payload; lengths are decimal, in bytes. */
export function pae(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType);
  const head = `DSSEv1 ${type.length} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}
