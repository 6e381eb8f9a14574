/**
 * TorchServe model archives (`.mar`): a zip file with `MAR-INF/MANIFEST.json`, the model and Python that
 * the server runs. The code is listed and `unknown`; models inside are scanned as what they are.
 */

import { archiveRules } from "../archive-rules.ts";
import { defineFormat } from "../format.ts";
import { peekZip } from "../zip-detect.ts";
import { MANIFEST } from "./manifest.ts";
import { TORCHSERVE_RULES } from "./rules.ts";

export const torchserve = defineFormat({
  id: "torchserve",
  title: "TorchServe model archive",
  revision: 1,
  specification: [
    {
      title: "Torch Model Archiver for TorchServe",
      url: "https://github.com/pytorch/serve/blob/master/model-archiver/README.md",
    },
  ],
  extensions: [".mar"],
  refines: "zip",
  detect(head, tail, { size }) {
    const { match, names } = peekZip(head, tail, size);
    return names.includes(MANIFEST) ? match : "none";
  },
  parse: async (source, context) =>
    await (await import("./parse.ts")).parseServeArchive(source, context),
  rules: [...archiveRules, ...TORCHSERVE_RULES],
});
