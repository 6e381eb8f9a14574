/**
 * A hub in a process of its own, so that its memory and time are not those of the scan. Tells its endpoint over IPC,
 * and what it was asked for when it is sent anything.
 */

import { startTestHub } from "../test/hub/test-hub.ts";
import { shardedModel } from "./shards.ts";

const COMMIT = "1".repeat(40);
const hub = await startTestHub({
  repos: [
    {
      type: "models",
      id: "bench/sharded",
      commits: [{ sha: COMMIT, files: shardedModel() }],
      refs: { main: COMMIT },
    },
  ],
});
let told = 0;
process.on("message", () => {
  const since = hub.requests.slice(told);
  told = hub.requests.length;
  process.send?.({
    requests: since.map(({ method, url, headers, bytesSent, origin }) => ({
      method,
      url: (origin === "hub" ? hub.endpoint : hub.cdn) + url,
      range: headers["range"],
      bytesSent,
    })),
  });
});
process.send?.({ endpoint: hub.endpoint });
