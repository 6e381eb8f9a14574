/** Nothing but SHA-256 of a file, as a process: what a scan is measured against. `node bench/hash.ts FILE` */

import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";

const [path = ""] = process.argv.slice(2);
const window = Buffer.allocUnsafe(1024 * 1024);
const hash = createHash("sha256");
const file = openSync(path, "r");
for (;;) {
  const count = readSync(file, window, 0, window.length, null);
  if (count === 0) {
    break;
  }
  hash.update(window.subarray(0, count));
}
closeSync(file);
console.log(hash.digest("hex"));
