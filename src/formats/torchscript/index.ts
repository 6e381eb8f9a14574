/**
 * TorchScript: the zip layout with code under `code/`, constants, and for mobile devices byte code. The
 * code is listed and not judged beyond what torch never prints: whoever runs the model runs it.
 */

import { archiveRules } from "../archive-rules.ts";
import { defineFormat } from "../format.ts";
import { composeTorchZip, peekTorchZip } from "../torch-zip.ts";
import { parseScript } from "./parse-script.ts";
import { TORCHSCRIPT_RULES } from "./rules.ts";

export const torchscript = defineFormat({
  id: "torchscript",
  title: "TorchScript",
  revision: 1,
  specification: [
    {
      title: "TorchScript serialization",
      url: "https://github.com/pytorch/pytorch/blob/main/torch/csrc/jit/docs/serialization.md",
    },
  ],
  extensions: [".pt", ".ptl", ".torchscript"],
  refines: "pytorch",
  detect(head, tail, { size }) {
    const { match, isScript, isPackage } = peekTorchZip(head, tail, size);
    return isScript && !isPackage ? match : "none";
  },
  parse: parseScript,
  compose: composeTorchZip,
  rules: [...archiveRules, ...TORCHSCRIPT_RULES],
});
