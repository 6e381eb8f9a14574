/**
 * TorchScript: the zip layout with code under `code/`, constants, and for mobile devices byte code. The
 * code is listed and not judged beyond what torch never prints: whoever runs the model runs it.
 */

import { archiveRules } from "../archive-rules.ts";
import { defineFormat } from "../format.ts";
import { peekTorchZip } from "../torch-zip-detect.ts";
import type { TorchScriptModel } from "./parse-script.ts";
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
  parse: async (source, context) =>
    await (await import("./parse-script.ts")).parseScript(source, context),
  compose: async (model: TorchScriptModel, children) =>
    (await import("../torch-zip.ts")).composeTorchZip(model, children),
  rules: [...archiveRules, ...TORCHSCRIPT_RULES],
});
