/**
 * Sends an answer, in pieces and no faster than the other side takes them, with the faults of a connection.
 */

import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Bytes } from "./content.ts";
import type { DeliveryFault } from "./fault.ts";
import type { Headers, Reply } from "./reply.ts";

const PIECE = 256 * 1024;

/** What was sent so far. */
export interface Sent {
  status: number;
  bytesSent: number;
}

/** Ends when the answer is out, or the other side has gone. */
export async function deliver(
  response: ServerResponse,
  reply: Reply,
  fault: DeliveryFault | undefined,
  sent: Sent,
): Promise<void> {
  if (response.destroyed) {
    return;
  }
  const socket = response.socket;
  const gone = new Promise<void>((resolve) => {
    response.once("close", resolve);
  });
  if (fault?.kind === "reset") {
    socket?.resetAndDestroy();
    return;
  }
  if (fault?.kind === "stall" && fault.after === undefined) {
    await gone;
    return;
  }
  sent.status = reply.status;
  response.writeHead(reply.status, headersFor(reply.headers, fault));
  response.flushHeaders();
  if (response.req.method !== "HEAD") {
    const after = fault && "after" in fault ? fault.after : undefined;
    const size = Math.min(reply.body.size, after ?? Infinity);
    const drip = fault?.kind === "drip" ? fault : undefined;
    await sendBody(response, reply.body, { size, drip, gone }, sent);
  }
  if (fault?.kind === "drop") {
    await flushed(response);
    socket?.resetAndDestroy();
  } else if (fault?.kind === "stall") {
    await gone;
  } else {
    response.end();
  }
}

function headersFor(headers: Headers, fault: DeliveryFault | undefined): Headers {
  if (fault?.kind !== "short") {
    return headers;
  }
  // Without this the connection would wait for the next request, and the client for the rest.
  const closing = { ...headers, connection: "close" };
  if (fault.contentLength === "sent") {
    return { ...closing, "content-length": String(fault.after) };
  }
  const rest = Object.entries(closing).filter(([name]) => name !== "content-length");
  return fault.contentLength === "absent" ? Object.fromEntries(rest) : closing;
}

interface Pace {
  readonly size: number;
  readonly drip: Extract<DeliveryFault, { kind: "drip" }> | undefined;
  readonly gone: Promise<void>;
}

async function sendBody(
  response: ServerResponse,
  body: Bytes,
  { size, drip, gone }: Pace,
  sent: Sent,
): Promise<void> {
  const piece = drip?.bytes ?? PIECE;
  for (let start = 0; start < size && !response.destroyed; start += piece) {
    if (drip) {
      await Promise.race([pause(drip.every, undefined, { ref: false }), gone]);
    }
    const end = Math.min(size, start + piece);
    // Counted before it has left: the other side may look at the count as soon as it has the bytes.
    sent.bytesSent += response.destroyed ? 0 : end - start;
    if (!response.write(body.read(start, end))) {
      const drained = new Promise<void>((resolve) => {
        response.once("drain", resolve);
      });
      await Promise.race([drained, gone]);
    }
  }
}

/** What was written has left: a reset would take it back. */
async function flushed(response: ServerResponse): Promise<void> {
  while (!response.destroyed && (response.socket?.writableLength ?? 0) > 0) {
    await pause(1);
  }
  await pause(5);
}
