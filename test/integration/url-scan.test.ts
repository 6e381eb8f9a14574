/** Files behind web addresses. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type * as WorkerThreads from "node:worker_threads";
import { describe, expect, it, vi } from "vitest";

import { makeCertificate } from "../builders/certificate.ts";
import { pickle } from "../builders/pickle.ts";
import { startWebProxy } from "../builders/web-proxy.ts";
import { serveFile, startWebServer } from "../builders/web-server.ts";
import { sha256Of } from "../hub/content.ts";
import { LARGE } from "./hub-model.ts";
import { environment, root } from "./program.ts";
import { hubWith, remoteTests, TARGET } from "./remote.ts";

vi.mock("node:worker_threads", async (original: () => Promise<typeof WorkerThreads>) =>
  (await import("./bundled-workers.ts")).bundledWorkers(original),
);

const { home, scan } = remoteTests();

const PICKLE = pickle().proto(2).value("a").op("STOP").bytes();
const HOSTILE = pickle().proto(2).call("os", "system", "touch wb_canary").op("STOP").bytes();

describe("a web address", () => {
  it("is read by ranges where the server serves them", async () => {
    const { origin, requests } = await startWebServer(serveFile(LARGE.content, { etag: '"a"' }));
    const { code, report, file } = await scan([`${origin}/some/model.safetensors`]);
    expect([code, report?.subjects[0]?.kind, file?.path, file?.verdict]).toEqual([
      0,
      "url",
      "model.safetensors",
      "clean",
    ]);
    expect(file?.ranges?.length).toBeGreaterThan(1);
    expect([file?.digests, file?.coverage.read]).toEqual([
      {},
      file?.ranges?.reduce((sum, [start, end]) => sum + end - start, 0),
    ]);
    expect(requests.length).toBeLessThan(8);
    expect(new Set(requests.map(({ method }) => method))).toEqual(new Set(["GET"]));

    const full = await scan([`${origin}/some/model.safetensors`, "--full"]);
    expect(full.file?.digests).toEqual({ sha256: sha256Of(LARGE.content) });
  });

  it("is read once from front to end where it does not", async () => {
    const { origin, requests } = await startWebServer((_, response) => response.end(LARGE.content));
    const { code, file } = await scan([`${origin}/model.safetensors`]);
    expect([code, file?.verdict, file?.size]).toEqual([0, "clean", LARGE.content.length]);
    expect([file?.digests, file?.ranges]).toEqual([{ sha256: sha256Of(LARGE.content) }, undefined]);
    expect(requests).toHaveLength(1);
  });

  it("may be of an empty file", async () => {
    const { origin } = await startWebServer(serveFile(Buffer.alloc(0)));
    const { code, file } = await scan([`${origin}/a.bin`]);
    expect([code, file?.path, file?.size]).toEqual([0, "a.bin", 0]);
  });

  it("says what is wrong with what is behind it", async () => {
    const { origin } = await startWebServer(serveFile(HOSTILE));
    const { code, file } = await scan([`${origin}/a%20b.pkl`]);
    expect([code, file?.path, file?.verdict]).toEqual([1, "a b.pkl", "malicious"]);
  });

  it.each([
    ["/a/b%2Fc.bin", "b_c.bin"],
    ["/", "localhost:PORT"],
    ["/x/?name=y", "x"],
    ["/%E0%A4%A", "%E0%A4%A"],
  ])("at %s has a file of the name %s", async (path, name) => {
    const { origin, port } = await startWebServer(serveFile(PICKLE));
    const { file } = await scan([origin + path]);
    expect(file?.path).toBe(name.replace("PORT", String(port)));
  });

  it("keeps the secrets of a signed link, whatever happens", async () => {
    let status = 0;
    const serve = serveFile(LARGE.content);
    const { origin } = await startWebServer((request, response) => {
      if (status === 0) {
        serve(request, response);
      } else {
        response.writeHead(status).end();
      }
    });
    const address = `${origin}/m.bin?X-Signature=s3cr3t&Expires=9#s3cr3t`;
    const first = await scan([address]);
    expect(first.report?.subjects[0]?.ref).toBe(
      `${origin}/m.bin?X-Signature=REDACTED&Expires=REDACTED`,
    );
    expect(first.stdout + first.stderr).not.toContain("s3cr3t");
    for (status of [401, 403, 404, 410, 500]) {
      const { code, stderr } = await scan([address]);
      expect(code).toBe(2);
      expect(stderr).toContain(`status ${status}`);
      expect(stderr).not.toContain("s3cr3t");
    }
  });

  it.each(["http://me:s3cr3t@localhost:1/m.bin", "https://s3cr3t@huggingface.co/org/model"])(
    "with a password is refused",
    async (address) => {
      const { code, stderr } = await scan([address]);
      expect(code).toBe(2);
      expect(stderr).toContain("a web address with a password in it is not fetched");
      expect(stderr).not.toContain("s3cr3t");
    },
  );

  it("that is none is told of without what may be secret in it", async () => {
    const { code, stderr } = await scan(["https://me:s3cr3t@:x/?k=s3cr3t"]);
    expect([code, stderr.includes("s3cr3t")]).toEqual([2, false]);
  });

  it("does not bring the token of the hub to other servers", async () => {
    const { origin, requests } = await startWebServer(serveFile(PICKLE));
    await scan([`${origin}/a.pkl`], { HF_TOKEN: "hf_secret" });
    expect(requests.some(({ headers }) => "authorization" in headers)).toBe(false);
  });

  it("is followed to where it leads, and asked again when that place refuses", async () => {
    const used = new Set<string>();
    const serve = serveFile(LARGE.content);
    let uses = Infinity;
    const store = await startWebServer((request, response) => {
      const { url = "" } = request;
      if (used.has(url) && used.size >= uses) {
        response.writeHead(403).end();
      } else {
        used.add(url);
        serve(request, response);
      }
    });
    let links = 0;
    const first = await startWebServer((_, response) => {
      links += 1;
      response.writeHead(302, { location: `${store.origin}/signed?n=${links}` }).end();
    });
    const address = `${first.origin}/model.safetensors`;
    const lasting = await scan([address]);
    expect([lasting.code, lasting.file?.verdict, links]).toEqual([0, "clean", 1]);

    uses = 0;
    const ending = await scan([address]);
    expect(ending.code).toBe(0);
    expect(links).toBeGreaterThan(3);
    expect(ending.stdout).toBe(lasting.stdout);
  });

  it("whose file is exchanged meanwhile makes it incomplete", async () => {
    let count = 0;
    const { origin } = await startWebServer((request, response) => {
      count += 1;
      serveFile(LARGE.content, { etag: `"${count > 2 ? "b" : "a"}"` })(request, response);
    });
    const { code, file } = await scan([`${origin}/m.safetensors`]);
    expect([code, file?.verdict]).toEqual([3, "incomplete"]);
    expect(file?.issues[0]?.message).toContain("exchanged the file while it was read; scan again");
  });

  it("whose body ends early makes it incomplete", async () => {
    const { origin } = await startWebServer((_, response) => {
      response.writeHead(200, { "content-length": 1000 });
      response.write(PICKLE, () => response.destroy());
    });
    const { code, file } = await scan([`${origin}/m.pkl`]);
    expect([code, file?.verdict]).toEqual([3, "incomplete"]);
    expect(file?.issues[0]?.message).toContain("the connection was broken off");
  });

  it("may be behind a proxy", async () => {
    const proxy = await startWebProxy();
    const { origin } = await startWebServer(serveFile(PICKLE));
    const address = `${origin}/a.pkl`;
    expect((await scan([address], { http_proxy: proxy.origin })).code).toBe(0);
    const asked = proxy.requests.length;
    expect(asked).toBeGreaterThan(0);
    const past = { HTTP_PROXY: proxy.origin, NO_PROXY: "localhost" };
    expect((await scan([address], past)).code).toBe(0);
    expect(proxy.requests).toHaveLength(asked);
    const broken = await scan([address], { HTTP_PROXY: "socks5://me:s3cr3t@localhost" });
    expect([broken.code, broken.stderr.includes("s3cr3t")]).toEqual([2, false]);
  });

  const own = makeCertificate();

  it.skipIf(own === undefined)("may have a certificate of one's own", async () => {
    const { origin } = await startWebServer(serveFile(PICKLE), own);
    const bundle = join(home, "ca.pem");
    writeFileSync(bundle, own?.cert ?? "");
    const without = await scan([`${origin}/a.pkl`]);
    expect(without.code).toBe(2);
    expect(without.stderr).toContain("its certificate is signed by itself");
    for (const name of ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"]) {
      expect((await scan([`${origin}/a.pkl`], { [name]: bundle })).code).toBe(0);
    }
    rmSync(bundle);
    const gone = await scan([`${origin}/a.pkl`], { SSL_CERT_FILE: bundle });
    expect([gone.code, gone.stderr.includes("cannot be read")]).toEqual([2, true]);
  });
});

describe.skipIf(process.platform === "win32")("SIGINT", () => {
  it.each(["info", "tree", "resolve", "cdn"] as const)(
    "ends a scan at once while the hub is silent (%s)",
    async (on) => {
      const hub = await hubWith([LARGE], {
        faults: [{ on, times: Infinity, fault: { kind: "stall" } }],
      });
      const child = spawn(process.execPath, [join(root, "dist/cli/main.js"), "scan", TARGET], {
        env: { ...environment, HF_HOME: home, HF_ENDPOINT: hub.endpoint },
        stdio: "ignore",
      });
      const isThere = () =>
        hub.requests.some(({ url, origin }) =>
          on === "cdn" ? origin === "cdn" : url.includes(on === "info" ? "/revision/" : `/${on}/`),
        );
      await vi.waitUntil(isThere, { timeout: 20_000, interval: 10 });
      const ended = once(child, "exit");
      child.kill("SIGINT");
      // It would be half a minute until the silence counted as an error.
      expect(await ended).toEqual([130, null]);
    },
  );
});
