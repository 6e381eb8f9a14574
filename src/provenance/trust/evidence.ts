/**
 * What is known about a model when a policy is asked: all of it verified by others before, in the sense that a
 * signature holds and whose it is. Whether that signer counts is for the policy to say.
 */

import type { JsonValue } from "../../kernel/rule.ts";

/** Who signed, as far as it is proved. */
export interface Signer {
  readonly kind: "key" | "certificate" | "keyless";
  /** The fingerprint of a key, the subject of a certificate, the identity of a keyless signer. */
  readonly id: string;
  /** The subject of who issued the certificate; the provider that vouches for a keyless identity. */
  readonly issuer?: string;
  /** Fingerprint of the key, for certificates: the same key under two names is one signer. */
  readonly key?: string;
  /** SHA-256 of the signer's certificate, in hexadecimal. */
  readonly certificate?: string;
  readonly serial?: string;
  /** The trust roots of the policy that its certificate leads to. */
  readonly roots?: readonly string[];
  /** What else a keyless certificate says: `sourceRepository` … */
  readonly claims?: Readonly<Record<string, string>>;
}

interface Signed {
  readonly signer: Signer;
  /** Where it was read, for people: `model.sig`, `claims.jsonl:3`. */
  readonly source: string;
  /** SHA-256 of the bundle. */
  readonly digest: string;
  /** When it was signed, as far as that is proved: ISO 8601. What a signer claims is no such time. */
  readonly time?: string;
  readonly logged?: readonly Logged[];
}

/** An entry in a transparency log whose proof was verified. */
export interface Logged {
  readonly origin: string;
  readonly index: number;
  readonly witnesses: number;
}

export const SIGNATURE_FLAWS = ["unsigned-files", "symlinks", "legacy-signatures"] as const;

export type SignatureFlaw = (typeof SIGNATURE_FLAWS)[number];

/** A signature of the model itself, whose files were compared. */
export interface SignatureEvidence extends Signed {
  readonly flaws?: readonly SignatureFlaw[];
}

/** A signed statement. */
export interface ClaimEvidence extends Signed {
  readonly statement: {
    readonly subject: readonly { readonly digest: Readonly<Record<string, string>> }[];
    readonly predicateType: string;
    readonly predicate: Readonly<Record<string, JsonValue>>;
  };
}

/** What walking back to the base models gave. */
export interface LineageEvidence {
  /** Steps of making that are proved, along the longest way. */
  readonly depth: number;
  /** Where the way ends though something came before, each half a sentence. */
  readonly gaps: readonly string[];
  /** Contradictions and cycles, each half a sentence. */
  readonly conflicts: readonly string[];
  /** URIs of the base models. */
  readonly baseModels: readonly string[];
}

export interface ModelUnderTest {
  /** What it is called: `hf:org/name@revision`, `file:/models/x`. All names are of the one model. */
  readonly references: readonly string[];
  readonly digests: {
    /** Root digest of OpenSSF Model Signing. */
    readonly root?: string;
    readonly dirHash1?: string;
    /** Of a model that is one file. */
    readonly file?: string;
  };
}

export interface Evidence {
  readonly model: ModelUnderTest;
  readonly signatures: readonly SignatureEvidence[];
  /** Signatures by signers that are known whose files are not what was signed; `detail` is a sentence. */
  readonly broken?: readonly { readonly source: string; readonly detail: string }[];
  readonly claims: readonly ClaimEvidence[];
  /** Missing where nobody walked it. */
  readonly lineage?: LineageEvidence;
  /** The local clock, in milliseconds since 1970; believed only where nothing proves that it is late. */
  readonly now: number;
}
