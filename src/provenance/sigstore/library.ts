/**
 * The one place that knows the packages of sigstore-js: reading bundles and trusted roots, and the checks that they do.
 * What they throw becomes a value. What they leave out is checked on top, by the files beside this one.
 */

import type { KeyObject } from "node:crypto";

import { BUNDLE_V01_MEDIA_TYPE, bundleFromJSON } from "@sigstore/bundle";
import type { Bundle, TransparencyLogEntry } from "@sigstore/bundle";
import { RFC3161Timestamp, dsse } from "@sigstore/core";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { Verifier, toSignedEntity, toTrustMaterial } from "@sigstore/verify";
import type { SignedEntity } from "@sigstore/verify";

import { errorMessage } from "../../kernel/errors.ts";
import type { JsonValue } from "../../kernel/rule.ts";

export type { Bundle, TransparencyLogEntry as LogEntry } from "@sigstore/bundle";
export type { TrustedRoot } from "@sigstore/protobuf-specs";

export type SignatureContent = SignedEntity["signature"];

export interface Failure {
  readonly kind: "failed";
  /** The package's own word for what went wrong, such as `TLOG_BODY_ERROR`; empty for anything else. */
  readonly code: string;
  readonly detail: string;
}

/**
 * Reads a bundle of version 0.1 to 0.3 and checks that what its version needs is there. Early bundles have proofs
 * without the checkpoint that would give them meaning; what holds in them is the log's promise, so that is all they keep.
 */
export function parseBundle(json: JsonValue): Bundle | Failure {
  return attempt(() => {
    const bundle = bundleFromJSON(json);
    if (bundle.mediaType === BUNDLE_V01_MEDIA_TYPE) {
      for (const entry of entriesOf(bundle)) {
        if (entry.inclusionProof?.checkpoint === undefined) {
          entry.inclusionProof = undefined;
        }
      }
    }
    return bundle;
  });
}

/** The log entries of a bundle; the package has two types of them in one. */
export function entriesOf({ verificationMaterial }: Bundle): readonly TransparencyLogEntry[] {
  return verificationMaterial.tlogEntries;
}

/** Reads a trusted root; whether it can be relied on is checked by `trusted-root.ts`. */
export function parseTrustedRoot(json: JsonValue): TrustedRoot | Failure {
  return attempt(() => {
    const root = TrustedRoot.fromJSON(json);
    // Keys and certificates that cannot be read fail here and not in the middle of a verification.
    toTrustMaterial(root);
    return root;
  });
}

export interface Thresholds {
  readonly logEntries: number;
  readonly timestamps: number;
  readonly certificateLogs: number;
}

export interface LibraryRequest {
  readonly bundle: Bundle;
  readonly root: TrustedRoot;
  readonly thresholds: Thresholds;
  /** What was signed, and how to check it. */
  readonly content: SignatureContent;
  /** The caller's key, for a bundle without a certificate. */
  readonly publicKey: KeyObject | undefined;
}

/** Time, certificate, log and signature. Gives nothing where all of it holds. */
export function verifyWithLibrary(request: LibraryRequest): Failure | undefined {
  const { bundle, root, thresholds, content, publicKey } = request;
  const outcome = attempt(() => {
    const trust = toTrustMaterial(root, () => {
      if (publicKey === undefined) {
        throw new Error("no key was given");
      }
      return { publicKey, validFor: () => true };
    });
    const verifier = new Verifier(trust, {
      tlogThreshold: thresholds.logEntries,
      timestampThreshold: thresholds.timestamps,
      ctlogThreshold: thresholds.certificateLogs,
    });
    return verifier.verify({ ...toSignedEntity(bundle), signature: content });
  });
  return isFailure(outcome) ? outcome : undefined;
}

/** The bytes that the signature of an envelope covers. */
export function envelopeEncoding(payloadType: string, payload: Buffer): Buffer {
  return dsse.preAuthEncoding(payloadType, payload);
}

/** The time that an RFC 3161 token states, verified or not. */
export function statedTime(token: Uint8Array): Date | Failure {
  return attempt(() => RFC3161Timestamp.parse(Buffer.from(token)).signingTime);
}

/** Whether something that may have failed has. */
export function isFailure(value: object | undefined): value is Failure {
  return value !== undefined && "kind" in value && value.kind === "failed";
}

function attempt<Result>(action: () => Result): Result | Failure {
  try {
    return action();
  } catch (error) {
    const { code, cause, fields } = error as { code?: unknown; cause?: unknown; fields?: unknown };
    const more = Array.isArray(fields) ? fields.join(", ") : cause && errorMessage(cause);
    return {
      kind: "failed",
      code: typeof code === "string" ? code : "",
      detail: [errorMessage(error), ...(typeof more === "string" ? [more] : [])].join(": "),
    };
  }
}
