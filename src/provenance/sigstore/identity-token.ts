/**
 * What an identity token says (JSON Web Token, RFC 7519), as far as asking for a certificate needs it. Whether it is
 * genuine is for the authority to find out; here it is only refused what could not succeed.
 */

import { quote } from "../../kernel/text.ts";
import { parseJson, textAt, valueAt } from "./json.ts";
import type { JsonValue } from "../../kernel/rule.ts";

export interface IdentityToken {
  /** The token itself: a secret. */
  readonly text: string;
  /** What the key has to sign to prove that it belongs to whoever has the token. */
  readonly subject: string;
  readonly issuer: string;
}

export type ReadToken =
  | { readonly kind: "token"; readonly token: IdentityToken }
  /** Half a sentence. Nothing of the token is in it but its issuer and audience. */
  | { readonly kind: "refused"; readonly reason: string };

export const AUDIENCE = "sigstore";
/** Providers whose users are known by their address of mail. */
const BY_MAIL: ReadonlySet<string> = new Set([
  "https://accounts.google.com",
  "https://oauth2.sigstore.dev/auth",
  "https://oauth2.sigstage.dev/auth",
]);

/** Reads a token. @param now seconds since 1970. */
export function readIdentityToken(text: string, now: number): ReadToken {
  const [, middle, signature] = text.split(".");
  const claims =
    middle !== undefined && signature !== undefined && /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text)
      ? parseJson(Buffer.from(middle, "base64url").toString("utf8"))
      : undefined;
  const issuer = textAt(claims, "iss");
  if (claims === undefined || issuer === undefined) {
    return refused("it is not a token of an identity provider (a JWT with an issuer)");
  }
  const expires = valueAt(claims, "exp");
  if (typeof expires !== "number" || expires <= now) {
    return refused("it has expired");
  }
  const audiences = [valueAt(claims, "aud") ?? []].flat();
  if (!audiences.includes(AUDIENCE)) {
    const named = audiences
      .map((audience) => quote(typeof audience === "string" ? audience : "?"))
      .join(", ");
    return refused(`it is meant for ${named === "" ? "nobody" : named} and not for "${AUDIENCE}"`);
  }
  const subject = subjectOf(claims, issuer);
  return subject === undefined
    ? refused("it does not say whom it is for")
    : { kind: "token", token: { text, subject, issuer } };
}

/** Known providers of mail addresses have one; elsewhere a verified one counts before the subject. */
function subjectOf(claims: JsonValue, issuer: string): string | undefined {
  const mail = textAt(claims, "email");
  const isByMail = BY_MAIL.has(issuer) || valueAt(claims, "email_verified") === true;
  return isByMail && mail !== undefined ? mail : textAt(claims, "sub");
}

function refused(reason: string): ReadToken {
  return { kind: "refused", reason };
}
