/**
 * A log of ours and litewitness, which cosigns it as it grows, and stops it once it was rolled back. The variable
 * LITEWITNESS names the program; it takes its key from an ssh-agent.
 */

import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { initLog } from "../../src/provenance/log/init-log.ts";
import { signerFromSeed } from "../../src/provenance/log/signer-key.ts";
import { formatVerifierKey } from "../../src/provenance/log/verifier-key.ts";
import { tileFolder } from "../../src/store/tile-folder/tile-folder.ts";

const MAIN = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const PORT = 17_381;
const ORIGIN = "example.org/litewitness";
const EMPTY_ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/** Starts the witness; gives its verifier key once it listens. */
async function startWitness(program: string, work: string, children: ChildProcess[]) {
  const key = join(work, "key");
  const socket = join(work, "agent");
  spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  children.push(spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" }));
  for (let tries = 0; !existsSync(socket) && tries < 100; tries += 1) {
    await sleep(50);
  }
  spawnSync("ssh-add", ["-q", key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  const listed = spawnSync("ssh-keygen", ["-lf", `${key}.pub`], { encoding: "utf8" });
  const fingerprint = listed.stdout.split(" ")[1] ?? "";
  const address = `127.0.0.1:${PORT}`;
  const name = "example.org/witness";
  const child = spawn(program, [
    `-db=${join(work, "db")}`,
    `-key=${fingerprint}`,
    `-name=${name}`,
    `-listen=${address}`,
    `-ssh-agent=${socket}`,
  ]);
  children.push(child);
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  for (let tries = 0; !said.includes("listening") && tries < 200; tries += 1) {
    await sleep(50);
  }
  return /vkey=(\S+)/.exec(said)?.[1];
}

/** Tells the witness of the log, as its operator would. */
function introduce(work: string, key: string): void {
  const database = new DatabaseSync(join(work, "db"));
  database
    .prepare("INSERT INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)")
    .run(ORIGIN, EMPTY_ROOT);
  database.prepare("INSERT INTO key (origin, key) VALUES (?, ?)").run(ORIGIN, key);
  database.close();
}

async function check(program: string, work: string, children: ChildProcess[]): Promise<number> {
  const witness = await startWitness(program, work, children);
  if (witness === undefined) {
    console.log("litewitness does not start");
    return 1;
  }
  const signer = signerFromSeed(ORIGIN, Buffer.alloc(32, 1));
  const folder = join(work, "log");
  await initLog(tileFolder(folder, { create: true }), signer);
  const key = formatVerifierKey(signer.verifier);
  const policy = join(work, "policy");
  writeFileSync(policy, `log ${key}\nwitness w ${witness} http://127.0.0.1:${PORT}\nquorum w\n`);
  const entry = join(work, "entry.json");
  writeFileSync(entry, JSON.stringify({ type: "deployed", subject: { name: "m" } }));
  const add = (count: number) =>
    spawnSync(
      process.execPath,
      [MAIN, "log", "add", folder, ...Array<string>(count).fill(entry), "--policy", policy],
      { encoding: "utf8" },
    );
  const unknown = add(1);
  introduce(work, key);
  const grown = [1, 2, 300, 1].map((count) => add(count));
  cpSync(folder, join(work, "copy"), { recursive: true });
  const last = add(3);
  rmSync(folder, { recursive: true });
  cpSync(join(work, "copy"), folder, { recursive: true });
  const rolledBack = add(1);
  const results = {
    "unknown to it": unknown.status === 1 && unknown.stderr.includes("does not trust the key"),
    cosigned: [...grown, last].every(({ status }) => status === 0),
    "rolled back": rolledBack.status === 1 && rolledBack.stderr.includes("has seen 308 entries"),
  };
  console.log(JSON.stringify(results));
  return Object.values(results).every(Boolean) ? 0 : 1;
}

async function main(): Promise<number> {
  const program = process.env["LITEWITNESS"];
  if (program === undefined || spawnSync("ssh-agent", ["-h"]).error !== undefined) {
    return 77;
  }
  const work = mkdtempSync(join(tmpdir(), "wb-witness-"));
  const children: ChildProcess[] = [];
  try {
    return await check(program, work, children);
  } finally {
    for (const child of children) {
      child.kill();
    }
    rmSync(work, { recursive: true, force: true });
  }
}

process.exitCode = await main();
