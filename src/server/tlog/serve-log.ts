/**
 * Serves a log's published files: C2SP tlog-tiles over HTTP. Only names of such files lead to any, so that nothing else
 * of the folder can be asked for, and only those that the checkpoint covers, since they are cached for ever.
 */

import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";

import { AppError, errorMessage } from "../../kernel/errors.ts";
import type { LogSource } from "../../kernel/tile-storage.ts";
import { parseCheckpoint } from "../../provenance/log/checkpoint.ts";
import { KEY_PATH } from "../../provenance/log/init-log.ts";
import { NEXT_KEY_PATH } from "../../provenance/log/rotate-key.ts";
import { CHECKPOINT_PATH, parseTilePath, widthIn } from "../../provenance/log/tile-path.ts";

export interface LogServer {
  /** Where it can be reached. */
  readonly address: string;
  readonly close: () => Promise<void>;
}

export interface ServeOptions {
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
}

const TEXT = "text/plain; charset=utf-8";
const FRESH = { "content-type": TEXT, "cache-control": "no-cache" };
const FOREVER = {
  "content-type": "application/octet-stream",
  "cache-control": "public, max-age=31536000, immutable",
};

interface Found {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/** Throws `AppError` USAGE where it cannot listen there. */
export async function serveLog(
  source: LogSource,
  { host, port }: ServeOptions,
): Promise<LogServer> {
  const server = createServer((request, response) => {
    answer(source, request, response).catch(() => {
      reply(response, 500, { "content-type": TEXT }, Buffer.from("cannot be read\n"));
    });
  });
  await listen(server, host, port);
  const bound = server.address();
  const actual = typeof bound === "object" && bound !== null ? bound.port : port;
  return {
    address: `http://${host.includes(":") ? `[${host}]` : host}:${actual}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      reject(
        new AppError("USAGE", `cannot listen on ${host}, port ${port}: ${errorMessage(error)}`),
      );
    });
    server.listen({ host, port }, resolve);
  });
}

async function answer(
  source: LogSource,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    reply(response, 405, { allow: "GET, HEAD", "content-type": TEXT }, Buffer.from("read only\n"));
    return;
  }
  const [path = ""] = (request.url ?? "").split("?");
  const found = await find(source, path.slice(1));
  if (found === undefined) {
    const headers = { "content-type": TEXT, "cache-control": "no-store" };
    reply(response, 404, headers, Buffer.from("not found\n"), request.method);
  } else {
    reply(response, 200, found.headers, found.bytes, request.method);
  }
}

async function find(source: LogSource, path: string): Promise<Found | undefined> {
  if (path === CHECKPOINT_PATH || path === KEY_PATH || path === NEXT_KEY_PATH) {
    const bytes = await source.read(path);
    return bytes === undefined ? undefined : { headers: FRESH, bytes };
  }
  const tile = parseTilePath(path);
  const checkpoint = tile === undefined ? undefined : await source.read(CHECKPOINT_PATH);
  if (tile === undefined || checkpoint === undefined) {
    return undefined;
  }
  const { size } = parseCheckpoint(checkpoint, "the checkpoint");
  // What lies beyond was never acknowledged and may yet change.
  const isCovered = tile.width <= widthIn(tile.level, tile.index, size);
  const bytes = isCovered ? await source.read(path) : undefined;
  return bytes === undefined ? undefined : { headers: FOREVER, bytes };
}

function reply(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  bytes: Uint8Array,
  method?: string,
): void {
  response.writeHead(status, {
    ...headers,
    "content-length": bytes.length,
    "x-content-type-options": "nosniff",
  });
  response.end(method === "HEAD" ? undefined : bytes);
}
