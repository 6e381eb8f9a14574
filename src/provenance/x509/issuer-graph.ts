/**
 * Who issued what, among the certificates at hand: by name first, by signature when somebody asks. Names may be
 * shared by thousands of hostile certificates, so signatures are verified once a pair, those first whose key
 * identifier fits, and only so many of them.
 */

import type { Certificate } from "./certificate.ts";
import { signatureScheme, verifySignature } from "./verify-signature.ts";

/** Honest sets need one a certificate and one more for each cross-signature. */
const MOST_SIGNATURES = 300;
/** So that the many of one name leave some for the next. */
const MOST_OF_A_NAME = 24;

export interface Issuer {
  readonly certificate: Certificate;
  /** The path may end here. */
  readonly isAnchor: boolean;
}

export class IssuerGraph {
  /** Signatures were left unverified because there were too many. */
  exhausted = false;
  readonly #bySubject = new Map<string, Issuer[]>();
  readonly #anchors = new Set<string>();
  readonly #issuers = new Map<Certificate, readonly Issuer[]>();
  #verified = 0;

  constructor(intermediates: readonly Certificate[], anchors: readonly Certificate[]) {
    const names = new Set(anchors.map(({ subject }) => latin1(subject.der)));
    const trusted = new Set(anchors);
    const seen = new Set<string>();
    for (const certificate of [...anchors, ...intermediates]) {
      const identity = latin1(certificate.der);
      if (seen.has(identity)) {
        continue;
      }
      seen.add(identity);
      // Who names an authority together with the one above it names a chain: its end is the upper one.
      const isAnchor =
        trusted.has(certificate) &&
        (isSelfIssued(certificate) || !names.has(latin1(certificate.issuer.der)));
      if (isAnchor) {
        this.#anchors.add(identity);
      }
      const key = latin1(certificate.subject.der);
      const group = this.#bySubject.get(key) ?? [];
      group.push({ certificate, isAnchor });
      this.#bySubject.set(key, group);
    }
  }

  /** Whether a path may end at this certificate, by its bytes. */
  isAnchor(certificate: Certificate): boolean {
    return this.#anchors.has(latin1(certificate.der));
  }

  /** The certificates under the name that this one gives for its issuer. */
  namedIssuers(certificate: Certificate): readonly Issuer[] {
    return this.#bySubject.get(latin1(certificate.issuer.der)) ?? [];
  }

  /** The certificates whose key signed this one; fitting key identifiers first, then anchors. */
  issuersOf(certificate: Certificate): readonly Issuer[] {
    const known = this.#issuers.get(certificate);
    if (known !== undefined) {
      return known;
    }
    const named = this.namedIssuers(certificate);
    const { authorityKeyId } = certificate;
    const fits = ({ certificate: { subjectKeyId } }: Issuer): boolean =>
      authorityKeyId !== undefined && authorityKeyId === subjectKeyId;
    const ordered = [...named.filter(fits), ...named.filter((issuer) => !fits(issuer))];
    const issuers = ordered
      .slice(0, MOST_OF_A_NAME)
      .filter((issuer) => this.#signed(certificate, issuer.certificate));
    this.exhausted ||= ordered.length > MOST_OF_A_NAME;
    this.#issuers.set(certificate, issuers);
    return issuers;
  }

  #signed(certificate: Certificate, issuer: Certificate): boolean {
    const scheme = signatureScheme(certificate.signatureAlgorithm);
    if (scheme === undefined) {
      return false;
    }
    if (this.#verified >= MOST_SIGNATURES) {
      this.exhausted = true;
      return false;
    }
    this.#verified += 1;
    return verifySignature(issuer.publicKey, scheme, certificate.tbs, certificate.signature);
  }
}

/** Same name above and below: such a certificate does not count towards path lengths (RFC 5280, section 3.2). */
export function isSelfIssued({ subject, issuer }: Certificate): boolean {
  return Buffer.compare(subject.der, issuer.der) === 0;
}

/** A key for maps out of bytes. */
function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
