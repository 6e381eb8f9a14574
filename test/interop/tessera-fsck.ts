/**
 * Logs of ours, served over HTTP, as Tessera's fsck audits them: around full tiles, and with two levels of them. A log
 * with one byte changed must fail, or it would prove nothing that the others pass.
 *
 * The program is the one that the variable TESSERA_FSCK names; otherwise, where there is Go, it is built from the module
 * proxy into a temporary folder.
 */

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { initLog } from "../../src/provenance/log/init-log.ts";
import { withLog } from "../../src/provenance/log/open-log.ts";
import { signerFromSeed } from "../../src/provenance/log/signer-key.ts";
import { serveLog } from "../../src/server/tlog/serve-log.ts";
import { tileFolder } from "../../src/store/tile-folder/tile-folder.ts";

const MODULE = "github.com/transparency-dev/tessera/cmd/fsck@v1.0.4";
/** Milliseconds; the largest log takes some 10 s. */
const PATIENCE = 60_000;
const SIZES = [1, 255, 256, 257, 70_000];

function findFsck(work: string): string | undefined {
  const given = process.env["TESSERA_FSCK"];
  if (given !== undefined) {
    return existsSync(given) ? given : undefined;
  }
  const built = spawnSync("go", ["install", MODULE], {
    env: { ...process.env, GOBIN: work, GOFLAGS: "-buildvcs=false" },
    encoding: "utf8",
    timeout: 600_000,
  });
  if (built.error !== undefined || built.status !== 0) {
    console.log(built.error === undefined ? built.stderr.trim() : "there is no Go");
    return undefined;
  }
  return join(work, "fsck");
}

async function fsck(program: string, folder: string, patience = PATIENCE): Promise<boolean> {
  const server = await serveLog(tileFolder(folder), { host: "127.0.0.1", port: 0 });
  const child = spawn(
    program,
    [`--storage_url=${server.address}/`, `--public_key=${join(folder, "key.pub")}`, "--ui=false"],
    // It asks again and again for what it cannot believe.
    { stdio: ["ignore", "ignore", "pipe"], timeout: patience },
  );
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number | null];
  await server.close();
  return code === 0 && said.includes("Successfully fsck'd log");
}

async function main(): Promise<number> {
  const work = mkdtempSync(join(tmpdir(), "weighbridge-fsck-"));
  try {
    const program = findFsck(work);
    if (program === undefined) {
      return 77;
    }
    const folder = join(work, "log");
    const storage = tileFolder(folder, { create: true });
    await initLog(storage, signerFromSeed("example.org/fsck", Buffer.alloc(32, 1)));
    let wrong = 0;
    for (const size of SIZES) {
      await withLog(storage, async (log) => {
        const { size: before } = log.checkpoint;
        const entries = Array.from({ length: size - before }, (_, at) =>
          Buffer.from(`entry ${before + at}`),
        );
        await log.append(entries);
      });
      const accepted = await fsck(program, folder);
      wrong += accepted ? 0 : 1;
      console.log(`${size} entries: ${accepted ? "accepted" : "REFUSED"}`);
    }
    const path = join(folder, "tile/entries/100");
    const bytes = readFileSync(path);
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    const damaged = await fsck(program, folder, PATIENCE / 3);
    console.log(`with one byte changed: ${damaged ? "ACCEPTED" : "refused"}`);
    return wrong === 0 && !damaged ? 0 : 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

process.exitCode = await main();
