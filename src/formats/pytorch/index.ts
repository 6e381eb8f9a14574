/**
 * What `torch.save` writes since 1.6: a zip file with `<name>/data.pkl` and a member for each storage.
 * Code and TorchScript are not expected here; where they are, `torchscript` reads the file instead.
 */

import { archiveRules } from "../archive-rules.ts";
import { defineFormat } from "../format.ts";
import { composedStorageSize, composeTorchZip, parseTorchZip, peekTorchZip } from "../torch-zip.ts";

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
  parse: parseTorchZip,
  compose: composeTorchZip,
  rules: [...archiveRules, composedStorageSize],
});
