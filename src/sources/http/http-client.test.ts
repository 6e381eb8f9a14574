import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";

import { makeCertificate } from "../../../test/builders/certificate.ts";
import { startWebProxy } from "../../../test/builders/web-proxy.ts";
import { startWebServer } from "../../../test/builders/web-server.ts";
import { httpClient } from "./http-client.ts";
import type { HttpAnswer, HttpClient, HttpRequest, HttpSettings } from "./http-client.ts";

/** A client that notes its waits and does not wait. */
function open(settings: Partial<HttpSettings> = {}): HttpClient & { readonly waits: number[] } {
  const waits: number[] = [];
  const client = httpClient({
    userAgent: "weighbridge/test",
    timeout: 5000,
    retries: 4,
    wait: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
    ...settings,
  });
  onTestFinished(() => client.close());
  return { ...client, waits };
}

async function text({ body }: HttpAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function get(client: HttpClient, url: string, more: Partial<HttpRequest> = {}) {
  return client.send({ url: new URL(url), ...more });
}

describe("httpClient", () => {
  it("says who asks, and asks for plain bytes", async () => {
    const { origin, requests } = await startWebServer((_, response) => response.end("bytes"));
    const answer = await get(open(), `${origin}/a?b=c`, { headers: { range: "bytes=0-4" } });
    expect([answer.status, await text(answer), answer.url.href]).toEqual([
      200,
      "bytes",
      `${origin}/a?b=c`,
    ]);
    expect(requests[0]?.headers).toMatchObject({
      "user-agent": "weighbridge/test",
      "accept-encoding": "identity",
      range: "bytes=0-4",
    });
  });

  it("does not take what is compressed though plain bytes were asked for", async () => {
    const { origin, requests } = await startWebServer((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("bytes"));
    });
    await expect(get(open(), origin)).rejects.toMatchObject({
      code: "SOURCE_FORBIDDEN",
      message: expect.stringMatching(/answers in gzip, though the plain bytes/) as string,
    });
    expect(requests).toHaveLength(1);
  });
});

describe("a redirect", () => {
  it("never takes the token to another origin, nor back from there", async () => {
    const home = await startWebServer(({ url }, response) => {
      if (url === "/back") {
        response.end("home again");
      } else {
        response.writeHead(302, { location: url === "/a" ? "/b" : `${other.origin}/c` }).end();
      }
    });
    const other = await startWebServer((_, response) => {
      response.writeHead(302, { location: `${home.origin}/back`, "x-say": "other" }).end();
    });
    const answer = await get(open(), `${home.origin}/a`, { token: "hf_secret" });
    expect(await text(answer)).toBe("home again");
    expect(home.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ["/a", "Bearer hf_secret"],
      ["/b", "Bearer hf_secret"],
      ["/back", undefined],
    ]);
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    expect(answer.hops.map((hop) => hop["x-say"])).toEqual([undefined, undefined, "other"]);
    expect(answer.url.href).toBe(`${home.origin}/back`);
  });

  it("to another port or another name of the same machine is one to another origin", async () => {
    const { port, requests } = await startWebServer(({ url }, response) => {
      if (url === "/a") {
        response.writeHead(302, { location: `http://127.0.0.1:${port}/b` });
      }
      response.end();
    });
    await get(open(), `http://localhost:${port}/a`, { token: "hf_secret" });
    expect(requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer hf_secret",
      undefined,
    ]);
  });

  it.each([
    ["/loop", /redirects more than 5 times/],
    ["file:///etc/passwd", /redirects to what is no web address/],
    ["data:,x", /redirects to what is no web address/],
    ["http://", /redirects to what is no web address/],
  ])("to %s is not followed", async (location, message) => {
    const { origin, requests } = await startWebServer((_, response) => {
      response.writeHead(307, { location }).end();
    });
    await expect(get(open(), origin)).rejects.toMatchObject({
      code: "SOURCE_FORBIDDEN",
      message: expect.stringMatching(message) as string,
    });
    expect(requests.length).toBeLessThanOrEqual(6);
  });
});

describe("what may pass", () => {
  it.each([408, 429, 500, 502, 503, 504])("is tried again: %d", async (status) => {
    let count = 0;
    const { origin } = await startWebServer((_, response) => {
      count += 1;
      response.writeHead(count < 4 ? status : 200).end("at last");
    });
    const client = open();
    expect(await text(await get(client, origin))).toBe("at last");
    expect(client.waits).toHaveLength(3);
  });

  it("comes back as it is when it does not pass", async () => {
    const { origin, requests } = await startWebServer((_, response) => {
      response.writeHead(503).end();
    });
    expect((await get(open(), origin)).status).toBe(503);
    expect(requests).toHaveLength(5);
  });

  it.each([400, 401, 403, 404, 410, 416, 451, 501])("is not %d", async (status) => {
    const { origin, requests } = await startWebServer((_, response) => {
      response.writeHead(status).end();
    });
    expect((await get(open(), origin)).status).toBe(status);
    expect(requests).toHaveLength(1);
  });

  it("is waited for as long as the server wants, and not for an hour", async () => {
    let after = "7";
    const { origin, requests } = await startWebServer((_, response) => {
      response.writeHead(429, { "retry-after": after, ratelimit: '"api";r=0;t=3' }).end();
    });
    const client = open({ retries: 1 });
    await get(client, origin);
    expect(client.waits).toEqual([7000]);

    after = "3600";
    const answer = await get(client, origin);
    expect([answer.status, answer.headers["retry-after"], requests.length]).toEqual([
      429,
      "3600",
      3,
    ]);
    expect(client.waits).toEqual([7000]);

    after = "soon";
    await get(client, origin);
    expect(client.waits).toEqual([7000, 3000]);
  });

  it("is a connection that is reset, or a server that keeps silent", async () => {
    let count = 0;
    const { origin } = await startWebServer(({ socket }, response) => {
      count += 1;
      if (count === 1) {
        socket.resetAndDestroy();
      } else if (count === 3) {
        response.end("at last");
      }
    });
    const client = open({ timeout: 150 });
    expect(await text(await get(client, origin))).toBe("at last");
    expect(client.waits).toHaveLength(2);
  });
});

describe("what does not pass", () => {
  it("is a server that keeps silent", async () => {
    const { origin, requests } = await startWebServer(() => undefined);
    await expect(get(open({ timeout: 100, retries: 1 }), origin)).rejects.toMatchObject({
      code: "SOURCE_UNREADABLE",
      message: expect.stringMatching(/^localhost:\d+: there was no answer in time$/) as string,
    });
    expect(requests).toHaveLength(2);
  });

  it("is a port where nobody listens, and one where no HTTP is spoken", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.end("SSH-2.0-OpenSSH\r\n", () => socket.destroy());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const client = open({ retries: 0 });
    await expect(get(client, `http://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: "SOURCE_UNREADABLE",
    });
    const closed = once(server, "close");
    server.close();
    await closed;
    await expect(get(client, `http://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: "SOURCE_UNREADABLE",
      message: expect.stringMatching(/: the connection was refused$/) as string,
    });
  });

  it("is a host that nobody knows, which is not asked for again and again", async () => {
    const client = open();
    await expect(get(client, "http://weighbridge.invalid")).rejects.toMatchObject({
      message: expect.stringMatching(/^weighbridge\.invalid: the name of the host/) as string,
    });
  });

  it("is a body that ends early, or stalls", async () => {
    const { origin } = await startWebServer(({ url }, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("some");
      if (url === "/reset") {
        setTimeout(() => response.destroy(), 20);
      }
    });
    const client = open({ timeout: 200 });
    const messages = { "/reset": /: the connection was broken off$/, "/stall": /in time$/ };
    for (const [path, message] of Object.entries(messages)) {
      const answer = await get(client, origin + path);
      await expect(text(answer)).rejects.toMatchObject({
        code: "SOURCE_UNREADABLE",
        message: expect.stringMatching(message) as string,
      });
    }
  });
});

describe("a signal", () => {
  it("ends a request that waits for an answer, or for a body", async () => {
    const { origin } = await startWebServer(({ url }, response) => {
      if (url === "/body") {
        response.writeHead(200, { "content-length": 100 });
        response.write("some");
      }
    });
    const client = open();
    const first = new AbortController();
    const silent = get(client, `${origin}/silent`, { signal: first.signal });
    setTimeout(() => first.abort(), 30);
    await expect(silent).rejects.toMatchObject({ code: "ABORTED" });

    const second = new AbortController();
    const answer = await get(client, `${origin}/body`, { signal: second.signal });
    setTimeout(() => second.abort(), 30);
    await expect(text(answer)).rejects.toMatchObject({ code: "ABORTED" });
    expect(client.waits).toEqual([]);
  });
});

describe("a proxy", () => {
  it("gets the requests for http, and tunnels those for https", async () => {
    const own = makeCertificate();
    const proxy = await startWebProxy();
    const plain = await startWebServer((_, response) => response.end("plain"));
    const both = { http: proxy.origin, https: proxy.origin };
    const client = open({
      proxy: both,
      ...(own === undefined ? {} : { certificates: own.cert }),
    });
    expect(await text(await get(client, plain.origin))).toBe("plain");
    expect(proxy.requests.map(({ url }) => url)).toEqual([`${plain.origin}/`]);

    if (own !== undefined) {
      const secure = await startWebServer((_, response) => response.end("secure"), own);
      expect(await text(await get(client, secure.origin))).toBe("secure");
      expect(proxy.tunnels).toEqual([`localhost:${secure.port}`]);
    }
  });

  it("is not used for what NO_PROXY names, nor for a scheme that it is not for", async () => {
    const proxy = await startWebProxy();
    const plain = await startWebServer((_, response) => response.end("plain"));
    const past = open({ proxy: { http: proxy.origin, none: "example.org,localhost" } });
    expect(await text(await get(past, plain.origin))).toBe("plain");
    const other = open({ proxy: { https: proxy.origin } });
    expect(await text(await get(other, plain.origin))).toBe("plain");
    expect(proxy.requests).toEqual([]);
  });
});

describe("a certificate", () => {
  const own = makeCertificate();

  it.skipIf(own === undefined)("that is not trusted ends it at once, with advice", async () => {
    const secure = await startWebServer((_, response) => response.end("secure"), own);
    const client = open();
    await expect(get(client, secure.origin, { token: "hf_secret" })).rejects.toMatchObject({
      code: "SOURCE_FORBIDDEN",
      message: expect.stringMatching(
        /its certificate is signed by itself \(see SSL_CERT_FILE and NODE_EXTRA_CA_CERTS\)$/,
      ) as string,
    });
    expect([client.waits, secure.requests]).toEqual([[], []]);
  });

  it.skipIf(own === undefined)("is trusted where the user says so, and not for all", async () => {
    const secure = await startWebServer((_, response) => response.end("secure"), own);
    const client = open({ certificates: own?.cert ?? "" });
    expect(await text(await get(client, secure.origin))).toBe("secure");
    await expect(get(client, `https://127.0.0.1:${secure.port}`)).rejects.toMatchObject({
      message: expect.stringMatching(/its certificate is for another name/) as string,
    });
  });
});
