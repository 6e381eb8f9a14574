/** Bundles that no honest signer would make: every step of signing can be done otherwise. */

import { generateKeyPairSync, sign } from "node:crypto";

import type { JsonValue } from "../../src/kernel/rule.ts";
import { pae } from "../../src/provenance/dsse/pae.ts";
import type { SignedEnvelope } from "../../src/provenance/sigstore/keyless-services.ts";
import { servicesOf } from "./instance.ts";
import type { Instance, ServiceOptions } from "./instance.ts";
import { claimsOf, makeToken } from "./token.ts";

export const STATEMENT = "application/vnd.in-toto+json";

export interface ForgeOptions extends ServiceOptions {
  /** What the log is told. */
  readonly recorded?: (envelope: SignedEnvelope) => SignedEnvelope;
  readonly payload?: string;
}

/** The parts of a bundle that tests change, and everything else. */
export interface ForgedBundle {
  verificationMaterial: {
    certificate: { rawBytes: string };
    tlogEntries: ForgedEntry[];
    timestampVerificationData: { rfc3161Timestamps: { signedTimestamp: string }[] };
  };
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string }[] };
}

export interface ForgedEntry {
  logIndex: string;
  logId: { keyId: string };
  inclusionProof: { logIndex: string; hashes: string[]; checkpoint: { envelope: string } };
}

/** Nothing is verified, and `asJson` makes of it what verifiers take. */
export async function forge(instance: Instance, options: ForgeOptions): Promise<ForgedBundle> {
  const services = servicesOf(instance, options);
  const token = makeToken({}, options.now);
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [certificate = new Uint8Array()] = await services.requestCertificate({
    token,
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    proof: sign("sha256", Buffer.from(claimsOf(token).email ?? ""), privateKey),
  });
  const payload = Buffer.from(options.payload ?? "{}");
  const encoding = pae(STATEMENT, payload);
  const signature = sign("sha256", encoding, privateKey);
  const honest = { payloadType: STATEMENT, payload, signature, encoding, certificate };
  const recorded = options.recorded?.(honest) ?? honest;
  const stamps = await Promise.all(services.timestampAuthorities.map((stamp) => stamp(signature)));
  const entries = await Promise.all(services.logs.map((log) => log(recorded)));
  const bundle = {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: {
      certificate: { rawBytes: base64(certificate) },
      tlogEntries: entries,
      timestampVerificationData: {
        rfc3161Timestamps: stamps.map((stamp) => ({ signedTimestamp: base64(stamp) })),
      },
    },
    dsseEnvelope: {
      payload: base64(payload),
      payloadType: STATEMENT,
      signatures: [{ sig: base64(signature) }],
    },
  };
  return bundle as unknown as ForgedBundle;
}

export function asJson(bundle: ForgedBundle): JsonValue {
  return structuredClone(bundle) as unknown as JsonValue;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
