/** A folder of 2,000 small pickles, as a whole process. */

import { readdirSync } from "node:fs";
import { join } from "node:path";

import type { Bench } from "./bench.ts";
import { smallPickles } from "./inputs.ts";
import { measure, runNode, runProgram, seconds } from "./measure.ts";
import { peer } from "./peer.ts";

const FILES = 2000;

export const smallFiles: Bench = {
  name: "small-files",
  async run(context) {
    const folder = join(context.folder, "small");
    smallPickles(folder, FILES);
    const paths = readdirSync(folder).map((name) => join(folder, name));
    const picklescan = peer(context, "picklescan");
    const [own, hashed, other] = await measure(
      context.runs,
      () => runNode([context.program, "scan", folder]),
      () => runProgram("sha256sum", paths),
      ...(picklescan === undefined ? [] : [() => runProgram(picklescan, ["-p", folder])]),
    );
    const measured =
      own === undefined ? "" : `${seconds(own.cpu)} of processor, ${seconds(own.wall)}`;
    return [
      {
        work: `${FILES} pickles of 10 kB`,
        measured,
        reference:
          other === undefined
            ? "no picklescan"
            : `picklescan ${seconds(other.cpu)}, ${seconds(other.wall)}`,
        value: own === undefined || other === undefined ? undefined : other.cpu / own.cpu,
        target: { kind: "at least", value: 6, unit: "x" },
        ...(own === undefined ? {} : { spread: own.spread }),
      },
      {
        work: `${FILES} pickles of 10 kB`,
        measured,
        reference: hashed === undefined ? "" : `sha256sum ${seconds(hashed.wall)}`,
        value: own === undefined || hashed === undefined ? undefined : own.wall / hashed.wall,
        target: { kind: "at most", value: 4, unit: "x" },
      },
    ];
  },
};
