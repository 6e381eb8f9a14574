/** What a log's server gives out, with which headers, and that nothing else can be asked for. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { initLog } from "../../provenance/log/init-log.ts";
import { withLog } from "../../provenance/log/open-log.ts";
import { signerFromSeed } from "../../provenance/log/signer-key.ts";
import { tileFolder } from "../../store/tile-folder/tile-folder.ts";
import { serveLog } from "./serve-log.ts";
import type { LogServer } from "./serve-log.ts";

let folder: string;
let server: LogServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-test-"));
  const storage = tileFolder(folder);
  await initLog(storage, signerFromSeed("example.org/log", Buffer.alloc(32, 1)));
  const entries = Array.from({ length: 300 }, (_, at) => Buffer.from(`entry ${at}`));
  await withLog(storage, (log) => log.append(entries));
  // As a crash leaves it.
  await storage.write("tile/0/001.p/45", Buffer.alloc(45 * 32));
  writeFileSync(join(folder, "private.txt"), "private");
  server = await serveLog(storage, { host: "127.0.0.1", port: 0 });
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends a line as it is: clients tidy paths up before they ask. */
async function ask(line: string): Promise<{ status: number; headers: string; body: string }> {
  const { hostname, port } = new URL(server.address);
  const socket = connect(Number(port), hostname);
  socket.write(`${line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  let text = "";
  for await (const chunk of socket) {
    text += (chunk as Buffer).toString("latin1");
  }
  const [headers = "", ...body] = text.split("\r\n\r\n");
  return { status: Number(headers.split(" ")[1]), headers, body: body.join("\r\n\r\n") };
}

describe("serveLog", () => {
  it("serves the checkpoint fresh", async () => {
    const { status, headers, body } = await ask("GET /checkpoint");
    expect(status).toBe(200);
    expect(headers).toMatch(/content-type: text\/plain; charset=utf-8/i);
    expect(headers).toMatch(/cache-control: no-cache/i);
    expect(body).toMatch(/^example\.org\/log\n300\n/);
  });

  it.each(["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000"])(
    "serves %s for ever",
    async (path) => {
      const { status, headers, body } = await ask(`GET /${path}`);
      expect(status).toBe(200);
      expect(headers).toMatch(/content-type: application\/octet-stream/i);
      expect(headers).toMatch(/cache-control: public, max-age=31536000, immutable/i);
      expect(headers).toMatch(/x-content-type-options: nosniff/i);
      expect(body.length).toBeGreaterThan(0);
    },
  );

  it("tells of a file without it", async () => {
    const { status, headers, body } = await ask("HEAD /tile/0/000");
    expect([status, body]).toEqual([200, ""]);
    expect(headers).toMatch(/content-length: 8192/i);
  });

  it.each([
    "/.state/key",
    "/.state/signed",
    "/../private.txt",
    "/tile/../private.txt",
    "/tile/0/../../.state/key",
    "/%2e%2e/private.txt",
    "/tile/0/%2e%2e/%2e%2e/.state/key",
    "/private.txt",
    "/",
    "//checkpoint",
    "/tile/0/",
    "/tile/00/000",
    "/tile/0/0",
    "/tile/0/000.p/256",
    "/tile/0/000.p/0",
    "/tile/0/x000/000",
    "/tile/64/000",
    "/tile/0/001.p/45",
    "/tile/0/001",
    "/tile/2/000.p/1",
    "http://example.org/checkpoint",
  ])("does not serve %s", async (path) => {
    const { status, headers, body } = await ask(`GET ${path}`);
    expect([status, body]).toEqual([404, "not found\n"]);
    expect(headers).toMatch(/cache-control: no-store/i);
  });

  it.each(["POST", "PUT", "DELETE"])("takes no %s", async (method) => {
    const { status, headers } = await ask(`${method} /checkpoint`);
    expect(status).toBe(405);
    expect(headers).toMatch(/allow: GET, HEAD/i);
  });

  it("says where it cannot listen", async () => {
    const { port } = new URL(server.address);
    await expect(
      serveLog(tileFolder(folder), { host: "127.0.0.1", port: Number(port) }),
    ).rejects.toMatchObject({ code: "USAGE" });
  });
});
