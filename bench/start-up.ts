/** What it costs to start: help, and a scan of next to nothing, against a Node that does nothing. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { pickle } from "../test/builders/pickle.ts";
import type { Bench, Row } from "./bench.ts";
import { measure, runNode } from "./measure.ts";
import type { Series } from "./measure.ts";

/** Short processes are noisy: more runs for the same money. */
const MORE = 5;

export const startUp: Bench = {
  name: "start-up",
  async run({ folder, program, runs }) {
    const tiny = join(folder, "tiny.pkl");
    writeFileSync(tiny, pickle().proto(4).value(["tiny"]).done());
    const [bare, help, scan] = await measure(
      runs * MORE,
      () => runNode(["-e", "0"]),
      () => runNode([program, "--help"]),
      () => runNode([program, "scan", tiny]),
    );
    if (bare === undefined || help === undefined || scan === undefined) {
      return [];
    }
    const row = (work: string, series: Series, limit: number): Row => ({
      work,
      measured: `${(series.cpu * 1000).toFixed(1)} ms of processor`,
      reference: `node -e 0: ${(bare.cpu * 1000).toFixed(1)} ms`,
      value: (series.cpu - bare.cpu) * 1000,
      target: { kind: "at most", value: limit, unit: "ms" },
      spread: series.spread,
    });
    return [row("--help", help, 15), row("scan of a tiny pickle", scan, 30)];
  },
};
