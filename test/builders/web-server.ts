/** A small server on loopback for one test: what it was asked, and whatever it answers. */

import { once } from "node:events";
import { createServer as createHttp } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

import type { Certificate } from "./certificate.ts";

export interface WebServer {
  readonly server: Server;
  readonly port: number;
  /** With the host name `localhost`; `127.0.0.1` is another origin. */
  readonly origin: string;
  /** In the order in which they came. */
  readonly requests: readonly IncomingMessage[];
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Ends with the test that started it. */
export async function startWebServer(answer: Answer, own?: Certificate): Promise<WebServer> {
  const requests: IncomingMessage[] = [];
  const handle: Answer = (request, response) => {
    requests.push(request);
    answer(request, response);
  };
  const server = own === undefined ? createHttp(handle) : createHttps(own, handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  const origin = `${own === undefined ? "http" : "https"}://localhost:${port}`;
  return { server, port, origin, requests };
}

/** Answers a request for a file, in parts where parts are asked for. */
export function serveFile(
  content: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return ({ headers: { range } }, response) => {
    const match = /^bytes=(\d+)-(\d+)$/.exec(range ?? "");
    if (match === null) {
      response.writeHead(200, { "content-length": content.length, ...headers }).end(content);
      return;
    }
    const start = Number(match[1]);
    const end = Math.min(content.length, Number(match[2]) + 1);
    if (start >= end) {
      response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
      return;
    }
    response
      .writeHead(206, {
        "content-length": end - start,
        "content-range": `bytes ${start}-${end - 1}/${content.length}`,
        ...headers,
      })
      .end(content.subarray(start, end));
  };
}
