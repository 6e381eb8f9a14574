/** A thread of the corpus runner: scans the rows that it is sent. */

import { parentPort } from "node:worker_threads";

import { rowScanner } from "./scan-rows.ts";
import type { Row } from "./scan-rows.ts";

const scan = rowScanner();

parentPort?.on("message", (row: Row) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
  void scan(row).then((scanned) => parentPort?.postMessage(scanned));
});
