/**
 * The identity that the place has where the program runs: a token that is there already, in the environment or in a
 * file, or one that the runner of GitHub Actions gives on request. GitLab and others put theirs into
 * `SIGSTORE_ID_TOKEN`.
 */

import { AppError } from "../../kernel/errors.ts";
import { AUDIENCE } from "../../provenance/sigstore/identity-token.ts";
import { textAt } from "../../provenance/sigstore/json.ts";
import { ask, jsonOf, unusable } from "./post.ts";
import type { Ask } from "./post.ts";

/** Where a token comes from. */
export type AmbientIdentity =
  | { readonly kind: "token"; readonly token: string }
  /** Read when it is needed: such files are written anew from time to time. */
  | { readonly kind: "file"; readonly file: string }
  /** Asked when it is needed: what it gives is good for minutes. */
  | { readonly kind: "github"; readonly url: string; readonly token: string };

export type IdentitySource = AmbientIdentity | { readonly kind: "browser" };

/** Gives the token. Throws `AppError` where it cannot be had. */
export async function ambientToken(
  identity: AmbientIdentity,
  read: (path: string) => string,
  about: Omit<Ask, "who">,
): Promise<string> {
  switch (identity.kind) {
    case "token":
      return identity.token.trim();
    case "file":
      return read(identity.file).trim();
    default:
      return await githubToken(identity, about);
  }
}

async function githubToken(
  { url: address, token }: { readonly url: string; readonly token: string },
  about: Omit<Ask, "who">,
): Promise<string> {
  if (!URL.canParse(address)) {
    throw new AppError("USAGE", "ACTIONS_ID_TOKEN_REQUEST_URL is no web address");
  }
  const url = new URL(address);
  url.searchParams.set("audience", AUDIENCE);
  const asked = { ...about, who: "the runner's identity service" };
  const headers = { accept: "application/json" };
  const reply = await ask(asked, { url, headers, token });
  const value = textAt(jsonOf(reply.body, asked, url), "value");
  if (value === undefined) {
    throw unusable(asked.who, url);
  }
  return value;
}
