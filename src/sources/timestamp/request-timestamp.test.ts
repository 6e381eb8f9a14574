import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { granted, makeToken, makeTsa } from "../../../test/builders/tsa.ts";
import type { TestTsa } from "../../../test/builders/tsa.ts";
import { verifyTimestamp } from "../../provenance/timestamp/verify-timestamp.ts";
import { writeRequest } from "../../provenance/timestamp/write-request.ts";
import { httpClient } from "../http/http-client.ts";
import { requestTimestamp } from "./request-timestamp.ts";

const SIGNATURE = Buffer.from("the bytes of a signature");
const NONCE = Uint8Array.of(1, 2, 3, 4);
const client = httpClient({ userAgent: "test", timeout: 5000, retries: 0 });
let tsa: TestTsa;
let server: Server;
let base: string;
let received: Buffer | undefined;

/** An authority that stamps whatever it knows that it is asked for. */
beforeAll(async () => {
  tsa = await makeTsa();
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received = Buffer.concat(chunks);
      const isQuery = request.headers["content-type"] === "application/timestamp-query";
      if (request.url === "/long") {
        response.end(Buffer.alloc(300 * 1024));
      } else if (request.url === "/page") {
        response.setHeader("content-type", "text/html").end("<p>Timestamps!</p>");
      } else if (request.url !== "/tsa" || !isQuery || request.method !== "POST") {
        response.writeHead(404).end();
      } else {
        void makeToken(SIGNATURE, tsa, { nonce: NONCE }).then((token) =>
          response.setHeader("content-type", "application/timestamp-reply").end(granted(token)),
        );
      }
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await client.close();
  server.close();
});

describe("an authority", () => {
  it("gets the request as it is, and its answer verifies", async () => {
    const { request, nonceText } = writeRequest(SIGNATURE, NONCE);
    const answer = await requestTimestamp(client, new URL("/tsa", base), request);
    const trust = { roots: [tsa.root], nonce: nonceText };

    expect(received?.equals(request)).toBe(true);
    expect(verifyTimestamp(answer, SIGNATURE, trust).kind).toBe("valid");
  });

  it.each([
    ["/other", "gives no timestamp: it answers with status 404"],
    ["/page", "gives no timestamp: it answers with text/html"],
    ["/long", "answers more than a timestamp can be"],
  ])("that it is not is told: %s", async (path, message) => {
    const { request } = writeRequest(SIGNATURE, NONCE);

    await expect(requestTimestamp(client, new URL(path, base), request)).rejects.toThrow(message);
  });
});
