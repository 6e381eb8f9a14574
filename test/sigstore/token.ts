/** Identity tokens for tests. Nobody checks their signature: the authority of the tests believes what they say. */

export interface TokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly aud: string;
  /** Seconds since 1970. */
  readonly iat: number;
  readonly exp: number;
}

export const ISSUER = "https://issuer.example";
export const MAIL = "release@acme.example";

/** A token of somebody who is known by an address of mail; by the subject where that is given. */
export function makeToken(claims: Partial<TokenClaims> = {}, now = Date.now()): string {
  const seconds = Math.floor(now / 1000);
  const all: TokenClaims = {
    iss: ISSUER,
    ...(claims.sub === undefined
      ? { sub: "subject-7", email: MAIL, email_verified: true }
      : { sub: claims.sub }),
    aud: "sigstore",
    iat: seconds,
    exp: seconds + 600,
    ...claims,
  };
  return [{ alg: "ES256", typ: "JWT" }, all, "signature"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
}

export function claimsOf(token: string): TokenClaims {
  const [, middle = ""] = token.split(".");
  return JSON.parse(Buffer.from(middle, "base64url").toString("utf8")) as TokenClaims;
}
