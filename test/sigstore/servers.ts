/**
 * A private instance of Sigstore on loopback: Fulcio's, Rekor's (both versions) and a timestamp authority's interfaces
 * over HTTP, as far as signers speak to them, and the identity service of a runner of GitHub Actions.
 */

import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";

import { DerReader } from "../../src/codecs/der/der-reader.ts";
import { readIntegerBytes, readOctetString } from "../../src/codecs/der/read-values.ts";
import { TAG } from "../../src/codecs/der/tags.ts";
import type { JsonValue } from "../../src/kernel/rule.ts";
import { pem, parsed } from "../builders/certificates.ts";
import { granted, makeToken as makeTimestamp } from "../builders/tsa.ts";
import { issueFor, issueForRequest } from "./authority.ts";
import { makeInstance, timeText } from "./instance.ts";
import type { Instance } from "./instance.ts";
import { appendBody } from "./log-requests.ts";
import { makeToken } from "./token.ts";

export interface Servers {
  readonly instance: Instance;
  /** Where a runner asks for its token. */
  readonly runner: string;
  /** Paths in the order in which they came. */
  readonly requests: readonly string[];
  /** Answers the next request to a path with this instead. */
  interrupt(path: string, answer: Answer): void;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

type Handler = (request: IncomingMessage, body: Buffer) => Promise<Answer>;

export const RUNNER_SECRET = "runner-secret";

export async function startServers(): Promise<Servers> {
  const requests: string[] = [];
  const interruptions = new Map<string, Answer>();
  const handlers: Record<string, Handler> = {};
  const servers: Server[] = [];
  const start = async (): Promise<string> => {
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? "", "http://x").pathname;
      requests.push(path);
      void answerTo(request, handlers[path], take(interruptions, path)).then(
        ({ status, type = "application/json", headers = {}, body }) =>
          response.writeHead(status, { "content-type": type, ...headers }).end(body),
      );
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    servers.push(server);
    return `http://localhost:${(server.address() as AddressInfo).port}`;
  };
  const [authority = "", log1 = "", log2 = "", tsa = "", runner = ""] = await Promise.all(
    Array.from({ length: 5 }, start),
  );
  const instance = await makeInstance({ authority, log1, log2, tsa: `${tsa}/api/v1/timestamp` });
  Object.assign(handlers, handlersOf(instance));
  return {
    instance,
    runner: `${runner}/token?job=7`,
    requests,
    interrupt: (path, answer) => void interruptions.set(path, answer),
    async close() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      await Promise.all(servers.filter(({ listening }) => listening).map((s) => once(s, "close")));
    },
  };
}

function take(interruptions: Map<string, Answer>, path: string): Answer | undefined {
  const answer = interruptions.get(path);
  interruptions.delete(path);
  return answer;
}

async function answerTo(
  request: IncomingMessage,
  handler: Handler | undefined,
  instead: Answer | undefined,
): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  if (instead !== undefined) return instead;
  if (handler === undefined) return { status: 404, body: "{}" };
  try {
    return await handler(request, Buffer.concat(chunks));
  } catch (error) {
    return { status: 400, body: JSON.stringify({ code: 3, message: String(error) }) };
  }
}

function handlersOf(instance: Instance): Record<string, Handler> {
  return {
    "/api/v2/signingCert": async ({ headers }, body) => {
      const chain = await issuedFor(instance, headers.authorization, body);
      const certificates = chain.map((der) => pem(parsed(der)));
      return json({ signedCertificateEmbeddedSct: { chain: { certificates } } });
    },
    "/api/v1/log/entries": async (_request, body) =>
      json(await appendBody(instance.log1, body), 201),
    "/api/v2/log/entries": async (_request, body) =>
      json(await appendBody(instance.log2, body), 201),
    "/api/v1/timestamp": async ({ headers }, body) => {
      if (headers["content-type"] !== "application/timestamp-query") throw new TypeError("type");
      const request = new DerReader(body).enter();
      readIntegerBytes(request);
      const imprint = request.enter();
      imprint.next(TAG.sequence);
      const digest = readOctetString(imprint);
      const token = await makeTimestamp(new Uint8Array(), instance.tsa, {
        imprint: digest,
        nonce: readIntegerBytes(request),
        time: timeText(Date.now()),
      });
      return { status: 200, type: "application/timestamp-reply", body: granted(token) };
    },
    "/token": async ({ url, headers }) => {
      const { searchParams } = new URL(url ?? "", "http://x");
      if (headers.authorization !== `Bearer ${RUNNER_SECRET}`) throw new TypeError("secret");
      if (searchParams.get("job") !== "7") throw new TypeError("job");
      const value = makeToken({
        iss: "https://token.actions.githubusercontent.com",
        sub: "https://github.com/acme/model/.github/workflows/release.yml@refs/tags/v1",
        aud: searchParams.get("audience") ?? "",
      });
      return json({ value });
    },
  };
}

/** Clients prove that they have the key by a signature over their name, or by a signed request. */
async function issuedFor(
  { authority }: Instance,
  bearer: string | undefined,
  body: Buffer,
): Promise<readonly Uint8Array[]> {
  const request = JSON.parse(body.toString()) as {
    certificateSigningRequest?: string;
    credentials: { oidcIdentityToken: string };
    publicKeyRequest: { publicKey: { content: string }; proofOfPossession: string };
  };
  const { certificateSigningRequest: csr, credentials, publicKeyRequest } = request;
  if (csr !== undefined) {
    const token = (bearer ?? "").replace(/^Bearer /, "");
    return await issueForRequest(
      authority,
      token,
      Buffer.from(csr, "base64").toString(),
      Date.now(),
    );
  }
  const asked = {
    token: credentials.oidcIdentityToken,
    publicKey: publicKeyRequest.publicKey.content,
    proof: Buffer.from(publicKeyRequest.proofOfPossession, "base64"),
  };
  return await issueFor(authority, asked, Date.now());
}

function json(body: JsonValue, status = 200): Answer {
  return { status, body: JSON.stringify(body) };
}
