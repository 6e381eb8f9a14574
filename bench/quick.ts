/** `--quick` on a gigabyte in torch's zip layout, against picklescan, which never hashes, as whole processes. */

import { join } from "node:path";

import type { Bench } from "./bench.ts";
import { largeCheckpoint } from "./inputs.ts";
import { measure, runNode, runProgram, seconds } from "./measure.ts";
import { peer } from "./peer.ts";

const GIBIBYTE = 1024 ** 3;

export const quick: Bench = {
  name: "quick",
  async run(context) {
    const path = join(context.folder, "quick.pt");
    largeCheckpoint(path, GIBIBYTE);
    const picklescan = peer(context, "picklescan");
    const [scan, other] = await measure(
      context.runs,
      () => runNode([context.program, "scan", "--quick", path]),
      ...(picklescan === undefined ? [] : [() => runProgram(picklescan, ["-p", path])]),
    );
    return scan === undefined
      ? []
      : [
          {
            work: "1 GB torch zip, --quick",
            measured: `${seconds(scan.cpu)} of processor, ${seconds(scan.wall)}`,
            reference:
              other === undefined
                ? "picklescan is not there"
                : `picklescan ${seconds(other.cpu)}, ${seconds(other.wall)}`,
            value: other === undefined ? undefined : scan.cpu / other.cpu,
            target: { kind: "at most", value: 1, unit: "x" },
            spread: scan.spread,
          },
        ];
  },
};
