/** NumPy arrays (`.npy`, versions 1.0 to 3.0). Arrays of objects hold a pickle behind the header. */

import { hasBytes } from "../../bytes/read.ts";
import { NPY_MAGIC } from "../../codecs/npy/magic.ts";
import { defineFormat } from "../format.ts";
import type { Match } from "../format.ts";
import { NUMPY_RULES } from "./rules.ts";

function detect(head: Uint8Array): Match {
  return hasBytes(head, 0, NPY_MAGIC) && (head[6] ?? 0) <= 3 ? "certain" : "none";
}

export const numpy = defineFormat({
  id: "numpy",
  title: "NumPy array",
  revision: 1,
  specification: [
    {
      title: "numpy.lib.format",
      url: "https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html",
    },
  ],
  extensions: [".npy"],
  detect,
  parse: async (source, context) => await (await import("./parse.ts")).parseNpy(source, context),
  rules: NUMPY_RULES,
});
