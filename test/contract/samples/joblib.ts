/** Pickles with arrays inside, as joblib writes them. */

import { global, pickle, tuple, written } from "../../builders/pickle.ts";
import type { PickleBuilder, Writer } from "../../builders/pickle.ts";
import type { Sample } from "../sample.ts";

/** `numpy.dtype("f8", False, True)` with its state. */
function float64(): Writer {
  return written((builder) =>
    builder
      .global("numpy", "dtype")
      .reduce("f8", false, true)
      .build(tuple(3, "<", null, null, null, -1, -1, 0)),
  );
}

/** An array wrapper and, behind its BUILD, the array. */
function array(builder: PickleBuilder, data: Uint8Array): PickleBuilder {
  const state = new Map<string, unknown>([
    ["subclass", global("numpy", "ndarray")],
    ["shape", tuple(data.length / 8)],
    ["order", "C"],
    ["dtype", float64()],
    ["allow_mmap", true],
    ["numpy_array_alignment_bytes", null],
  ]);
  return builder
    .global("joblib.numpy_pickle", "NumpyArrayWrapper")
    .op("EMPTY_TUPLE")
    .op("NEWOBJ")
    .build(state as never)
    .raw(data);
}

function file(data: Uint8Array): Buffer {
  const builder = pickle().proto(3).op("EMPTY_LIST");
  return array(builder, data).op("APPEND").done();
}

/** Opcodes that run when `pickle.load` takes the numbers for opcodes, padded to whole numbers. */
const payload = Buffer.concat([
  pickle().call("os", "system", "touch wb_canary").op("STOP").bytes(),
  Buffer.alloc(8),
]);

export const joblibSamples: readonly Sample[] = [
  {
    name: "array.joblib",
    format: "joblib",
    bytes: file(Buffer.alloc(80, 0x40)),
    verdict: "clean",
  },
  {
    name: "hidden.joblib",
    format: "joblib",
    bytes: file(payload.subarray(0, payload.length - (payload.length % 8))),
    verdict: "malicious",
    fires: ["joblib/hidden-in-array"],
  },
];
