/**
 * What `torch.save` writes since 1.6: a zip file with `<name>/data.pkl` and a member for each storage.
 * Code and TorchScript are not expected here; where they are, `torchscript` reads the file instead.
 */

import { archiveRules } from "../archive-rules.ts";
import { defineFormat } from "../format.ts";
import type { Rule } from "../../kernel/rule.ts";
import { STORAGE_SIZE } from "../pytorch-rules.ts";
import { composeTorchZip, parseTorchZip } from "../torch-zip.ts";
import type { TorchZipModel } from "../torch-zip.ts";
import { peekZip } from "../zip-detect.ts";

/** Members of which one is enough: the object, or records that nobody else writes. */
const OWN = /^[^/]+\/(?:data\.pkl|\.data\/serialization_id|\.format_version|\.storage_alignment)$/;

/** Found while composing, since it takes the pickle's word. */
const storageSize: Rule<TorchZipModel> = { ...STORAGE_SIZE, evaluate: () => [] };

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
    const { match, names } = peekZip(head, tail, size);
    return names.some((name) => OWN.test(name)) ? match : "none";
  },
  parse: parseTorchZip,
  compose: composeTorchZip,
  rules: [...archiveRules, storageSize],
});
