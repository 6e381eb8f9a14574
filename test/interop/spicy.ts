/**
 * Our proofs, as torchwood's `spicy` verifies them: its detached signatures are a tlog-proof without the first line.
 * The variable SPICY names the program.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { initLog } from "../../src/provenance/log/init-log.ts";
import { withLog } from "../../src/provenance/log/open-log.ts";
import { formatProof } from "../../src/provenance/log/proof.ts";
import { signerFromSeed } from "../../src/provenance/log/signer-key.ts";
import { formatVerifierKey } from "../../src/provenance/log/verifier-key.ts";
import { tileFolder } from "../../src/store/tile-folder/tile-folder.ts";

const INDICES = [0, 1, 255, 256, 511, 512, 998, 999];
const SIZE = 1000;

async function main(): Promise<number> {
  const program = process.env["SPICY"];
  if (program === undefined) {
    return 77;
  }
  const work = mkdtempSync(join(tmpdir(), "weighbridge-spicy-"));
  try {
    const storage = tileFolder(join(work, "log"), { create: true });
    const signer = signerFromSeed("example.org/spicy", Buffer.alloc(32, 1));
    const key = formatVerifierKey(signer.verifier);
    await initLog(storage, signer);
    const entries = Array.from({ length: SIZE }, (_, at) => Buffer.from(`entry ${at}`));
    const verify = (entry: string, proof: string): boolean => {
      const path = join(work, "entry");
      writeFileSync(path, entry);
      writeFileSync(`${path}.spicy`, proof.slice(proof.indexOf("\n") + 1));
      return spawnSync(program, ["-verify", key, path]).status === 0;
    };
    return await withLog(storage, async (log) => {
      await log.append(entries);
      const { checkpoint, tree } = log;
      let wrong = 0;
      for (const index of INDICES) {
        const proof = formatProof({ index, hashes: await tree.inclusion(index), checkpoint });
        wrong += verify(`entry ${index}`, proof) && !verify(`entry ${index + 1}`, proof) ? 0 : 1;
      }
      console.log(`${INDICES.length} proofs, ${wrong} wrong`);
      return wrong === 0 ? 0 : 1;
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

process.exitCode = await main();
