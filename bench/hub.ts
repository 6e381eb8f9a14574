/** A model of 70 GB on a hub, scanned by ranges: how much of it is fetched, how long that takes, in how much memory. */

import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Bench, Row } from "./bench.ts";
import { measure, runNode, seconds } from "./measure.ts";
import { shardedModel } from "./shards.ts";

const SERVER = fileURLToPath(new URL("hub-server.ts", import.meta.url));
const REPLAY = fileURLToPath(new URL("replay.ts", import.meta.url));
const TARGET = "hf:bench/sharded";

interface Recorded {
  readonly url: string;
  readonly range?: string;
  readonly bytesSent: number;
}

async function ask(server: ChildProcess): Promise<readonly Recorded[]> {
  const told = once(server, "message");
  server.send("requests");
  const [{ requests }] = (await told) as [{ requests: readonly Recorded[] }];
  return requests;
}

function modelBytes(): number {
  return shardedModel().reduce(
    (sum, { content }) => sum + ("read" in content ? content.size : content.length),
    0,
  );
}

export const hub: Bench = {
  name: "hub",
  async run({ folder, program, runs }): Promise<Row[]> {
    const server = fork(SERVER, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
    const before = { ...process.env };
    try {
      const [{ endpoint }] = (await once(server, "message")) as [{ endpoint: string }];
      // Nobody's token, and no hub but this one.
      Object.assign(process.env, { HF_ENDPOINT: endpoint, HF_HOME: folder, NO_PROXY: "*" });
      await runNode([program, "scan", TARGET]);
      const requests = await ask(server);
      const recorded = join(folder, "requests.json");
      writeFileSync(recorded, JSON.stringify(requests));
      const [scan, network] = await measure(
        runs,
        () => runNode([program, "scan", TARGET]),
        () => runNode([REPLAY, recorded]),
      );
      const bytes = requests.reduce((sum, { bytesSent }) => sum + bytesSent, 0);
      const size = modelBytes();
      const work = `70 GB in 20 shards on a hub`;
      return scan === undefined || network === undefined
        ? []
        : [
            {
              work: `${work}: share that is fetched`,
              measured: `${(bytes / 1e6).toFixed(2)} MB in ${requests.length} requests`,
              reference: `the model: ${(size / 1e9).toFixed(1)} GB`,
              value: (100 * bytes) / size,
              target: { kind: "at most", value: 0.1, unit: "%" },
            },
            {
              work: `${work}: time beyond the network's`,
              measured: seconds(scan.wall),
              reference: `the same requests alone: ${seconds(network.wall)}`,
              value: scan.wall - network.wall,
              target: { kind: "at most", value: 2, unit: "s" },
              spread: scan.spread,
            },
            {
              work: `${work}: memory at the peak`,
              measured: `${(scan.memory / 1e6).toFixed(0)} MB`,
              reference: `the same requests alone: ${(network.memory / 1e6).toFixed(0)} MB`,
              value: scan.memory / 1e6,
              target: { kind: "at most", value: 150, unit: "MB" },
            },
          ];
    } finally {
      process.env = before;
      server.kill();
    }
  },
};
