/**
 * A small Hugging Face Hub (its read side) on loopback, for tests and benches: the routes, redirects, paging and
 * errors of the real one, a second origin for the content of LFS files, a record of every request, and every fault
 * that a network or a hostile hub can have. Not there: uploads, Spaces, Xet transfer (its fields and headers are),
 * searching.
 */

import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { cdnReply, SignedLinks } from "./cdn.ts";
import { deliver } from "./deliver.ts";
import type { Sent } from "./deliver.ts";
import { Faults } from "./fault.ts";
import type { DeliveryFault, Fault, FaultRule, ReplyFault } from "./fault.ts";
import { hubReply } from "./hub-reply.ts";
import { textReply } from "./reply.ts";
import type { Headers, Reply } from "./reply.ts";
import type { HubRepo } from "./repo.ts";
import { parseRoute } from "./route.ts";
import { spoil } from "./spoil.ts";
import { moveRef } from "./state.ts";
import type { HubState } from "./state.ts";

export interface TestHubOptions {
  readonly repos: readonly HubRepo[];
  /** The one token that is valid; without it none is. */
  readonly token?: string;
  /** Entries on a page of a tree: 1,000 unless given. */
  readonly pageSize?: number;
  /** GET requests that a signed link of the CDN serves: no end unless given. */
  readonly linkUses?: number;
  readonly faults?: readonly FaultRule[];
}

export interface HubRequest {
  readonly origin: "hub" | "cdn";
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly url: string;
  readonly headers: Headers;
  /** 0 while, and when, nothing was answered. */
  readonly status: number;
  /** Of the body, and handed to the connection: a client that leaves early has taken less. */
  readonly bytesSent: number;
}

export interface TestHub {
  /** What `HF_ENDPOINT` would be. */
  readonly endpoint: string;
  /** Another port and another host name. */
  readonly cdn: string;
  /** In the order in which they arrived. */
  readonly requests: readonly HubRequest[];
  setFault(rule: FaultRule): void;
  clearFaults(): void;
  moveRef(id: string, ref: string, sha: string): void;
  /** Ends every signed link that was given out. */
  expireLinks(): void;
  /** Ends the servers and every connection. */
  close(): Promise<void>;
}

export async function startTestHub(options: TestHubOptions): Promise<TestHub> {
  const faults = new Faults();
  for (const rule of options.faults ?? []) {
    faults.add(rule);
  }
  const requests: HubRequest[] = [];
  const servers = { hub: createServer(), cdn: createServer() };
  const endpoint = `http://127.0.0.1:${await listen(servers.hub)}`;
  const cdn = `http://localhost:${await listen(servers.cdn)}`;
  const links = new SignedLinks(cdn, options.linkUses ?? Infinity);
  const { token, pageSize = 1000 } = options;
  const state: HubState = { repos: options.repos, token, pageSize, endpoint, links };

  for (const origin of ["hub", "cdn"] as const) {
    servers[origin].on("request", (request: IncomingMessage, response: ServerResponse) => {
      const { method = "GET", url = "/" } = request;
      const sent: Sent = { status: 0, bytesSent: 0 };
      const headers = flat(request);
      requests.push(Object.assign(sent, { origin, method, url, headers }));
      const base = origin === "hub" ? endpoint : cdn;
      answer(
        state,
        faults,
        { origin, method, url: new URL(base + url), raw: url, headers },
        request,
      )
        .catch((error: unknown) => ({ reply: textReply(500, `test hub: ${String(error)}`) }))
        .then(({ reply, fault }: Answer) => deliver(response, reply, fault, sent))
        .catch(() => response.destroy());
    });
  }

  return {
    endpoint,
    cdn,
    requests,
    setFault: (rule) => faults.add(rule),
    clearFaults: () => faults.clear(),
    moveRef: (id, ref, sha) => moveRef(state, id, ref, sha),
    expireLinks: () => links.expire(),
    async close() {
      await Promise.all([stop(servers.hub), stop(servers.cdn)]);
    },
  };
}

interface Answer {
  readonly reply: Reply;
  readonly fault?: DeliveryFault | undefined;
}

interface Asked {
  readonly origin: "hub" | "cdn";
  readonly method: string;
  readonly url: URL;
  readonly raw: string;
  readonly headers: Headers;
}

async function answer(
  state: HubState,
  faults: Faults,
  { origin, method, url, raw, headers }: Asked,
  request: IncomingMessage,
): Promise<Answer> {
  if (origin === "cdn") {
    const path = state.links.find(url)?.file.path ?? "";
    const reply = cdnReply(state.links, method, url, headers);
    return withFault(state, reply, faults.take({ kind: "cdn", path, method }), url);
  }
  // Not the path of the URL, in which `..` is resolved already.
  const route = parseRoute(raw.replace(/\?.*$/s, ""));
  if (!route) {
    return { reply: textReply(404, "<!doctype html><title>404</title>", HTML) };
  }
  const body = Buffer.concat(await request.toArray()).toString();
  const reply = hubReply(state, { route, method, url, headers, body });
  return withFault(state, reply, faults.take({ ...route, method }), url);
}

const HTML: Headers = { "content-type": "text/html; charset=utf-8" };

function withFault(state: HubState, reply: Reply, fault: Fault | undefined, url: URL): Answer {
  if (fault === undefined || isOfDelivery(fault)) {
    return { reply, fault };
  }
  if (fault.kind === "moveRef") {
    moveRef(state, fault.repo, fault.ref, fault.sha);
  }
  return { reply: spoil(reply, fault, url) };
}

function isOfDelivery(fault: DeliveryFault | ReplyFault): fault is DeliveryFault {
  return ["reset", "drop", "stall", "short", "drip"].includes(fault.kind);
}

function flat({ headers }: IncomingMessage): Headers {
  const pairs = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return Object.fromEntries(pairs) as Headers;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
