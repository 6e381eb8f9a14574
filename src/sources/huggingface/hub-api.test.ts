import { describe, expect, it } from "vitest";

import type { HttpAnswer, HttpClient, HttpRequest } from "../http/http-client.ts";
import { HubApi } from "./hub-api.ts";
import type { HubPlace } from "./hub-target.ts";

const COMMIT = "a".repeat(40);
const PLACE: HubPlace = { type: "models", id: "org/name", revision: undefined, path: "" };
const FILE = { type: "file", path: "a", size: 1, oid: "b".repeat(40) };

interface Page {
  readonly body: unknown;
  readonly link?: string;
}

/** An API over a hub that answers each request with what `page` gives. */
function api(
  page: (request: HttpRequest, count: number) => Page,
  endpoint = "https://hub.example",
) {
  const asked: string[] = [];
  const client: HttpClient = {
    send: (request) => {
      asked.push(request.url.href);
      const { body, link } = page(request, asked.length);
      const answer: HttpAnswer = {
        status: 200,
        headers: link === undefined ? {} : { link },
        hops: [],
        url: request.url,
        body: (async function* () {
          yield Buffer.from(JSON.stringify(body));
        })(),
        cancel: () => undefined,
      };
      return Promise.resolve(answer);
    },
    close: () => Promise.resolve(),
  };
  return { asked, api: new HubApi(client, { endpoint: new URL(endpoint) }) };
}

async function paths(given: HubApi): Promise<string[]> {
  const found: string[] = [];
  for await (const { path } of given.files(PLACE, COMMIT, "")) {
    found.push(path);
  }
  return found;
}

describe("HubApi.files", () => {
  const next = `https://hub.example/api/models/org/name/tree/${COMMIT}?cursor=2`;

  it.each([
    `<${next}>; rel="next"`,
    `<${next}>; rel=next`,
    `<${next}>;rel="next";title="x"`,
    `<${next}>; title="x, y"; rel="next"`,
    `<${next}>; rel="last next"`,
    `<${next}>; REL="Next"`,
    `<https://hub.example/first>; rel="prev", <${next}>; rel="next"`,
    `<https://hub.example/x>; rel="xet-auth"; title=next, <${next}>; rel="next"`,
    `</api/models/org/name/tree/${COMMIT}?cursor=2>; rel="next"`,
  ])("goes on to the page of %s", async (link) => {
    const hub = api((_, count) =>
      count === 1 ? { body: [FILE], link } : { body: [{ ...FILE, path: "b" }] },
    );
    expect(await paths(hub.api)).toEqual(["a", "b"]);
    expect(hub.asked[1]).toBe(next);
  });

  it.each([`<${next}>; rel="prev"`, `<${next}>; rel="nextdoor"`, `<${next}>`, "next", ""])(
    "does not with %j",
    async (link) => {
      const hub = api(() => ({ body: [FILE], link }));
      expect(await paths(hub.api)).toEqual(["a"]);
    },
  );

  it("ends with pages that have no end", async () => {
    const link = (count: number): string =>
      `</api/models/org/name/tree/x?cursor=${count}>; rel=next`;
    const empty = api((_, count) => ({ body: [], link: link(count) }));
    await expect(paths(empty.api)).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
      message: "hub.example lists its files on pages without an end",
    });
    expect(empty.asked).toHaveLength(1);

    const small = api((_, count) => ({ body: [FILE], link: link(count) }));
    await expect(paths(small.api)).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
    expect(small.asked).toHaveLength(5000);
  });

  it("stays below the path of a mirror", async () => {
    const hub = api(
      () => ({ body: [FILE], link: "</api/other>; rel=next" }),
      "https://hub.example/hf",
    );
    await expect(paths(hub.api)).rejects.toMatchObject({ code: "SOURCE_FORBIDDEN" });
    expect(hub.asked[0]).toMatch(/^https:\/\/hub\.example\/hf\/api\/models\//);
  });
});

describe("HubApi.commit", () => {
  it.each(["../../x", "org/name/x", "org/..", 7, ""])("does not take %j for an id", async (id) => {
    const hub = api(() => ({ body: { id, sha: COMMIT } }));
    await expect(hub.api.commit(PLACE)).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
      message: "hub.example calls the repository what none can be called",
    });
  });

  it.each([undefined, "main", "A".repeat(40), `${COMMIT}/..`])(
    "does not take %j for a commit",
    async (sha) => {
      const hub = api(() => ({ body: { id: "org/name", sha } }));
      await expect(hub.api.commit(PLACE)).rejects.toMatchObject({
        message: "hub.example names no commit for the revision",
      });
    },
  );

  it("asks for a revision with slashes in one segment", async () => {
    const hub = api(() => ({ body: { id: "org/name", sha: COMMIT } }));
    await hub.api.commit({ ...PLACE, revision: "refs/pr/1" });
    expect(hub.asked[0]).toBe("https://hub.example/api/models/org/name/revision/refs%2Fpr%2F1");
  });
});
