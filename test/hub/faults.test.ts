import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import type { Fault, FaultRule } from "./fault.ts";
import { HOSTILE_ENTRIES, withEntries, withNext } from "./hostile-tree.ts";
import { CONFIG, NEW, OLD, TOKEN, WEIGHTS } from "./sample.ts";
import { sampleHub } from "./sample-hub.ts";
import type { TestHub } from "./test-hub.ts";

const RESOLVE = "/openai-community/gpt2/resolve/main";
const TREE = "/api/models/openai-community/gpt2/tree/main";
const PART = { range: "bytes=10-19" };

function weights(hub: TestHub, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${hub.endpoint}${RESOLVE}/model.safetensors`, { headers });
}

function onCdn(fault: Fault, more: Partial<FaultRule> = {}): FaultRule {
  return { on: "cdn", path: "model.safetensors", fault, ...more };
}

describe("a fault", () => {
  it("is for the requests it names, and for so many of them", async () => {
    const hub = await sampleHub();
    const busy: Fault = { kind: "status", status: 503 };
    hub.setFault({ on: "cache", path: "config.json", after: 1, times: 2, fault: busy });

    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) {
      statuses.push((await fetch(`${hub.endpoint}${RESOLVE}/config.json`)).status);
      expect((await weights(hub)).status).toBe(200);
    }

    expect(statuses).toEqual([200, 503, 503, 200]);
  });

  it("may be for one method, follow another, and be taken away", async () => {
    const hub = await sampleHub();
    hub.setFault({ on: "resolve", method: "HEAD", fault: { kind: "status", status: 500 } });
    hub.setFault({ on: "resolve", times: Infinity, fault: { kind: "status", status: 502 } });
    const url = `${hub.endpoint}${RESOLVE}/config.json`;

    const spoiled = [await fetch(url), await fetch(url, { method: "HEAD" }), await fetch(url)];
    hub.clearFaults();

    expect(spoiled.map(({ status }) => status)).toEqual([502, 500, 502]);
    expect((await fetch(url)).status).toBe(200);
  });
});

describe("what is said", () => {
  it.each(["1", "Fri, 31 Dec 2100 23:59:59 GMT", "99999999999"])(
    "429 with Retry-After: %s",
    async (retryAfter) => {
      const headers = { "retry-after": retryAfter, ratelimit: '"resolvers";r=0;t=17' };
      const fault: Fault = { kind: "status", status: 429, headers };
      const hub = await sampleHub({}, { on: "resolve", fault });

      const response = await weights(hub);

      expect(response.status).toBe(429);
      expect(response.headers.get("retry-after")).toBe(retryAfter);
      expect(response.headers.get("ratelimit")).toContain("t=17");
    },
  );

  it("a page in place of an error", async () => {
    const hub = await sampleHub({}, { on: "tree", fault: { kind: "status", status: 404 } });

    const response = await fetch(hub.endpoint + TREE);

    expect(response.headers.get("x-error-code")).toBeNull();
    expect(response.headers.get("content-type")).toBe("text/html");
    expect(await response.text()).toContain("<title>404");
  });

  it.each([
    [
      "bytes 0-9/100",
      ({ end, start }: { end: number; start: number }) => `bytes 0-${end - start - 1}/100`,
    ],
    ["bytes 10-19/7", () => "bytes 10-19/7"],
    ["bytes 10-19/*", () => "bytes 10-19/*"],
  ])("Content-Range: %s", async (said, say) => {
    const hub = await sampleHub({}, onCdn({ kind: "range", say }));

    const response = await weights(hub, PART);

    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(said);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(WEIGHTS.subarray(10, 20));
  });

  it("the whole file to a request for a part", async () => {
    const hub = await sampleHub({}, onCdn({ kind: "whole" }));

    const response = await weights(hub, PART);

    expect(response.status).toBe(200);
    expect(response.headers.get("content-range")).toBeNull();
    expect(Buffer.from(await response.arrayBuffer())).toEqual(WEIGHTS);
  });

  it.each([
    ["asked", "bytes 10-19/100", 5],
    ["sent", "bytes 10-24/100", 5],
    ["sent", "bytes 10-199/200", 180],
  ] as const)("more than was asked, %s: %s", async (contentRange, said, extra) => {
    const hub = await sampleHub({}, onCdn({ kind: "long", extra, contentRange }));

    const response = await weights(hub, PART);

    expect(response.headers.get("content-range")).toBe(said);
    const expected = Buffer.concat([WEIGHTS.subarray(10), Buffer.alloc(200)]);
    const body = Buffer.from(await response.arrayBuffer());
    expect(body).toEqual(expected.subarray(0, 10 + extra));
  });

  it("another ETag and another commit, or none", async () => {
    const set = { etag: '"other"', "x-repo-commit": OLD, "x-linked-size": null };
    const rule: FaultRule = { on: "resolve", after: 1, fault: { kind: "headers", set } };
    const hub = await sampleHub({}, rule);
    const url = `${hub.endpoint}${RESOLVE}/model.safetensors`;
    const names = ["etag", "x-repo-commit", "x-linked-size"];

    const [first, second] = [
      await fetch(url, { redirect: "manual" }),
      await fetch(url, { redirect: "manual" }),
    ];

    expect(names.map((name) => first.headers.get(name))).toEqual([
      first.headers.get("x-linked-etag"),
      NEW,
      "100",
    ]);
    expect(names.map((name) => second.headers.get(name))).toEqual(['"other"', OLD, null]);
  });

  it("a 416 to a range that exists", async () => {
    const headers = { "content-range": "bytes */5" };
    const hub = await sampleHub({}, onCdn({ kind: "status", status: 416, headers }));

    const response = await weights(hub, PART);

    expect([response.status, response.headers.get("content-range")]).toEqual([416, "bytes */5"]);
  });

  it("gzip although identity was asked", async () => {
    const hub = await sampleHub({}, { on: "cache", fault: { kind: "gzip" } });

    const response = await fetch(`${hub.endpoint}${RESOLVE}/config.json`, {
      headers: { "accept-encoding": "identity" },
    });

    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(await response.text()).toBe(CONFIG.toString());
  });
});

describe("redirects", () => {
  it("in a loop", async () => {
    const to = (asked: URL) => asked.pathname;
    const hub = await sampleHub({}, onLoop({ kind: "redirect", to }));

    await expect(weights(hub)).rejects.toThrow("fetch failed");
    expect(hub.requests).toHaveLength(21);
  });

  it("to the other origin and back", async () => {
    const hub = await sampleHub();
    hub.setFault(onCdn({ kind: "redirect", to: `${hub.endpoint}${RESOLVE}/config.json` }));

    const response = await weights(hub, { authorization: `Bearer ${TOKEN}` });

    expect(await response.text()).toBe(CONFIG.toString());
    expect(hub.requests.map(({ origin }) => origin)).toEqual(["hub", "cdn", "hub", "hub"]);
  });

  function onLoop(fault: Fault): FaultRule {
    return { on: "resolve", times: Infinity, fault };
  }
});

describe("trees", () => {
  it.each([
    ["no JSON", () => "[{", "[{"],
    ["no array", () => "{}", "{}"],
  ])("of %s", async (_, edit, expected) => {
    const hub = await sampleHub({}, { on: "tree", fault: { kind: "text", edit } });

    const response = await fetch(hub.endpoint + TREE);

    expect(await response.text()).toContain(expected);
  });

  it.each(Object.entries(HOSTILE_ENTRIES))("with %s", async (_, entry) => {
    const hub = await sampleHub({}, { on: "tree", fault: withEntries(entry) });

    const text = await (await fetch(hub.endpoint + TREE)).text();

    const expected = typeof entry === "string" ? entry : JSON.stringify(entry);
    expect(text).toContain('"path":"config.json"');
    expect(text.endsWith(`,${expected}]`)).toBe(true);
  });

  it("with nothing in it but what was added", async () => {
    const commits = [{ sha: OLD, files: [] }];
    const repos = [{ type: "models", id: "org/empty", commits, refs: { main: OLD } }] as const;
    const hub = await sampleHub({ repos }, { on: "tree", fault: withEntries({ path: "x" }) });

    const response = await fetch(`${hub.endpoint}/api/models/org/empty/tree/main`);

    expect(await response.json()).toEqual([{ path: "x" }]);
  });

  it("whose next page is elsewhere", async () => {
    const fault = withNext("http://other.invalid/next");
    const hub = await sampleHub({}, { on: "tree", fault });

    const response = await fetch(hub.endpoint + TREE);

    expect(response.headers.get("link")).toBe('<http://other.invalid/next>; rel="next"');
  });

  it("that never end, with new files on each page", async () => {
    const rule: FaultRule = { on: "tree", times: Infinity, fault: { kind: "endless", entries: 3 } };
    const hub = await sampleHub({}, rule);

    let next = hub.endpoint + TREE;
    const seen = new Set<string>();
    for (let page = 0; page < 5; page += 1) {
      const response = await fetch(next);
      for (const { path } of (await response.json()) as { path: string }[]) {
        seen.add(path);
      }
      next = /^<([^>]+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1] ?? "";
    }

    expect(seen.size).toBe(15);
  });

  it("of a revision that moved", async () => {
    const repo = "openai-community/gpt2";
    const fault: Fault = { kind: "moveRef", repo, ref: "main", sha: OLD };
    const hub = await sampleHub({}, { on: "info", fault });
    const sha = async () => {
      const info = await fetch(`${hub.endpoint}/api/models/${repo}/revision/main`);
      return ((await info.json()) as { sha: string }).sha;
    };

    expect([await sha(), await sha()]).toEqual([NEW, OLD]);
    hub.moveRef(repo, "main", NEW);
    expect(await sha()).toBe(NEW);
  });
});

describe("connections", () => {
  it("reset before any header", async () => {
    const hub = await sampleHub({}, { on: "resolve", fault: { kind: "reset" } });

    await expect(weights(hub)).rejects.toMatchObject({ cause: { code: "ECONNRESET" } });
    expect(hub.requests).toMatchObject([{ status: 0, bytesSent: 0 }]);
  });

  it("reset within the body", async () => {
    const hub = await sampleHub({}, onCdn({ kind: "drop", after: 7 }));

    const response = await weights(hub);
    const received = await drain(response);

    expect(response.headers.get("content-length")).toBe("100");
    expect(received).toMatchObject({ length: 7, failed: true });
    expect(hub.requests.at(-1)).toMatchObject({ status: 200, bytesSent: 7 });
  });

  it.each([
    ["promised", "100", true],
    ["sent", "7", false],
    ["absent", null, false],
  ] as const)("that end too early, Content-Length %s", async (contentLength, said, failed) => {
    const hub = await sampleHub({}, onCdn({ kind: "short", after: 7, contentLength }));

    const response = await weights(hub);

    expect(response.headers.get("content-length")).toBe(said);
    expect(await drain(response)).toEqual({ length: 7, failed });
  });

  it("that stay silent from the start", async () => {
    const hub = await sampleHub({}, { on: "resolve", fault: { kind: "stall" } });

    const signal = AbortSignal.timeout(50);
    const asked = fetch(`${hub.endpoint}${RESOLVE}/config.json`, { signal });

    await expect(asked).rejects.toThrow("timeout");
    expect(hub.requests).toMatchObject([{ status: 0 }]);
  });

  it("that fall silent within the body", async () => {
    const hub = await sampleHub({}, onCdn({ kind: "stall", after: 7 }));
    const url = `${hub.endpoint}${RESOLVE}/model.safetensors`;

    const response = await fetch(url, { signal: AbortSignal.timeout(200) });

    expect(await drain(response)).toEqual({ length: 7, failed: true });
  });

  it("that drip", async () => {
    const hub = await sampleHub({}, onCdn({ kind: "drip", bytes: 30, every: 1 }));

    const response = await weights(hub);

    expect(Buffer.from(await response.arrayBuffer())).toEqual(WEIGHTS);
  });

  it("end with the hub, whatever they are waiting for", async () => {
    const hub = await sampleHub(
      {},
      { on: "resolve", times: Infinity, fault: { kind: "stall" } },
      onCdn({ kind: "drip", bytes: 1, every: 5 }),
    );
    const idle = connect(Number(new URL(hub.endpoint).port), "127.0.0.1");
    idle.on("error", () => undefined);
    await once(idle, "connect");
    const waiting = weights(hub).catch((error: unknown) => String(error));
    const idleClosed = once(idle, "close");
    await expect.poll(() => hub.requests.length).toBe(1);

    await hub.close();
    await idleClosed;

    expect(await waiting).toContain("fetch failed");
    await expect(fetch(hub.endpoint)).rejects.toThrow("fetch failed");
    const sockets = () => process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP"));
    await expect.poll(sockets).toEqual([]);
  });
});

/** How much of a body came, and whether it broke off. */
async function drain(response: Response): Promise<{ length: number; failed: boolean }> {
  let length = 0;
  try {
    for await (const piece of response.body ?? []) {
      length += (piece as Uint8Array).length;
    }
  } catch {
    return { length, failed: true };
  }
  return { length, failed: false };
}
