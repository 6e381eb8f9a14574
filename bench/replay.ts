/**
 * What the network alone takes: sends requests that were recorded, as a process, and throws the answers away.
 * `node bench/replay.ts FILE`, which holds a list of `{ url, range }` as JSON.
 */

import { readFileSync } from "node:fs";

/** As many at a time as the scan sends. */
const WIDTH = 8;

const requests = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as {
  url: string;
  range?: string;
}[];
let next = 0;
async function work(): Promise<void> {
  for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
    const headers = request.range === undefined ? {} : { range: request.range };
    await (await fetch(request.url, { headers, redirect: "manual" })).arrayBuffer();
  }
}
await Promise.all(Array.from({ length: WIDTH }, work));
