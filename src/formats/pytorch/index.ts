/**
 * What `torch.save` writes since 1.6: a zip file with `<name>/data.pkl` and a member for each storage.
 * Code and TorchScript are not expected here; where they are, `torchscript` reads the file instead.
 */

import { archiveRules } from "../archive-rules.ts";
import { defineFormat } from "../format.ts";
import { composedStorageSize } from "../pytorch-rules.ts";
import { peekTorchZip } from "../torch-zip-detect.ts";
import type { TorchZipModel } from "../torch-zip.ts";

export const pytorch = defineFormat({
  id: "pytorch",
  title: "PyTorch",
  revision: 1,
  specification: [
    {
      title: "Serialization semantics, torch.save",
      url: "https://docs.pytorch.org/docs/stable/notes/serialization.html",
    },
  ],
  extensions: [".pt", ".pth", ".bin", ".ckpt"],
  refines: "zip",
  detect(head, tail, { size }) {
    return peekTorchZip(head, tail, size).match;
  },
  parse: async (source, context) =>
    await (await import("../torch-zip.ts")).parseTorchZip(source, context),
  compose: async (model: TorchZipModel, children) =>
    (await import("../torch-zip.ts")).composeTorchZip(model, children),
  rules: [...archiveRules, composedStorageSize],
});
