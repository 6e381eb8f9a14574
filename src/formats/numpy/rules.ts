/** Rules of npy files beyond those of the pickles in them. */

import { NUMPY_HEADER_LIMIT } from "../../codecs/npy/magic.ts";
import type { Rule } from "../../kernel/rule.ts";
import { PICKLE_RULES } from "../pickle-rules.ts";
import type { NumpyModel } from "./parse.ts";

const objectArray: Rule<NumpyModel> = {
  id: "numpy/object-array",
  severity: "info",
  confidence: "high",
  trigger: "load",
  implies: "none",
  references: ["CWE-502", "CVE-2019-6446"],
  title: "The array holds Python objects",
  help: `Arrays with an object dtype are stored as a pickle, and loading them needs
\`allow_pickle=True\`, which runs that pickle. The pickle is judged like any other.

**What to do.** Prefer arrays of numbers; then \`numpy.load\` needs no pickle at all.`,
  *evaluate({ header }) {
    if (header?.dtype.hasObject === true) {
      yield { message: "loading this array needs allow_pickle=True", key: "object-array" };
    }
  },
};

const header: Rule<NumpyModel> = {
  id: "numpy/odd-header",
  severity: "medium",
  confidence: "medium",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-20", "CWE-400"],
  title: "The header of the array is not one that NumPy writes",
  help: `NumPy writes a header of about a hundred bytes with three keys. A header past NumPy's own limit
of ${NUMPY_HEADER_LIMIT} characters, or with further keys, is refused by newer versions and parsed by
older ones and by other readers.

**What to do.** Find out what wrote the file.`,
  *evaluate(model) {
    const { header: found } = model;
    if (found === undefined) {
      return;
    }
    // Structured dtypes with many fields are long and legitimate; they name their fields.
    if (found.extraKeys.length > 0) {
      yield { message: `the header has further keys: ${found.extraKeys.length}`, key: "keys" };
    }
    if (found.headerLength > NUMPY_HEADER_LIMIT && found.dtype.itemSize < found.headerLength / 64) {
      yield { message: `the header has ${found.headerLength} bytes`, key: "length" };
    }
  },
};

export const NUMPY_RULES: readonly Rule<NumpyModel>[] = [objectArray, header, ...PICKLE_RULES];
