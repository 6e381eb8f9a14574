/**
 * Python pickles of every protocol: `pickle.dump`, and what joblib, dill and cloudpickle write on top
 * where no format of their own applies.
 */

import { lazy } from "../../kernel/lazy.ts";
import { probePickle } from "../../machines/pickle/probe.ts";
import { defineFormat } from "../format.ts";
import type { DetectionHint, Match } from "../format.ts";
import { PICKLE_RULES } from "../pickle-rules.ts";
import { parsePlain } from "./plain.ts";

const machine = lazy(() => import("./parse.ts"));

/** Opcodes that must fit before bytes without a protocol are believed to be a pickle. */
const ENOUGH = 3;
/** Opcodes behind a protocol that leave no doubt. */
const CONVINCING = 8;

function detect(head: Uint8Array, _tail: Uint8Array, { size }: DetectionHint): Match {
  if (head[0] === 0x80) {
    const { opcodes, stop, open } = probePickle(head, head.length === size, CONVINCING + 1);
    if (opcodes >= ENOUGH || stop !== undefined || open) {
      return opcodes > CONVINCING || stop !== undefined ? "certain" : "likely";
    }
    return "none";
  }
  const probe = probePickle(head, head.length === size);
  if (probe.calls || probe.namesModule) {
    return "likely";
  }
  if (probe.stop !== undefined) {
    return probe.stop === size || probe.opcodes > ENOUGH ? "likely" : "none";
  }
  // A long literal or list that the head does not hold whole.
  return probe.open && probe.opcodes > 64 ? "likely" : "none";
}

export const pickle = defineFormat({
  id: "pickle",
  title: "Python pickle",
  revision: 1,
  specification: [
    {
      title: "pickletools, the opcodes",
      url: "https://docs.python.org/3/library/pickletools.html",
    },
    { title: "PEP 3154, protocol 4", url: "https://peps.python.org/pep-3154/" },
    { title: "PEP 574, protocol 5", url: "https://peps.python.org/pep-0574/" },
  ],
  extensions: [".pkl", ".pickle", ".p", ".dat", ".joblib", ".dill"],
  detect,
  async parse(source, context) {
    const plain = parsePlain(source, context);
    return plain.parsed ?? (await machine()).parsePickle(source, context, plain.walked);
  },
  rules: PICKLE_RULES,
});
