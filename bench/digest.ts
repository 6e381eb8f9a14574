/** The digest of a model against openssl: one file, and what a second core gains with two. */

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Bench, Row } from "./bench.ts";
import { largeCheckpoint } from "./inputs.ts";
import { measure, runNode, runProgram, seconds } from "./measure.ts";
import type { Usage } from "./measure.ts";

const GIBIBYTE = 1024 ** 3;

/** Two programs at once, as one: processor times of children that overlap cannot be told apart, and are not asked for. */
async function both(...works: readonly Promise<Usage>[]): Promise<Usage> {
  const started = performance.now();
  await Promise.all(works);
  const wall = (performance.now() - started) / 1000;
  return { wall, cpu: wall, memory: undefined };
}

function openssl(file: string): Promise<Usage> {
  return runProgram("openssl", ["dgst", "-sha256", file]);
}

export const digest: Bench = {
  name: "digest",
  async run({ folder, program, runs }) {
    if (spawnSync("openssl", ["version"]).status !== 0) {
      return [];
    }
    const [one, two] = [join(folder, "digest-one"), join(folder, "digest-two")];
    mkdirSync(one);
    mkdirSync(two);
    const [first, second] = [join(two, "a.bin"), join(two, "b.bin")];
    largeCheckpoint(first, GIBIBYTE);
    copyFileSync(first, second);
    copyFileSync(first, join(one, "a.bin"));
    const series = await measure(
      runs,
      () => runNode([program, "digest", one]),
      () => openssl(first),
      () => runNode([program, "digest", two]),
      () => both(openssl(first), openssl(second)),
    );
    const [ours, theirs, oursTwo, theirsTwo] = series;
    if (
      ours === undefined ||
      theirs === undefined ||
      oursTwo === undefined ||
      theirsTwo === undefined
    ) {
      return [];
    }
    const cache = await cached(folder, program, runs);
    const gain = (2 * ours.wall) / oursTwo.wall;
    const theirGain = (2 * theirs.wall) / theirsTwo.wall;
    return [
      {
        work: "digest of a model with one file of 1 GB",
        measured: seconds(ours.wall),
        reference: `openssl dgst ${seconds(theirs.wall)}`,
        value: theirs.wall / ours.wall,
        target: { kind: "at least", value: 0.8, unit: "x" },
        spread: ours.spread,
      },
      {
        work: "two such files on two cores: what the second core gains",
        measured: `${gain.toFixed(2)} times, ${seconds(oursTwo.wall)}`,
        reference: `two processes of openssl ${theirGain.toFixed(2)} times`,
        value: gain / theirGain,
        target: { kind: "at least", value: 0.85, unit: "x" },
        spread: oursTwo.spread,
      },
      ...cache,
    ];
  },
};

/** A model of 10 GB that did not change, read and not read. Its files are sparse: what counts is that they are hashed. */
async function cached(folder: string, program: string, runs: number): Promise<Row[]> {
  const model = join(folder, "digest-cached");
  const [kept, keys] = [join(folder, "digest-cache"), join(folder, "digest-keys")];
  mkdirSync(model);
  for (const name of ["a.bin", "b.bin"]) {
    writeFileSync(join(model, name), "");
    truncateSync(join(model, name), 5e9);
  }
  const signature = ["--signature", join(folder, "digest.sig")];
  await runNode([program, "keygen", keys, "--no-password"]);
  const sign = [program, "sign", "key", model, "--private-key", `${keys}.key`, "--no-scan"];
  await runNode([...sign, ...signature]);
  // What changed just now could change again without looking otherwise, and is not remembered.
  await new Promise((resolve) => {
    setTimeout(resolve, 3000);
  });
  const verify = [program, "verify", model, "--key", `${keys}.pub`, ...signature];
  const remembered = [...verify, "--cache", "--cache-dir", kept];
  const [read, known] = await measure(
    Math.min(runs, 3),
    () => runNode(verify),
    () => runNode(remembered),
  );
  return read === undefined || known === undefined
    ? []
    : [
        {
          work: "verify --cache of an unchanged model of 10 GB",
          measured: seconds(known.wall),
          reference: `reading it ${seconds(read.wall)}`,
          value: read.wall / known.wall,
          target: { kind: "at least", value: 20, unit: "x" },
          spread: known.spread,
        },
      ];
}
