/** npy files of numbers and of objects. */

import { pickle } from "../../builders/pickle.ts";
import type { Sample } from "../sample.ts";

function npy(header: string, data: Uint8Array, version = 1): Buffer {
  const text = Buffer.from(header, "latin1");
  const padded = Buffer.alloc(Math.ceil((text.length + 11) / 64) * 64 - 10, 0x20);
  text.copy(padded);
  padded[padded.length - 1] = 0x0a;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(padded.length);
  return Buffer.concat([
    Buffer.from("\u0093NUMPY", "latin1"),
    Buffer.from([version, 0]),
    length,
    padded,
    data,
  ]);
}

const numbers = npy(
  "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 3), }",
  Buffer.alloc(48, 7),
);
const objects = pickle().proto(2).call("os", "system", "touch wb_canary").done();

export const numpySamples: readonly Sample[] = [
  {
    name: "numbers.npy",
    format: "numpy",
    bytes: numbers,
    verdict: "clean",
    boundaries: [numbers.length],
  },
  {
    name: "objects.npy",
    format: "numpy",
    bytes: npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", objects),
    verdict: "malicious",
    fires: ["numpy/object-array", "pickle/dangerous-call"],
  },
  {
    name: "odd.npy",
    format: "numpy",
    bytes: npy(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'extra': 1, }",
      Buffer.alloc(4),
    ),
    verdict: "suspicious",
    fires: ["numpy/odd-header"],
  },
];
