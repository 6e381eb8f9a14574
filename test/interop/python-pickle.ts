/**
 * Pickles of ordinary objects, as the Python on this machine writes them in every protocol: CPython looks nothing
 * up that our report does not name.
 */

import { analyze, missing } from "../fuzz/compare.ts";
import { hasPython, Oracle, ordinaryPickles } from "../fuzz/oracle.ts";
import { showMismatch } from "../fuzz/show.ts";

async function main(): Promise<number> {
  if (!hasPython()) {
    return 77;
  }
  const streams = ordinaryPickles();
  const oracle = new Oracle();
  const seen = await oracle.ask(streams);
  oracle.close();
  let differ = 0;
  for (const [index, stream] of streams.entries()) {
    const lost = missing(analyze(stream), seen[index] ?? []);
    if (lost.length > 0) {
      differ += 1;
      console.log(showMismatch({ stream, missing: lost }));
    }
  }
  console.log(
    `${streams.length} pickles of ordinary objects, ${differ} with names that are missing`,
  );
  return differ === 0 ? 0 : 1;
}

process.exitCode = await main();
