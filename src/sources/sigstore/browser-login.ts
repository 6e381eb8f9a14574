/**
 * Logging in by a browser: the code flow of OpenID Connect with a proof key (RFC 7636) and a redirect to loopback
 * (RFC 8252). The program opens no browser: it shows the address, and whoever runs it opens that.
 */

import { createHash, randomBytes } from "node:crypto";

import { AppError } from "../../kernel/errors.ts";
import { parseJson, textAt } from "../../provenance/sigstore/json.ts";
import { waitForCallback } from "./callback-server.ts";
import { ask, below, jsonOf, unusable } from "./post.ts";
import type { Ask } from "./post.ts";

export interface BrowserLogin {
  /** The provider's address, such as `https://oauth2.sigstore.dev/auth`. */
  readonly provider: string;
  readonly clientId: string;
  /** Tells the user which address to open. */
  readonly show: (address: string) => void;
}

/** Gives the identity token. Throws `AppError`. */
export async function logInByBrowser(
  { provider, clientId, show }: BrowserLogin,
  network: Omit<Ask, "who">,
): Promise<string> {
  const about = { ...network, who: "the identity provider" };
  const { authorization, token } = await endpointsOf(provider, about);
  const [state, nonce, verifier] = [secret(), secret(), secret()];
  const callback = await waitForCallback(state, network.signal);
  try {
    const { redirectUri } = callback;
    for (const [name, value] of Object.entries({
      response_type: "code",
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: "openid email",
      state,
      nonce,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
    })) {
      authorization.searchParams.set(name, value);
    }
    show(authorization.href);
    const reply = await ask(about, {
      url: token,
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
      },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        code: await callback.code,
        redirect_uri: redirectUri,
        client_id: clientId,
        code_verifier: verifier,
      }).toString(),
    });
    const idToken = textAt(jsonOf(reply.body, about, token), "id_token");
    if (idToken === undefined) {
      throw unusable(about.who, token);
    }
    if (nonceOf(idToken) !== nonce) {
      throw new AppError("SOURCE_FORBIDDEN", "the identity provider answers another login");
    }
    return idToken;
  } finally {
    callback.close();
  }
}

/** What the provider publishes of itself (OpenID Connect Discovery 1.0), which has to be about itself. */
async function endpointsOf(
  provider: string,
  about: Ask,
): Promise<{ readonly authorization: URL; readonly token: URL }> {
  const url = below(provider, "/.well-known/openid-configuration");
  const reply = await ask(about, { url, headers: { accept: "application/json" } });
  const json = jsonOf(reply.body, about, url);
  const authorization = URL.parse(textAt(json, "authorization_endpoint") ?? "");
  const token = URL.parse(textAt(json, "token_endpoint") ?? "");
  const isItself = textAt(json, "issuer") === provider;
  if (authorization === null || token === null || !isItself || !isWeb(authorization, url)) {
    throw unusable(about.who, url);
  }
  return { authorization, token };
}

/** A browser is sent to a page of the web, and not to one without TLS by a provider that has it. */
function isWeb({ protocol }: URL, provider: URL): boolean {
  return protocol === "https:" || (protocol === "http:" && provider.protocol === "http:");
}

function nonceOf(token: string): string | undefined {
  const [, middle = ""] = token.split(".");
  return textAt(parseJson(Buffer.from(middle, "base64url").toString("utf8")), "nonce");
}

function secret(): string {
  return randomBytes(32).toString("base64url");
}
