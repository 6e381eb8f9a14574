/**
 * Our test hub, as the hub's own Python client takes it: lists, snapshots, ranges and errors come out as they went
 * in, so that what our client learns from the test hub is true of the real one's protocol.
 */

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { fileURLToPath } from "node:url";
import { CONFIG, NEW, OLD, REPOS, SHARD_SIZE, TOKEN, WEIGHTS } from "../hub/sample.ts";
import { startTestHub } from "../hub/test-hub.ts";

const PROGRAM = fileURLToPath(new URL("huggingface-hub.py", import.meta.url));

const config = { "config.json": sha256(CONFIG) };
const both = { ...config, "model.safetensors": sha256(WEIGHTS) };

const EXPECTED: Readonly<Record<string, unknown>> = {
  sha: NEW,
  refs: { "refs/heads/main": NEW, "refs/tags/v1.0": OLD, "refs/pr/1": OLD },
  tree: [
    ["config.json", CONFIG.length],
    ["model.safetensors", WEIGHTS.length],
    ["onnx", null],
    ["onnx/deep", null],
    ["onnx/deep/shard 1#.bin", SHARD_SIZE],
  ],
  paths: ["config.json", "onnx"],
  model: both,
  "pull request": config,
  dataset: both,
  shard: [SHARD_SIZE, Buffer.from("HEAD\0\0").toString("hex"), "000000"],
  errors: [
    "GatedRepoError",
    "GatedRepoError",
    "RepositoryNotFoundError",
    null,
    "RepositoryNotFoundError",
    "RevisionNotFoundError",
    "RemoteEntryNotFoundError",
  ],
};

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function ask(endpoint: string, home: string): Promise<{ code: number; text: string }> {
  const child = spawn("python3", [PROGRAM, TOKEN], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      HF_ENDPOINT: endpoint,
      HF_HOME: home,
      HF_HUB_DISABLE_XET: "1",
      HF_HUB_DISABLE_PROGRESS_BARS: "1",
      HF_HUB_DISABLE_TELEMETRY: "1",
      HF_TOKEN: "",
    },
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  const text = Buffer.concat(await child.stdout.toArray()).toString();
  const [code] = await closed;
  return { code: code ?? 1, text };
}

async function main(): Promise<number> {
  if (spawnSync("python3", ["-c", "import huggingface_hub"]).status !== 0) {
    return 77;
  }
  const home = mkdtempSync(join(tmpdir(), "weighbridge-hub-"));
  const hub = await startTestHub({ repos: REPOS, token: TOKEN, pageSize: 2 });
  try {
    const { code, text } = await ask(hub.endpoint, home);
    if (code !== 0) {
      return code;
    }
    const seen = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const names = Object.keys(EXPECTED);
    const differing = names.filter((name) => !isDeepStrictEqual(seen[name], EXPECTED[name]));
    for (const name of differing) {
      console.log(`${name}: ${JSON.stringify(seen[name])}`);
    }
    console.log(
      `${names.length} questions, ${hub.requests.length} requests, ${differing.length} differ`,
    );
    return differing.length === 0 ? 0 : 1;
  } finally {
    await hub.close();
    rmSync(home, { recursive: true, force: true });
  }
}

process.exitCode = await main();
