import { describe, expect, it } from "vitest";
import { CONFIG, NEW, OLD, SHARD_SIZE, TOKEN, WEIGHTS } from "./sample.ts";
import { sampleHub } from "./sample-hub.ts";

const GPT2 = "/openai-community/gpt2/resolve";

describe("resolve", () => {
  it("serves a Git file from the hub, by a relative address", async () => {
    const hub = await sampleHub();

    const place = await fetch(`${hub.endpoint}${GPT2}/main/config.json`, { redirect: "manual" });
    const file = await fetch(`${hub.endpoint}${GPT2}/main/config.json`);

    expect(place.status).toBe(307);
    expect(place.headers.get("location")).toMatch(
      `/api/resolve-cache/models/openai-community/gpt2/${NEW}/config.json?`,
    );
    expect(place.headers.get("x-repo-commit")).toBe(NEW);
    expect(file.headers.get("etag")).toBe('"681c693376013230a961d427942459a2ac613f60"');
    expect(Buffer.from(await file.arrayBuffer())).toEqual(CONFIG);
    expect(hub.requests.map(({ origin }) => origin)).toEqual(["hub", "hub", "hub"]);
  });

  it("serves an LFS file from the other origin, by a signed address", async () => {
    const hub = await sampleHub();
    const url = `${hub.endpoint}${GPT2}/main/model.safetensors`;

    const place = await fetch(url, { method: "HEAD", redirect: "manual" });
    const file = await fetch(url);

    const sha256 = "bce0aff19cf5aa6a7469a30d61d04e4376e4bbf6381052ee9e7f33925c954d52";
    expect(place.status).toBe(302);
    expect(place.headers.get("location")).toMatch(new RegExp(`^${hub.cdn}/.*[?&]Signature=`));
    expect(place.headers.get("x-linked-etag")).toBe(`"${sha256}"`);
    expect(place.headers.get("x-linked-size")).toBe("100");
    expect(place.headers.get("x-xet-hash")).toMatch(/^[\da-f]{64}$/);
    expect(Buffer.from(await file.arrayBuffer())).toEqual(WEIGHTS);
    expect(hub.requests.at(-1)).toMatchObject({ origin: "cdn", status: 200, bytesSent: 100 });
  });

  it("has another host and another port for its CDN", async () => {
    const hub = await sampleHub();

    expect(new URL(hub.endpoint).hostname).not.toBe(new URL(hub.cdn).hostname);
    expect(new URL(hub.endpoint).port).not.toBe(new URL(hub.cdn).port);
  });

  it.each(["v1.0", "refs%2Fpr%2F1", OLD])("knows revision %s", async (revision) => {
    const { endpoint } = await sampleHub();

    const response = await fetch(`${endpoint}${GPT2}/${revision}/config.json`);

    expect(response.headers.get("x-repo-commit")).toBe(OLD);
  });

  it("serves datasets and paths with unusual letters", async () => {
    const { endpoint } = await sampleHub();

    const dataset = await fetch(`${endpoint}/datasets/org/texts/resolve/main/config.json`);
    const shard = await fetch(`${endpoint}${GPT2}/main/onnx/deep/shard%201%23.bin`, {
      headers: { range: "bytes=2-5" },
    });

    expect(await dataset.text()).toBe(CONFIG.toString());
    expect(await shard.text()).toBe("AD\0\0");
  });

  it("serves names that are not ASCII, and says which one it does not have", async () => {
    const content = Buffer.from("x");
    const files = [
      { path: '模型/ü".bin', content },
      { path: "模型/l.bin", content, lfs: true },
    ];
    const repos = [
      { type: "models", id: "org/u", commits: [{ sha: OLD, files }], refs: { main: OLD } },
    ] as const;
    const { endpoint } = await sampleHub({ repos });
    const at = (path: string) => fetch(`${endpoint}/org/u/resolve/main/${encodeURI(path)}`);

    const answers = [await at('模型/ü".bin'), await at("模型/l.bin"), await at("模型/ö.bin")];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404]);
    expect(await answers[2]!.json()).toEqual({ error: `模型/ö.bin does not exist on "${OLD}"` });
  });

  it("leads from a short id to the whole one", async () => {
    const hub = await sampleHub();

    const file = await fetch(`${hub.endpoint}/gpt2/resolve/main/config.json`);
    const info = await fetch(`${hub.endpoint}/api/models/gpt2/revision/main`);

    expect(file.url).toContain("openai-community/gpt2");
    expect(await file.text()).toBe(CONFIG.toString());
    expect(await info.json()).toMatchObject({ id: "openai-community/gpt2" });
    expect(hub.requests.map(({ status }) => status)).toEqual([307, 307, 200, 307, 200]);
  });
});

describe("ranges", () => {
  it.each([
    ["bytes=0-0", 206, "bytes 0-0/100", 1],
    ["bytes=10-19", 206, "bytes 10-19/100", 10],
    ["bytes=90-", 206, "bytes 90-99/100", 10],
    ["bytes=95-1000", 206, "bytes 95-99/100", 5],
    ["bytes=-4", 206, "bytes 96-99/100", 4],
    ["bytes=-400", 206, "bytes 0-99/100", 100],
    ["bytes=100-", 416, "bytes */100", undefined],
    ["bytes=-0", 416, "bytes */100", undefined],
    ["bytes=9-3", 200, null, 100],
    ["bytes=0-1,5-6", 200, null, 100],
    ["lines=1-2", 200, null, 100],
  ])("%s: %d %s", async (range, status, contentRange, length) => {
    const { endpoint } = await sampleHub();

    const response = await fetch(`${endpoint}${GPT2}/main/model.safetensors`, {
      headers: { range },
    });
    const body = Buffer.from(await response.arrayBuffer());

    expect(response.status).toBe(status);
    expect(response.headers.get("content-range")).toBe(contentRange);
    if (length !== undefined) {
      const start = contentRange === null ? 0 : Number(/\d+/.exec(contentRange)?.[0]);
      expect(body).toEqual(WEIGHTS.subarray(start, start + length));
    }
  });

  it("reach into gigabytes that are nowhere", async () => {
    const hub = await sampleHub();
    const url = `${hub.endpoint}${GPT2}/main/onnx/deep/shard%201%23.bin`;

    const head = await fetch(url, { method: "HEAD" });
    const tail = await fetch(url, { headers: { range: `bytes=${SHARD_SIZE - 3}-` } });

    expect(head.headers.get("content-length")).toBe(String(SHARD_SIZE));
    expect(await tail.text()).toBe("\0\0\0");
    expect(hub.requests.at(-1)).toMatchObject({ bytesSent: 3 });
  });
});

describe("the CDN", () => {
  it("refuses credentials, and the record shows them", async () => {
    const hub = await sampleHub();
    const url = `${hub.endpoint}${GPT2}/main/model.safetensors`;
    const place = await fetch(url, { redirect: "manual" });

    const headers = { authorization: `Bearer ${TOKEN}` };
    const response = await fetch(place.headers.get("location") ?? "", { headers });

    expect(response.status).toBe(400);
    expect(hub.requests.at(-1)).toMatchObject({ origin: "cdn", headers });
  });

  it("serves a link as often as it was signed for, and until it is told not to", async () => {
    const hub = await sampleHub({ linkUses: 1 });
    const url = `${hub.endpoint}${GPT2}/main/model.safetensors`;
    const sign = async () => (await fetch(url, { redirect: "manual" })).headers.get("location")!;
    const [first, second] = [await sign(), await sign()];

    const before = [await fetch(first), await fetch(first)];
    hub.expireLinks();
    const after = [await fetch(second), await fetch(await sign())];

    expect([...before, ...after].map(({ status }) => status)).toEqual([200, 403, 403, 200]);
    expect((await fetch(`${hub.cdn}/repos/xx/unsigned`)).status).toBe(403);
  });
});
