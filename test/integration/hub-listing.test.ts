/** What keeps a hub from being scanned at all: each refusal and each lie has a sentence, and exit code 2. */

import type * as WorkerThreads from "node:worker_threads";
import { describe, expect, it, vi } from "vitest";

import type { Fault, FaultRule } from "../hub/fault.ts";
import { HOSTILE_ENTRIES, withEntries, withNext } from "../hub/hostile-tree.ts";
import { COMMIT, hubWith, remoteTests, TARGET, TOKEN } from "./remote.ts";

vi.mock("node:worker_threads", async (original: () => Promise<typeof WorkerThreads>) =>
  (await import("./bundled-workers.ts")).bundledWorkers(original),
);

const { scan, scanHub } = remoteTests();

const CONFIG = { path: "config.json", content: Buffer.from('{"model_type":"gpt2"}') };
const OTHER = { path: "sub/other.json", content: Buffer.from("{}") };
const FILES = [CONFIG, OTHER];

async function spoiled(...faults: readonly FaultRule[]) {
  const hub = await hubWith(FILES, { faults });
  return { hub, ...(await scanHub(hub)) };
}

function status(code: number, headers: Record<string, string> = {}): Fault {
  return { kind: "status", status: code, headers };
}

const ALWAYS = { times: Infinity };

describe("a target", () => {
  it.each([
    [TARGET, ["config.json", "sub/other.json"]],
    ["hf://org/model@main", ["config.json", "sub/other.json"]],
    [`hf:org/model@${COMMIT}`, ["config.json", "sub/other.json"]],
    [`hf:org/model@${COMMIT.slice(0, 8)}/config.json`, ["config.json"]],
    ["hf:org/model/sub", ["sub/other.json"]],
    ["hf:org/model@refs/pr/1/sub/other.json", ["sub/other.json"]],
    ["hf:older/name", ["config.json", "sub/other.json"]],
  ])("%s is scanned at the commit that it means", async (target, paths) => {
    const hub = await hubWith(FILES, {
      repo: { refs: { main: COMMIT, "refs/pr/1": COMMIT }, aliases: ["older/name"] },
    });
    const { code, report, stderr } = await scanHub(hub, [target]);
    const [subject] = report?.subjects ?? [];
    expect([code, stderr]).toEqual([0, ""]);
    expect([subject?.kind, subject?.ref, subject?.revision]).toEqual(["hub", target, COMMIT]);
    expect(subject?.files.map(({ path }) => path)).toEqual(paths);
  });

  it("may be the address of a page on the hub, whose query nobody gets to see", async () => {
    const hub = await hubWith(FILES);
    const page = `${hub.endpoint}/org/model/blob/main/config.json`;
    const { code, report, stdout } = await scanHub(hub, [`${page}?token=s3cr3t`]);
    expect([code, report?.subjects[0]?.ref]).toEqual([0, `${page}?token=REDACTED`]);
    expect(stdout).not.toContain("s3cr3t");
  });

  it.each([
    ["hf:org/none", "127.0.0.1:PORT has not got the model org/none", "set HF_TOKEN"],
    ["hf:org/model@v9", 'the model org/model has no revision "v9"', ""],
    ["hf:org/model/none.bin", "there is no none.bin at that revision", ""],
    ["hf:datasets/org/model", "has not got the dataset org/model", "set HF_TOKEN"],
    ["hf:org/mo..del", "org/mo..del is no name of a repository", "hf:[datasets/]org/name"],
    ["hf:org/model@..", "the revision after @ leads nowhere", ""],
  ])("%s that is not there is told of", async (target, sentence, hint) => {
    const hub = await hubWith(FILES);
    const { code, stderr, report } = await scanHub(hub, [target]);
    expect([code, report]).toEqual([2, undefined]);
    expect(stderr).toContain(sentence.replace("PORT", new URL(hub.endpoint).port));
    expect(stderr).toContain(hint);
  });

  it("that is one file is asked for by its name, and the list of all others is not", async () => {
    const hub = await hubWith(FILES);
    expect((await scanHub(hub, ["hf:org/model/config.json"])).code).toBe(0);
    expect(hub.requests.some(({ url }) => url.includes("/tree/"))).toBe(false);

    const edit = (text: string): string => text.replace("config.json", "other.json");
    hub.setFault({ on: "paths", fault: { kind: "text", edit } });
    const { code, stderr } = await scanHub(hub, ["hf:org/model/config.json"]);
    expect([code, stderr.includes("speaks of something else")]).toEqual([2, true]);
  });

  it("keeps its commit when the branch moves while it is listed and read", async () => {
    const moved = "d".repeat(40);
    const repo = {
      commits: [
        { sha: COMMIT, files: FILES },
        { sha: moved, files: [{ path: "other.bin", content: Buffer.from("other") }] },
      ],
    };
    for (const on of ["info", "tree", "resolve"] as const) {
      const fault: Fault = { kind: "moveRef", repo: "org/model", ref: "main", sha: moved };
      const hub = await hubWith(FILES, { repo, faults: [{ on, fault }] });
      const { code, report } = await scanHub(hub);
      expect([code, report?.subjects[0]?.revision]).toEqual([0, COMMIT]);
      expect(report?.subjects[0]?.files).toHaveLength(2);
    }
  });

  it("without a file is told of", async () => {
    const hub = await hubWith([]);
    const { code, stderr } = await scanHub(hub);
    expect(code).toBe(2);
    expect(stderr).toContain(`${TARGET}: nothing to scan`);
  });
});

describe("a list in pages", () => {
  it("is read to its end, whatever its order", async () => {
    const files = Array.from({ length: 25 }, (_, index) => ({
      path: `folder/${String(index).padStart(2, "0")}.json`,
      content: Buffer.from(`{"a":${index}}`),
    }));
    const hub = await hubWith(files, { pageSize: 4 });
    const { code, report } = await scanHub(hub);
    expect([code, report?.subjects[0]?.files.length]).toEqual([0, 25]);
    expect(hub.requests.filter(({ url }) => url.includes("/tree/")).length).toBe(7);
  });

  it.each<[string, Fault, string]>([
    ["leads to another place", withNext("https://other.example/x"), "which is another place"],
    ["leads to no place", withNext("http://["), "which is another place"],
    [
      "has credentials in its link",
      withNext("http://me:pw@127.0.0.1/api/x"),
      "which is another place",
    ],
    ["has no end", { kind: "endless", entries: 0 }, "on pages without an end"],
  ])("that %s is refused", async (_, fault, sentence) => {
    const { code, stderr, hub } = await spoiled({ on: "tree", fault, ...ALWAYS });
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(hub.requests.length).toBeLessThan(5);
  });

  it("that goes in circles is refused", async () => {
    const hub = await hubWith(FILES);
    const page = `${hub.endpoint}/api/models/org/model/tree/${COMMIT}?recursive=true&expand=false`;
    hub.setFault({ on: "tree", fault: withNext(page), ...ALWAYS });
    const { code, stderr } = await scanHub(hub);
    expect([code, stderr.includes("lists its files in a circle")]).toEqual([2, true]);
  });
});

describe("a refusal", () => {
  const WRONG = { HF_TOKEN: "hf_wrong" };

  it("of the token is told of, and the token is not", async () => {
    const hub = await hubWith(FILES);
    const { code, stderr } = await scanHub(hub, [TARGET], WRONG);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^weighbridge: 127\.0\.0\.1:\d+ does not accept the token\n {2}log in/);
    expect(stderr).not.toContain("hf_wrong");
  });

  it("for want of a token says that one may help, and with one it is scanned", async () => {
    const hub = await hubWith(FILES, { repo: { private: true } });
    const without = await scanHub(hub);
    expect(without.code).toBe(2);
    expect(without.stderr).toContain("check the name; if it is private, set HF_TOKEN");
    const withToken = await scanHub(hub, [TARGET], { HF_TOKEN: TOKEN });
    expect(withToken.code).toBe(0);
  });

  it("of a gated repository makes its files incomplete, with where to ask", async () => {
    const hub = await hubWith(FILES, { repo: { gated: true } });
    for (const [more, hint] of [
      [{}, "ask for access on http://127.0.0.1"],
      [{ HF_TOKEN: TOKEN }, "ask for access on http://127.0.0.1"],
    ] as const) {
      const { code, file } = await scanHub(hub, [TARGET], more);
      expect([code, file?.verdict]).toEqual([3, "incomplete"]);
      expect(file?.issues[0]?.message).toContain("the model org/model is gated");
      expect(file?.issues[0]?.message).toContain(hint);
    }
  });

  it.each<[string, Fault, string]>([
    ["403", status(403), "refuses the model org/model"],
    [
      "403 with words",
      status(403, { "x-error-message": "Access to this resource is disabled." }),
      'it says "Access to this resource is disabled."',
    ],
    ["404 of another server", status(404), "knows nothing of the model org/model"],
    ["404 RepoNotFound", status(404, { "x-error-code": "RepoNotFound" }), "has not got the model"],
    [
      "404 RevisionNotFound",
      status(404, { "x-error-code": "RevisionNotFound" }),
      "the model org/model has no revision",
    ],
    ["404 EntryNotFound", status(404, { "x-error-code": "EntryNotFound" }), "at that revision"],
    ["401 GatedRepo", status(401, { "x-error-code": "GatedRepo" }), "is gated"],
    ["410", status(410), "answers with status 410"],
    ["204", status(204), "answers with status 204"],
    [
      "429 that wants an hour",
      status(429, { "retry-after": "3600" }),
      'takes no more requests for now; it asks to wait (Retry-After: "3600")',
    ],
    [
      "429 that wants a century",
      status(429, { "retry-after": "Fri, 31 Dec 2100 23:59:59 GMT" }),
      "takes no more requests for now",
    ],
    ["500", status(500), "answers with status 500"],
    ["502", status(502), "answers with status 502"],
    ["503", status(503), "the hub has a problem: try again later"],
    ["504", status(504), "answers with status 504"],
    ["505", status(505), "answers with status 505"],
    ["a reset", { kind: "reset" }, "the connection was broken off"],
    [
      "a page of a proxy",
      { kind: "text", edit: () => "<html>Log in</html>" },
      "answers with something that is no JSON",
    ],
    ["another form", { kind: "text", edit: () => '"text"' }, "in another form than hubs do"],
    ["compression", { kind: "gzip" }, "answers in gzip, though the plain bytes were asked for"],
    ["a short body", { kind: "short", after: 5 }, "fewer or more bytes came than were announced"],
    ["another server", { kind: "redirect", to: "ftp://a.example/" }, "redirects to what is no web"],
  ])("with %s has a sentence", async (_, fault, sentence) => {
    for (const on of ["info", "tree"] as const) {
      const { code, stderr, report } = await spoiled({ on, fault, ...ALWAYS });
      expect([code, report]).toEqual([2, undefined]);
      expect(stderr).toContain(sentence);
    }
  });

  it.each<[string, Fault]>([
    ["429", status(429, { "retry-after": "0" })],
    ["500", status(500)],
    ["503", status(503, { ratelimit: '"api";r=0;t=0' })],
    ["a reset", { kind: "reset" }],
    ["a short body", { kind: "short", after: 5 }],
    ["a drop", { kind: "drop", after: 5 }],
  ])("that passes is not noticed: %s", async (_, fault) => {
    for (const on of ["info", "tree"] as const) {
      const { code, stderr } = await spoiled({ on, fault, times: 2 });
      expect([code, stderr]).toEqual([0, ""]);
    }
  });

  it("for an entry of the list that cannot be, or of the file that it names", async () => {
    const hub = await hubWith(FILES);
    for (const [name, entry] of Object.entries(HOSTILE_ENTRIES)) {
      hub.clearFaults();
      hub.setFault({ on: "tree", fault: withEntries(entry), ...ALWAYS });
      const { code, report, stderr } = await scanHub(hub);
      if (code === 2) {
        expect(stderr, name).toMatch(/: check|check HF_ENDPOINT/);
      } else {
        const files = report?.subjects[0]?.files ?? [];
        expect([code, files.length], name).toEqual([3, 3]);
        expect(
          files.filter(({ verdict }) => verdict === "incomplete"),
          name,
        ).toHaveLength(1);
      }
      expect(
        hub.requests.some(({ url }) => /\.\.|passwd|etc/.test(url)),
        name,
      ).toBe(false);
    }
  });

  it("of any server is one when it is not there", async () => {
    const hub = await hubWith(FILES);
    await hub.close();
    const { code, stderr } = await scan([TARGET], { HF_ENDPOINT: hub.endpoint });
    expect(code).toBe(2);
    expect(stderr).toContain("the connection was refused");
  });

  it("stands beside those of other targets", async () => {
    const hub = await hubWith(FILES);
    const { code, stderr } = await scanHub(hub, ["hf:org/a", "hf:org/b", TARGET]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/the model org\/a; .*the model org\/b\n {2}nothing was scanned\n$/);
  });
});
