/**
 * joblib files: a pickle with arrays stored inside the stream, which `joblib.load` reads out of it.
 * Compressed ones are unwrapped by their carrier first.
 */

import { probePickle } from "../../machines/pickle/probe.ts";
import { defineFormat } from "../format.ts";
import type { DetectionHint, Match } from "../format.ts";
import { JOBLIB_RULES } from "./rules.ts";

const WRAPPER = Buffer.from("NumpyArrayWrapper");

function detect(head: Uint8Array, _tail: Uint8Array, { size }: DetectionHint): Match {
  if (
    head[0] !== 0x80 ||
    Buffer.from(head.buffer, head.byteOffset, head.length).indexOf(WRAPPER) === -1
  ) {
    return "none";
  }
  return probePickle(head, head.length === size).looksUp ? "certain" : "none";
}

export const joblib = defineFormat({
  id: "joblib",
  title: "joblib file",
  revision: 1,
  specification: [
    {
      title: "joblib persistence",
      url: "https://joblib.readthedocs.io/en/stable/persistence.html",
    },
  ],
  extensions: [".joblib", ".pkl", ".sav"],
  refines: "pickle",
  detect,
  parse: async (source, context) => await (await import("./parse.ts")).parseJoblib(source, context),
  rules: JOBLIB_RULES,
});
