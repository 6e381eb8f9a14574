/** A trust policy after it was read: who may publish which model, and what has to come with it. */

import type { Condition } from "../../expressions/condition.ts";
import type { ExpectedIdentity } from "../sigstore/identity.ts";
import type { SignatureFlaw } from "./evidence.ts";
import type { Glob } from "./glob.ts";
import type { ReferencePattern } from "./model-reference.ts";

/** Where something stands: what decides has a line. */
export interface Place {
  /** What the document is called. */
  readonly document: string;
  readonly line: number;
  /** `rules[0].require.signature`. */
  readonly path: string;
}

export interface Policy {
  readonly name: string | undefined;
  /** Only ever grows. */
  readonly version: Dated<number>;
  /** Milliseconds since 1970. */
  readonly expires: Dated<number>;
  readonly trustRoots: ReadonlyMap<string, TrustRoot>;
  readonly authorities: ReadonlyMap<string, Authority>;
  readonly rules: readonly Rule[];
  readonly delegations: readonly Delegation[];
  readonly revocations: readonly Revocation[];
  /** Who signs the policy itself. */
  readonly signedBy: Threshold | undefined;
  readonly place: Place;
}

interface Dated<Value> {
  readonly value: Value;
  readonly place: Place;
}

export type TrustRoot =
  /** Certificates in PEM; files relative to the policy. */
  | {
      readonly kind: "x509";
      readonly files: readonly string[];
      readonly timestamps: readonly string[];
    }
  /** `embedded`, or a file. */
  | { readonly kind: "sigstore"; readonly file: string }
  /** A policy of C2SP tlog-policy. */
  | { readonly kind: "log"; readonly file: string };

export type Authority = { readonly name: string; readonly place: Place } & (
  | {
      readonly kind: "key";
      /** That of the key itself is known once its file is read. */
      readonly fingerprint: string | undefined;
      readonly file: string | undefined;
      readonly pem: string | undefined;
      readonly validFrom: number | undefined;
      readonly validUntil: number | undefined;
    }
  | {
      readonly kind: "certificate";
      readonly root: string;
      readonly subject: string | undefined;
      readonly issuer: string | undefined;
    }
  | {
      readonly kind: "keyless";
      readonly root: string;
      readonly issuer: string;
      readonly identity: ExpectedIdentity;
      readonly claims: ReadonlyMap<string, string>;
    }
);

/** So many of these, each a signer of its own. */
export interface Threshold {
  readonly count: number;
  readonly of: readonly string[];
  readonly place: Place;
}

export const LEVELS = ["strict", "permissive", "audit", "skip"] as const;

export type Level = (typeof LEVELS)[number];

export const ON_FAIL = ["deny", "hold", "warn"] as const;

export type OnFail = (typeof ON_FAIL)[number];

export const FORBIDDEN = ["unsigned-files", "symlinks", "legacy-signatures"] as const;

export interface Rule {
  readonly name: string | undefined;
  readonly match: readonly ReferencePattern[];
  readonly signature: Threshold | undefined;
  readonly attestations: readonly AttestationRequirement[];
  readonly log: LogRequirement | undefined;
  readonly timestamp: Place | undefined;
  readonly lineage: LineageRequirement | undefined;
  readonly forbid: { readonly flaws: readonly SignatureFlaw[]; readonly place: Place } | undefined;
  /** Trust on first use. */
  readonly pin: Place | undefined;
  /** Claims that name the model by its root alone count. */
  readonly allowRootOnly: boolean;
  readonly level: Level;
  readonly onFail: OnFail;
  /** Whether later rules are not asked. */
  readonly final: boolean;
  readonly place: Place;
}

export interface AttestationRequirement {
  readonly type: string;
  readonly by: readonly string[];
  /** Milliseconds. */
  readonly maxAge: number | undefined;
  readonly where: Condition | undefined;
  readonly wherePlace: Place | undefined;
  readonly count: number;
  /** Whether all claims of the type by these signers have to fulfil the condition. */
  readonly every: boolean;
  readonly place: Place;
}

export interface LogRequirement {
  readonly origin: string | undefined;
  readonly witnesses: number;
  readonly place: Place;
}

export interface LineageRequirement {
  readonly depth: number;
  readonly gaps: OnFail;
  readonly baseModels: readonly Glob[] | undefined;
  readonly place: Place;
}

export interface Delegation {
  readonly name: string;
  readonly paths: readonly ReferencePattern[];
  readonly to: Threshold;
  readonly expires: number;
  /** The delegated policy, relative to this one. */
  readonly file: string;
  readonly place: Place;
}

export type Revocation = {
  readonly reason: string;
  /** From when on; always, where nothing is said. */
  readonly at: number | undefined;
  readonly place: Place;
} & (
  | { readonly kind: "key" | "certificate" | "digest"; readonly value: string }
  | { readonly kind: "log"; readonly index: number; readonly origin: string | undefined }
);
