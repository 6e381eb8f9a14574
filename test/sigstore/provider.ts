/** An identity provider on loopback (OpenID Connect with proof keys), and a browser whose user always agrees. */

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { claimsOf, makeToken } from "./token.ts";

export interface Provider {
  readonly url: string;
  /** What it does otherwise the next time. */
  fault: ProviderFault | undefined;
  close(): void;
}

export type ProviderFault = "other issuer" | "other nonce" | "no token" | "refuses";

const CODE = "code-7";

export async function startProvider(): Promise<Provider> {
  const logins = new Map<string, URLSearchParams>();
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    const { fault } = provider;
    switch (url.pathname) {
      case "/auth/.well-known/openid-configuration":
        json(response, {
          issuer: fault === "other issuer" ? "https://evil.test" : provider.url,
          authorization_endpoint: `${provider.url}/authorize`,
          token_endpoint: `${provider.url}/token`,
        });
        return;
      case "/auth/authorize":
        logins.set(CODE, url.searchParams);
        redirect(response, url.searchParams, fault);
        return;
      default:
        void token(request, response, logins.get(CODE), fault);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const provider: Provider = {
    url: `http://localhost:${(server.address() as AddressInfo).port}/auth`,
    fault: undefined,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
  return provider;
}

/** Opens an address as a browser would, and gives the page in the end. */
export async function browse(address: string): Promise<string> {
  return await (await fetch(address)).text();
}

function redirect(response: ServerResponse, asked: URLSearchParams, fault?: ProviderFault): void {
  const back = new URL(asked.get("redirect_uri") ?? "");
  back.searchParams.set("state", asked.get("state") ?? "");
  if (fault === "refuses") {
    back.searchParams.set("error", "access_denied\u001b[31m");
  } else {
    back.searchParams.set("code", CODE);
  }
  response.writeHead(302, { location: back.href }).end();
}

async function token(
  request: IncomingMessage,
  response: ServerResponse,
  asked: URLSearchParams | undefined,
  fault?: ProviderFault,
): Promise<void> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  const challenge = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  const isRight =
    form.get("code") === CODE &&
    form.get("client_id") === asked?.get("client_id") &&
    form.get("redirect_uri") === asked?.get("redirect_uri") &&
    challenge === asked?.get("code_challenge");
  if (!isRight || fault === "no token") {
    response.writeHead(isRight ? 200 : 400, { "content-type": "application/json" }).end("{}");
    return;
  }
  const nonce = fault === "other nonce" ? "other" : asked?.get("nonce");
  const [head = "", , tail = ""] = makeToken().split(".");
  const claims = { ...claimsOf(makeToken()), nonce };
  const middle = Buffer.from(JSON.stringify(claims)).toString("base64url");
  json(response, { id_token: `${head}.${middle}.${tail}` });
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
