/** Signs statements: DSSE in a Sigstore bundle, checked before it is handed out. */

import { createPublicKey } from "node:crypto";

import { AppError } from "../../kernel/errors.ts";
import type { Signer } from "../../kernel/signer.ts";
import { pae } from "../dsse/pae.ts";
import { PAYLOAD_TYPE, writeBundle } from "../oms/bundle.ts";
import { checkSignature } from "../oms/check-signature.ts";
import { curveOf, describeKey, keyFingerprint } from "../oms/keys.ts";
import { predicateProblem } from "./predicates.ts";
import type { Statement } from "./statement.ts";
import { writeStatement } from "./write-statement.ts";

export interface AttestationSigning {
  readonly signer: Signer;
  /** As DER, the signer's own first and no root; missing for a bare key. */
  readonly chain?: readonly Uint8Array[];
  /** Gets a token over the signature, as DER. */
  readonly stamp?: ((signature: Uint8Array) => Promise<Uint8Array>) | undefined;
}

export interface SignedAttestation {
  /** One line with a line feed at its end. */
  readonly bundle: string;
  /** Of the key. */
  readonly fingerprint: string;
}

/** Throws `AppError` for a predicate that is not complete, and for a key or a signer that cannot sign models. */
export async function signAttestation(
  statement: Statement,
  { signer, chain, stamp }: AttestationSigning,
): Promise<SignedAttestation> {
  const lacking = predicateProblem(statement.predicateType, statement.predicate);
  if (lacking !== undefined) {
    throw new AppError("USAGE", `nothing was signed: ${lacking}`, {
      hint: "weighbridge attest template TYPE shows all fields",
    });
  }
  const key = createPublicKey({ key: Buffer.from(signer.publicKey), type: "spki", format: "der" });
  if (curveOf(key) === undefined) {
    throw new AppError(
      "USAGE",
      `${describeKey(key)} cannot sign claims: P-256, P-384 or P-521 can`,
    );
  }
  const payload = writeStatement(statement);
  const signature = await signer.sign(pae(PAYLOAD_TYPE, payload));
  const envelope = { payloadType: PAYLOAD_TYPE, payload, signature };
  if (checkSignature(key, envelope, "strict") !== "valid") {
    throw new AppError("USAGE", "what the signer gave is not a signature by its own key");
  }
  const fingerprint = keyFingerprint(key);
  const material =
    chain === undefined
      ? ({ kind: "key", hint: fingerprint } as const)
      : ({ kind: "certificate", chain } as const);
  const timestamps = stamp === undefined ? [] : [await stamp(signature)];
  return { bundle: writeBundle({ material, payload, signature, timestamps }), fingerprint };
}
