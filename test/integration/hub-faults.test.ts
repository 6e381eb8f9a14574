/** A bad way to the content of a file on a hub: what passes is not noticed, what stays has a sentence. */

import type * as WorkerThreads from "node:worker_threads";
import { describe, expect, it, vi } from "vitest";

import type { Fault, FaultRule } from "../hub/fault.ts";
import { CONFIG, FILES, KIB, LARGE, requestsFor, SMALL, spoiled } from "./hub-model.ts";
import { hubWith, remoteTests } from "./remote.ts";

vi.mock("node:worker_threads", async (original: () => Promise<typeof WorkerThreads>) =>
  (await import("./bundled-workers.ts")).bundledWorkers(original),
);

const tests = remoteTests();

describe("a fault that passes", () => {
  let known: Promise<string> | undefined;
  const undisturbed = (): Promise<string> =>
    (known ??= spoiled(tests, []).then(({ stdout }) => stdout));

  it.each<[string, FaultRule]>([
    ["a reset", { on: "cdn", path: LARGE.path, fault: { kind: "reset" } }],
    ["a reset of all", { on: "resolve", fault: { kind: "reset" }, times: 4 }],
    ["503", { on: "cdn", path: LARGE.path, fault: { kind: "status", status: 503 }, times: 2 }],
    [
      "429",
      {
        on: "cache",
        fault: { kind: "status", status: 429, headers: { "retry-after": "0" } },
        times: 2,
      },
    ],
    ["a drop at once", { on: "cdn", path: LARGE.path, fault: { kind: "drop", after: 0 } }],
    ["a drop", { on: "cdn", path: LARGE.path, fault: { kind: "drop", after: 30_000 }, times: 3 }],
    ["a drop later", { on: "cdn", after: 3, fault: { kind: "drop", after: 100_000 } }],
    [
      "a drop in a small file",
      { on: "cache", path: CONFIG.path, fault: { kind: "drop", after: 3 } },
    ],
    ["a short body", { on: "cdn", path: LARGE.path, fault: { kind: "short", after: 20_000 } }],
    [
      "a short body with its own length",
      {
        on: "cdn",
        path: LARGE.path,
        fault: { kind: "short", after: 20_000, contentLength: "sent" },
      },
    ],
    [
      "a short body without a length",
      { on: "cdn", path: LARGE.path, fault: { kind: "short", after: 7, contentLength: "absent" } },
    ],
    ["a stall", { on: "cdn", path: LARGE.path, fault: { kind: "stall", after: 1000 } }],
    ["silence", { on: "cdn", path: SMALL.path, fault: { kind: "stall" } }],
    ["slowness", { on: "cdn", fault: { kind: "drip", bytes: 4000, every: 1 }, times: 4 }],
    ["more than asked", { on: "cdn", path: LARGE.path, fault: { kind: "long", extra: 5000 } }],
    ["the whole for its beginning", { on: "cdn", path: SMALL.path, fault: { kind: "whole" } }],
  ])("changes nothing: %s", async (_, rule) => {
    const { stdout, code } = await spoiled(tests, [rule]);
    expect(code).toBe(0);
    expect(stdout).toBe(await undisturbed());
  });

  it("changes nothing: links that end", async () => {
    const hub = await hubWith(FILES, { linkUses: 1 });
    expect((await tests.scanHub(hub)).stdout).toBe(await undisturbed());
  });

  it("changes nothing with --full either", async () => {
    const whole = await spoiled(tests, [], ["--full"]);
    const fault: Fault = { kind: "drop", after: 700_000 };
    const broken = await spoiled(
      tests,
      [{ on: "cdn", path: LARGE.path, fault, times: 5 }],
      ["--full"],
    );
    expect(broken.stdout).toBe(whole.stdout);
    const sent = requestsFor(broken.hub, LARGE).reduce((sum, each) => sum + each.bytesSent, 0);
    expect(sent).toBeLessThanOrEqual(LARGE.content.length + 6 * 64 * KIB);
  });
});

describe("a fault that stays", () => {
  const always = { times: Infinity };

  it.each<[string, Omit<FaultRule, "times">, string]>([
    ["503", { on: "cdn", path: LARGE.path, fault: { kind: "status", status: 503 } }, "status 503"],
    [
      "404",
      { on: "resolve", path: LARGE.path, fault: { kind: "status", status: 404 } },
      "knows nothing of the model",
    ],
    [
      "404 EntryNotFound",
      {
        on: "resolve",
        path: LARGE.path,
        fault: { kind: "status", status: 404, headers: { "x-error-code": "EntryNotFound" } },
      },
      'the model org/model has no "large.safetensors" at that revision',
    ],
    [
      "403",
      { on: "cdn", path: LARGE.path, fault: { kind: "status", status: 403 } },
      "refuses the model",
    ],
    [
      "a reset",
      { on: "cdn", path: LARGE.path, fault: { kind: "reset" } },
      "the connection was broken off",
    ],
    [
      "drops without an end",
      { on: "cdn", path: LARGE.path, fault: { kind: "drop", after: 100 } },
      "the connection breaks off again and again",
    ],
    [
      "bodies that are shorter than promised",
      { on: "cdn", path: LARGE.path, fault: { kind: "short", after: 10 } },
      "the connection breaks off again and again",
    ],
    [
      "a range that begins elsewhere",
      {
        on: "cdn",
        path: LARGE.path,
        fault: {
          kind: "range",
          say: ({ start, end, total }) => `bytes ${start + 1}-${end - 1}/${total}`,
        },
      },
      "was asked for bytes 0-65535/",
    ],
    [
      "another size",
      {
        on: "cdn",
        path: LARGE.path,
        fault: {
          kind: "range",
          say: ({ start, end, total }) => `bytes ${start}-${end - 1}/${total + 1}`,
        },
      },
      "a mirror or proxy in between may be at fault",
    ],
    [
      "a size that is left open",
      {
        on: "cdn",
        path: LARGE.path,
        fault: { kind: "range", say: ({ start, end }) => `bytes ${start}-${end - 1}/*` },
      },
      "which is no range",
    ],
    [
      "more than asked, and said so",
      { on: "cdn", path: LARGE.path, fault: { kind: "long", extra: 10, contentRange: "sent" } },
      "was asked for bytes",
    ],
    [
      "the whole for a part",
      { on: "cdn", path: LARGE.path, fault: { kind: "whole" } },
      "does not serve parts of files; scan it with --full, which reads all of it",
    ],
    [
      "another tag from then on",
      {
        on: "cdn",
        path: LARGE.path,
        after: 1,
        fault: { kind: "headers", set: { etag: '"other"' } },
      },
      "large.safetensors changed while it was read",
    ],
    [
      "another commit",
      {
        on: "resolve",
        path: LARGE.path,
        fault: { kind: "headers", set: { "x-repo-commit": "e".repeat(40) } },
      },
      `is served from commit ${"e".repeat(40)}`,
    ],
    [
      "another object",
      {
        on: "resolve",
        path: LARGE.path,
        fault: { kind: "headers", set: { "x-linked-etag": `"${"e".repeat(64)}"` } },
      },
      `is served as object ${"e".repeat(64)}`,
    ],
    [
      "compression",
      { on: "cache", path: CONFIG.path, fault: { kind: "gzip" } },
      "answers in gzip, though the plain bytes were asked for",
    ],
    [
      "a page for a file",
      {
        on: "cache",
        path: CONFIG.path,
        fault: { kind: "status", status: 200, body: "<!doctype html><title>Log in</title>" },
      },
      'sends "36" bytes of a file that should have',
    ],
    [
      "a redirect to nowhere",
      { on: "cdn", path: LARGE.path, fault: { kind: "redirect", to: "file:///etc/passwd" } },
      "redirects to what is no web address",
    ],
    [
      "a redirect in a circle",
      { on: "cdn", path: LARGE.path, fault: { kind: "redirect", to: ({ href }) => href } },
      "redirects more than 5 times",
    ],
  ])("makes that file incomplete, and no other: %s", async (_, rule, sentence) => {
    const { code, files } = await spoiled(tests, [{ ...rule, ...always }]);
    const path = rule.path ?? LARGE.path;
    expect(code).toBe(3);
    expect(files).toHaveLength(3);
    for (const file of files) {
      const others = file.path === CONFIG.path ? "unknown" : "clean";
      expect(file.verdict, file.path).toBe(file.path === path ? "incomplete" : others);
      expect(file.size, file.path).toBeGreaterThan(0);
    }
    const [issue] = files.find((file) => file.path === path)?.issues ?? [];
    expect(issue?.message).toContain(sentence);
  });

  it("costs no more than it has to", async () => {
    for (const fault of [
      { kind: "short", after: 1 },
      { kind: "drop", after: 0 },
    ] satisfies Fault[]) {
      const { hub } = await spoiled(tests, [{ on: "cdn", path: LARGE.path, fault, ...always }]);
      expect(requestsFor(hub, LARGE).length).toBeLessThan(30);
    }
  });
});
