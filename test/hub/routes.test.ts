import { describe, expect, it } from "vitest";
import { CONFIG, NEW, OLD, SHARD_SIZE, TOKEN } from "./sample.ts";
import { sampleHub } from "./sample-hub.ts";

const MODEL = "/api/models/openai-community/gpt2";

interface Entry {
  readonly type: string;
  readonly path: string;
  readonly size: number;
  readonly oid: string;
  readonly lfs?: { readonly oid: string; readonly size: number };
  readonly xetHash?: string;
}

async function getJson(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  expect(response.status).toBe(200);
  return response.json();
}

async function paths(url: string): Promise<string[]> {
  return ((await getJson(url)) as Entry[]).map(({ path }) => path);
}

describe("info", () => {
  it.each([
    ["", NEW],
    ["/revision/HEAD", NEW],
    ["/revision/v1.0", OLD],
    ["/revision/refs%2Fpr%2F1", OLD],
    [`/revision/${OLD}`, OLD],
    ["/revision/1111111", OLD],
  ])("of %j is about one commit", async (suffix, sha) => {
    const { endpoint } = await sampleHub();

    const info = await getJson(`${endpoint}${MODEL}${suffix}`);

    expect(info).toMatchObject({ id: "openai-community/gpt2", sha, private: false, gated: false });
  });

  it("lists the files, with their digests when asked", async () => {
    const { endpoint } = await sampleHub();

    const plain = await getJson(`${endpoint}/api/datasets/org/texts`);
    const blobs = await getJson(`${endpoint}/api/datasets/org/texts?blobs=true`);

    expect(plain).toMatchObject({
      siblings: [{ rfilename: "config.json" }, { rfilename: "model.safetensors" }],
    });
    expect(blobs).toMatchObject({
      siblings: [
        { blobId: "681c693376013230a961d427942459a2ac613f60" },
        { lfs: { size: 100, pointerSize: 128 } },
      ],
    });
  });

  it("lists the refs by kind, pull requests only when asked", async () => {
    const { endpoint } = await sampleHub();

    expect(await getJson(`${endpoint}${MODEL}/refs`)).toEqual({
      branches: [{ name: "main", ref: "refs/heads/main", targetCommit: NEW }],
      converts: [],
      tags: [{ name: "v1.0", ref: "refs/tags/v1.0", targetCommit: OLD }],
    });
    expect(await getJson(`${endpoint}${MODEL}/refs?include_prs=1`)).toMatchObject({
      pullRequests: [{ name: "1", ref: "refs/pr/1", targetCommit: OLD }],
    });
  });
});

describe("tree", () => {
  it("lists one folder, or all below it", async () => {
    const { endpoint } = await sampleHub();
    const tree = `${endpoint}${MODEL}/tree/main`;

    expect(await paths(tree)).toEqual(["config.json", "model.safetensors", "onnx"]);
    expect(await paths(`${tree}/onnx?recursive=true`)).toEqual([
      "onnx/deep",
      "onnx/deep/shard 1#.bin",
    ]);
    expect(await paths(`${tree}/onnx%2Fdeep`)).toEqual(["onnx/deep/shard 1#.bin"]);
  });

  it("names files as Git, LFS and Xet do", async () => {
    const { endpoint } = await sampleHub();

    const entries = (await getJson(`${endpoint}${MODEL}/tree/main?recursive=True`)) as Entry[];
    const shard = entries.find(({ path }) => path.endsWith(".bin"));

    expect(entries.map(({ type }) => type)).toEqual([
      "file",
      "file",
      "directory",
      "directory",
      "file",
    ]);
    expect(entries[0]).toEqual({
      type: "file",
      oid: "681c693376013230a961d427942459a2ac613f60",
      size: CONFIG.length,
      path: "config.json",
    });
    expect(shard).toMatchObject({ size: SHARD_SIZE, lfs: { size: SHARD_SIZE } });
    expect(shard?.xetHash).toMatch(/^[\da-f]{64}$/);
  });

  it("comes in pages that absolute links join", async () => {
    const { endpoint } = await sampleHub({ pageSize: 2 });
    const seen: string[][] = [];

    let next: string | undefined = `${endpoint}${MODEL}/tree/main?recursive=true`;
    while (next !== undefined) {
      const response: Response = await fetch(next);
      seen.push(((await response.json()) as Entry[]).map(({ path }) => path));
      next = /^<([^>]+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1];
      expect(next ?? endpoint).toContain(endpoint);
    }

    expect(seen).toEqual([
      ["config.json", "model.safetensors"],
      ["onnx", "onnx/deep"],
      ["onnx/deep/shard 1#.bin"],
    ]);
  });

  it("tells of named paths, asked for as a form and as JSON", async () => {
    const { endpoint } = await sampleHub();
    const url = `${endpoint}${MODEL}/paths-info/main`;
    const asked = ["config.json", "onnx", "absent"];

    const form = new URLSearchParams(asked.map((path): [string, string] => ["paths", path]));
    const json = {
      body: JSON.stringify({ paths: asked }),
      headers: { "content-type": "application/json" },
    };

    const answers = await Promise.all([
      getJson(url, { method: "POST", body: form }),
      getJson(url, { method: "POST", ...json }),
    ]);
    expect(answers.map((list) => (list as Entry[]).map(({ path }) => path))).toEqual([
      ["config.json", "onnx"],
      ["config.json", "onnx"],
    ]);
  });
});

describe("errors", () => {
  const wrong = { headers: { authorization: "Bearer hf_wrong" } };
  const right = { headers: { authorization: `Bearer ${TOKEN}` } };

  it.each([
    [`${MODEL}/tree/absent`, {}, 404, "RevisionNotFound"],
    [`${MODEL}/tree/main/absent`, {}, 404, "EntryNotFound"],
    ["/openai-community/gpt2/resolve/main/absent.bin", {}, 404, "EntryNotFound"],
    ["/openai-community/gpt2/resolve/absent/config.json", {}, 404, "RevisionNotFound"],
    ["/api/models/org/absent", {}, 401, "RepoNotFound"],
    ["/api/models/org/absent", right, 404, "RepoNotFound"],
    ["/api/models/org/secret", {}, 401, "RepoNotFound"],
    ["/api/models/org/secret", right, 200, null],
    ["/api/models/org/texts", {}, 401, "RepoNotFound"],
    [MODEL, wrong, 401, null],
    ["/api/models/org/gated", {}, 200, null],
    ["/org/gated/resolve/main/config.json", {}, 401, "GatedRepo"],
    ["/org/gated/resolve/main/config.json", right, 403, "GatedRepo"],
    ["/absent", {}, 404, null],
  ])("%s %j: %d %s", async (path, init, status, code) => {
    const { endpoint } = await sampleHub();

    const response = await fetch(endpoint + path, init);

    expect(response.status).toBe(status);
    expect(response.headers.get("x-error-code")).toBe(code);
    if (code !== null) {
      const { error } = (await response.json()) as { error: string };
      expect(response.headers.get("x-error-message")).toBe(error);
    }
  });

  it("of a bad token say so", async () => {
    const { endpoint } = await sampleHub();

    const response = await fetch(endpoint + MODEL, wrong);

    expect(await response.text()).toContain("Invalid credentials");
  });
});
