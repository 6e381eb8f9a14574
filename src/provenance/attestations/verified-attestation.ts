/** A statement that somebody who is trusted has signed: what policies and lineages go by. */

import type { Statement } from "./statement.ts";

export interface AttestationSigner {
  readonly kind: "key" | "certificate" | "keyless";
  /**
   * Who it is: the fingerprint of a key (SHA-256 of its PEM), the subject of a certificate, the identity of a keyless
   * signer. Two signatures with the same kind and id are by one signer.
   */
  readonly id: string;
  /** Whose word it is for certificates (the issuer's subject) and keyless signers (the identity provider). */
  readonly issuer?: string;
  /** SHA-256 of the signer's certificate, in hexadecimal. */
  readonly certificate?: string;
  /** What else a keyless certificate says: `sourceRepository` … */
  readonly claims?: Readonly<Record<string, string>>;
}

export interface VerifiedAttestation {
  /** As it was signed; the subject of a signature has `dirHash1` of the files that it lists, whether it says so or not. */
  readonly statement: Statement;
  readonly signer: AttestationSigner;
  /** Where it was read, for people: `claims.jsonl:3`. */
  readonly source: string;
  /** SHA-256 of the bundle as it lies there, without the line feed at its end: how a log or a summary names it. */
  readonly digest: string;
  /** When it was signed, as far as that is proved: ISO 8601, UTC. Missing where nothing proves it. */
  readonly time?: string;
}
