/**
 * Whoever holds a private key: a file, a program that talks to a token or a cloud, a test. The key itself never
 * comes through here.
 */

export interface Signer {
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array;
  /**
   * Signs the bytes as they are: the digest is part of it. ECDSA in DER with the digest of its curve (SHA-256 for
   * P-256, SHA-384 for P-384, SHA-512 for P-521), RSA as PKCS#1 v1.5 with SHA-256, Ed25519. Rejects with an
   * `AppError` where it cannot.
   */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}
