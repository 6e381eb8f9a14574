/**
 * Waits on loopback for a browser to come back from an identity provider (RFC 8252, section 7.3). Only an answer with
 * the state of this login counts; whoever else knocks is sent away, and learns nothing.
 */

import { timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";

export interface CallbackServer {
  readonly redirectUri: string;
  /** The code that the provider gave. Throws `AppError` where it refused, where time is up and where the user gave up. */
  readonly code: Promise<string>;
  close(): void;
}

const PATH = "/auth/callback";
/** People look for their passwords. */
const PATIENCE = 5 * 60 * 1000;

/** Listens on a free port. */
export async function waitForCallback(
  state: string,
  signal: AbortSignal | undefined,
): Promise<CallbackServer> {
  const server = createServer();
  const code = Promise.withResolvers<string>();
  // Nobody may be waiting yet when it fails.
  code.promise.catch(() => undefined);
  server.on("request", ({ url = "" }, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(url, "http://localhost");
    if (pathname !== PATH || !isSame(searchParams.get("state") ?? "", state)) {
      answer(response, 404, "There is nothing here.");
      return;
    }
    const given = searchParams.get("code");
    if (given === null) {
      answer(response, 400, "The login failed. The terminal says why.");
      code.reject(refusal(searchParams));
    } else {
      answer(response, 200, "You are logged in. This page can be closed.");
      code.resolve(given);
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const timer = setTimeout(() => {
    code.reject(new AppError("SOURCE_UNREADABLE", "nobody logged in for five minutes"));
  }, PATIENCE);
  const giveUp = (): void => code.reject(new AppError("ABORTED", "interrupted"));
  signal?.addEventListener("abort", giveUp, { once: true });
  return {
    redirectUri: `http://localhost:${(server.address() as AddressInfo).port}${PATH}`,
    code: code.promise,
    close() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
      server.close();
      server.closeAllConnections();
    },
  };
}

function refusal(parameters: URLSearchParams): AppError {
  const why = parameters.get("error_description") ?? parameters.get("error") ?? "no reason given";
  return new AppError("SOURCE_FORBIDDEN", `the identity provider refuses: ${quote(why, 300)}`);
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function answer(response: ServerResponse, status: number, sentence: string): void {
  response
    .writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      connection: "close",
    })
    .end(`${sentence}\n`);
}
