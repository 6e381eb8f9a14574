/** The commands about logs as their user types them, and the program as a process that is killed or not alone. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { run } from "../../src/cli/program.ts";
import { auditLog } from "../../src/provenance/log/audit.ts";
import { parseCheckpoint } from "../../src/provenance/log/checkpoint.ts";
import { checkKept } from "../../src/provenance/log/kept-checkpoint.ts";
import { withLog } from "../../src/provenance/log/open-log.ts";
import { TreeReader } from "../../src/provenance/log/tree-reader.ts";
import { parseVerifierKey } from "../../src/provenance/log/verifier-key.ts";
import { serveLog } from "../../src/server/tlog/serve-log.ts";
import { tileFolder } from "../../src/store/tile-folder/tile-folder.ts";
import { recordingTerminal } from "../builders/terminal.ts";
import { TestWitness } from "../builders/witness.ts";
import { Random } from "../fuzz/random.ts";
import { environment, main } from "./program.ts";

let work: string;
let folder: string;

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "weighbridge-log-"));
  folder = join(work, "log");
});

afterEach(() => {
  rmSync(work, { recursive: true, force: true });
});

async function ran(...args: string[]) {
  const terminal = recordingTerminal();
  const code = await run(args, terminal);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

function file(name: string, content: string | object): string {
  const path = join(work, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

function event(name: string, id = "ops"): object {
  return { type: "deployed", subject: { name }, actor: { kind: "user", id } };
}

async function begin(): Promise<string> {
  const { code, stdout } = await ran("log", "init", folder, "--origin", "example.org/log");
  expect(code).toBe(0);
  return stdout.trim();
}

describe("weighbridge log", () => {
  it("begins a log, and no second one in its place", async () => {
    const key = await begin();
    expect(parseVerifierKey(key).name).toBe("example.org/log");
    expect(readFileSync(join(folder, "key.pub"), "utf8").trim()).toBe(key);
    expect(statSync(join(folder, ".state/key")).mode & 0o077).toBe(0);
    expect(await ran("log", "init", folder, "--origin", "x")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is a log already"),
    });
    expect(await ran("log", "init", work, "--origin", "x")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is not empty"),
    });
  });

  it("adds entries, proves them, and checks the proof without the log", async () => {
    const key = await begin();
    const entry = file("e.json", event("acme/m"));
    const report = file("report.json", { verdict: "clean" });
    expect(await ran("log", "add", folder, entry, entry)).toMatchObject({
      code: 0,
      stdout: "0\n1\n",
    });
    expect(await ran("log", "add", folder, entry, "--evidence", report)).toMatchObject({
      stdout: "2\n",
    });
    const proof = join(work, "p.tlog-proof");
    const saved = join(work, "p.json");
    const made = await ran("log", "prove", folder, "2", "-o", proof, "--save-entry", saved);
    expect(made).toEqual({ code: 0, stdout: "", stderr: "" });
    const logged = JSON.parse(readFileSync(saved, "utf8")) as Record<string, unknown>;
    expect(logged).toMatchObject({ v: 1, prev: 1, evidence: [{ mediaType: "application/json" }] });
    rmSync(folder, { recursive: true });

    const verified = await ran("log", "verify", proof, "--entry", saved, "--key", key);
    expect(verified).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^entry 2 of 3 .*\nsigned by .*\nno witness cosigned/),
    });
    const pretty = file("pretty.json", JSON.stringify(logged, undefined, 4));
    expect(await ran("log", "verify", proof, "--entry", pretty, "--key", key)).toMatchObject({
      code: 0,
    });
    for (const [what, sentence] of [
      [file("other.json", { ...logged, type: "revoked" }), /does not show that this is entry 2/],
      [saved, /its hash is not|does not verify|is damaged/],
    ] as const) {
      const text = readFileSync(proof, "latin1");
      const changed = what === saved ? text.replace(/\n3\n/, "\n4\n") : text;
      const path = join(work, "changed");
      writeFileSync(path, changed, "latin1");
      const given = ["log", "verify", path, "--entry", what, "--key", key];
      expect(await ran(...given)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(sentence),
      });
    }
  });

  it.each([
    [["add"], /log add takes DIR FILE…/],
    [["add", "FOLDER", "no.json"], /cannot read "no\.json"/],
    [["add", "FOLDER", "LIST"], /is no JSON object/],
    [["add", "FOLDER", "TYPO"], /its "type" is not as it has to be/],
    [["add", "FOLDER", "MORE"], /entries have no member "subjekt"|has no "subject\.name"/],
    [["add", "WORK", "GOOD"], /is no log, or its private state is gone/],
    [["prove", "FOLDER", "0"], /there is no entry 0: the log has 0 entries/],
    [["verify", "GOOD", "--entry", "GOOD"], /not said whose log is trusted/],
    [["verify", "GOOD", "--entry", "GOOD", "--key", "KEY"], /is no proof of a log/],
    [["audit", "WORK"], /not said whose log/],
    [["rotate-key", "FOLDER", "--finish"], /no second key signs/],
    [["serve", "FOLDER", "--port", "x"], /--port is a number/],
    [["monitor", "FOLDER"], /needs a file that remembers/],
    [["chekpoint", "FOLDER"], /there is no command log chekpoint; did you mean checkpoint\?/],
  ])("answers %j with a sentence", async (args, sentence) => {
    const key = await begin();
    const names: Record<string, string> = {
      FOLDER: folder,
      WORK: work,
      KEY: key,
      GOOD: file("good.json", event("m")),
      LIST: file("list.json", []),
      TYPO: file("typo.json", { type: "deploid", subject: { name: "m" } }),
      MORE: file("more.json", { type: "deployed", subjekt: { name: "m" } }),
    };
    const before = readFileSync(join(folder, "checkpoint"));
    const { code, stdout, stderr } = await ran("log", ...args.map((arg) => names[arg] ?? arg));
    expect([code === 0, stdout]).toEqual([false, ""]);
    expect(stderr).toMatch(sentence);
    expect(readFileSync(join(folder, "checkpoint"))).toEqual(before);
  });

  it("finds a rolled-back log by a kept checkpoint, and stays stopped", async () => {
    await begin();
    const kept = join(work, "kept");
    const entry = file("e.json", event("m"));
    await ran("log", "add", folder, entry, "--kept", kept);
    cpSync(folder, join(work, "copy"), { recursive: true });
    await ran("log", "add", folder, entry, "--kept", kept);
    expect(await ran("log", "consistency", folder, kept)).toMatchObject({ code: 0 });
    rmSync(folder, { recursive: true });
    cpSync(join(work, "copy"), folder, { recursive: true });

    expect(await ran("log", "consistency", folder, kept)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("it was rolled back"),
    });
    expect(await ran("log", "audit", folder)).toMatchObject({ code: 0 });
    expect(await ran("log", "add", folder, entry, "--kept", kept)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("it was rolled back"),
    });
    expect(await ran("log", "add", folder, entry)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("was stopped"),
    });
  });

  it("has witnesses cosign over HTTP, and learns from them that it was rolled back", async () => {
    const key = await begin();
    const witness = new TestWitness("example.org/w", 3);
    witness.know(parseVerifierKey(key));
    const { url, close } = await witness.listen();
    const policy = file("policy", `log ${key}\nwitness w ${witness.vkey} ${url}\nquorum w\n`);
    const entry = file("e.json", event("m"));
    const added = await ran("log", "add", folder, entry, "--policy", policy);
    expect(added).toMatchObject({ code: 0, stderr: 'cosigned by "w": enough for the policy\n' });
    expect(witness.given).toEqual([200, 200]);
    await ran("log", "prove", folder, "0", "-o", join(work, "p"), "--save-entry", join(work, "e"));
    const given = ["--entry", join(work, "e"), "--policy", policy];
    expect(await ran("log", "verify", join(work, "p"), ...given)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("cosigned by"),
    });

    cpSync(folder, join(work, "copy"), { recursive: true });
    await ran("log", "add", folder, entry, "--policy", policy);
    rmSync(folder, { recursive: true });
    cpSync(join(work, "copy"), folder, { recursive: true });
    const before = readFileSync(join(folder, "checkpoint"));
    expect(await ran("log", "add", folder, entry, "--policy", policy)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("has seen 2 entries"),
    });
    expect(readFileSync(join(folder, "checkpoint"))).toEqual(before);
    await close();

    rmSync(join(folder, ".state/halted"));
    const alone = await ran("log", "checkpoint", folder, "--policy", policy);
    // Nobody is there to cosign, and what they signed before still counts.
    expect([alone.code, alone.stderr]).toEqual([0, expect.stringContaining("cosigned by nobody")]);
  }, 120_000);

  it("is monitored, exported and audited over HTTP", async () => {
    const key = await begin();
    const entries = ["acme/a", "other/b", "acme/c"].map((name, at) =>
      file(`${at}.json`, event(name, at === 2 ? "mallory" : "ops")),
    );
    await ran("log", "add", folder, ...entries.slice(0, 2));
    const { address, close } = await serveLog(tileFolder(folder), { host: "127.0.0.1", port: 0 });
    const seen = join(work, "seen");
    const watch = ["log", "monitor", address, "--kept", seen, "--key", key, "--subject", "acme/*"];
    const ours = [...watch, "--signer", "ops"];
    expect(await ran(...ours)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^0 .*deployed {2}acme\/a {2}by user ops\n$/),
    });
    expect(await ran(...ours)).toMatchObject({ code: 0, stdout: "" });
    await ran("log", "add", folder, entries[2] ?? "");
    expect(await ran(...ours)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^alert: 2 .*acme\/c {2}by user mallory\n$/),
    });
    expect(await ran("log", "audit", address, "--key", key)).toMatchObject({
      code: 0,
      stdout: '"example.org/log": 3 entries, sound\n',
    });
    expect(await ran("log", "audit", address)).toMatchObject({ code: 2 });
    const copy = join(work, "copy");
    expect(await ran("log", "export", address, copy, "--key", key)).toMatchObject({ code: 0 });
    expect(existsSync(join(copy, ".state/key"))).toBe(false);
    const history = await ran("history", "acme/c", "--log", copy);
    expect(history).toMatchObject({ code: 0, stdout: expect.stringMatching(/^2 .*mallory\n$/) });
    expect(await ran("history", "acme/x", "--log", copy)).toMatchObject({ code: 1, stdout: "" });
    await close();
  });

  it("finds the history of a model by its name, and by its digests where it is here", async () => {
    await begin();
    const model = join(work, "model");
    mkdirSync(model);
    writeFileSync(join(model, "config.json"), "{}");
    const root = (await ran("digest", model)).stdout.trim().replace("sha256:", "");
    const signed = { type: "signed", subject: { name: "acme/m", omsRoot: root } };
    await ran("log", "add", folder, file("s.json", signed), file("e.json", event("acme/m")));
    const named = await ran("history", "acme/m", "--log", folder, "--json");
    expect(
      named.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as object),
    ).toMatchObject([
      { index: 1, linked: true, entry: { type: "deployed", prev: 0 } },
      { index: 0, linked: true, entry: { type: "signed" } },
    ]);
    expect(await ran("history", model, "--log", folder)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^0 .*signed {2}acme\/m\n$/),
    });
    writeFileSync(join(model, "config.json"), "{ }");
    expect(await ran("history", model, "--log", folder)).toMatchObject({ code: 1, stdout: "" });
  });

  it("rotates its key", async () => {
    const old = await begin();
    const entry = file("e.json", event("m"));
    await ran("log", "add", folder, entry);
    const next = (await ran("log", "rotate-key", folder)).stdout.trim();
    for (const key of [old, next]) {
      expect(await ran("log", "audit", folder, "--key", key)).toMatchObject({ code: 0 });
    }
    await ran("log", "rotate-key", folder, "--finish");
    expect(await ran("log", "audit", folder, "--key", next)).toMatchObject({ code: 0 });
    expect(await ran("log", "audit", folder, "--key", old)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("its key was rotated"),
    });
    expect(readFileSync(join(folder, ".state/key"), "utf8").split("\n")).toHaveLength(2);
  });
});

function start(...args: string[]) {
  return spawn(process.execPath, [main, ...args], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

describe("the program as a process", () => {
  it("queues writers that come at once", async () => {
    await begin();
    const writers = Array.from({ length: 4 }, (_, writer) =>
      Array.from({ length: 5 }, (_, at) => file(`${writer}-${at}.json`, event(`w${writer}/${at}`))),
    );
    const indices = await Promise.all(
      writers.map(async (files) => {
        const child = start("log", "add", folder, ...files);
        let text = "";
        child.stdout.on("data", (chunk: Buffer) => {
          text += chunk.toString();
        });
        const [code] = (await once(child, "close")) as [number];
        expect(code).toBe(0);
        return text.trim().split("\n").map(Number);
      }),
    );
    expect(indices.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => at));
    const storage = tileFolder(folder);
    const { checkpoint } = await withLog(storage, (log) => Promise.resolve(log));
    expect((await auditLog(storage, checkpoint)).problems).toEqual([]);
  });

  it("loses nothing it acknowledged when it is killed, whenever that is", async () => {
    await begin();
    const storage = tileFolder(folder);
    const random = new Random(11);
    const seen: Uint8Array[] = [];
    const acknowledged = new Map<number, string>();
    for (let round = 0; round < 25; round += 1) {
      const name = `killed/${round}`;
      const entries = Array.from({ length: 1 + (round % 3) * 60 }, () =>
        file(`${round}.json`, event(name)),
      );
      const child = start("log", "add", folder, ...entries);
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      // From before it has read its arguments until after it is done.
      const timer = setTimeout(() => child.kill("SIGKILL"), 60 + random.int(200));
      await once(child, "close");
      clearTimeout(timer);
      for (const index of text.trim().split("\n").filter(Boolean)) {
        acknowledged.set(Number(index), name);
      }
      seen.push((await storage.read("checkpoint")) ?? expect.fail("nothing is published"));
    }
    const { checkpoint } = await withLog(storage, (log) => Promise.resolve(log));
    const tree = new TreeReader(storage, checkpoint.size);
    for (const bytes of seen) {
      await checkKept(parseCheckpoint(bytes, "it"), checkpoint, tree);
    }
    for (const [index, name] of acknowledged) {
      expect(Buffer.from(await tree.entry(index)).toString()).toContain(name);
    }
    expect((await auditLog(storage, checkpoint)).problems).toEqual([]);
    expect(readdirSync(folder)).toContain("checkpoint");
  }, 120_000);

  it("serves until it is interrupted", async () => {
    await begin();
    const child = start("log", "serve", folder, "--port", "0");
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const answer = await fetch(`${line.toString().trim()}/checkpoint`);
    expect(await answer.text()).toMatch(/^example\.org\/log\n0\n/);
    child.kill("SIGTERM");
    const [code] = (await once(child, "close")) as [number];
    expect(code).toBe(0);
  });
});
