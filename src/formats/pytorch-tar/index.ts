/**
 * PyTorch's oldest layout (0.1 to 0.1.9), which every torch still loads: a tar archive with `sys_info`,
 * `pickle`, `storages` and `tensors`. The first two are pickles and scanned as such; in the others
 * pickles and raw numbers alternate, and they are read here.
 */

import { BLOCK, readTarHeader } from "../../codecs/tar/header.ts";
import type { Rule } from "../../kernel/rule.ts";
import { archiveRules } from "../archive-rules.ts";
import { defineFormat } from "../format.ts";
import { PICKLE_RULES } from "../pickle-rules.ts";
import { LEGACY_HEADER } from "../pytorch-rules.ts";
import { peekTar } from "../tar-detect.ts";
import type { TorchTarModel } from "./parse.ts";

const OWN: ReadonlySet<string> = new Set(["sys_info", "pickle", "storages", "tensors"]);

/** Whether the headers that the head shows are of this layout: two of its members, or a large first one. */
function isTorch(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const own = new Set<string>();
  let files = 0;
  let at = 0;
  while (own.size < 2) {
    const header = readTarHeader(bytes, at);
    if (header?.size === undefined) {
      return files === 1 && own.size === 1 && at > bytes.length;
    }
    if (header.type === "0" || header.type === "7") {
      files += 1;
      if (OWN.has(header.name)) {
        own.add(header.name);
      }
    }
    at += BLOCK + Math.ceil(header.size / BLOCK) * BLOCK;
  }
  return true;
}

/** The rules for pickles, over the pickles of the members that are read here. */
const memberRules: readonly Rule<TorchTarModel>[] = PICKLE_RULES.map((rule) => ({
  ...rule,
  *evaluate({ members }, context) {
    for (const { name, pickle } of members) {
      for (const evidence of rule.evaluate({ pickle }, context)) {
        yield { ...evidence, member: name };
      }
    }
  },
}));

const legacyHeader: Rule<TorchTarModel> = {
  ...LEGACY_HEADER,
  *evaluate({ members }) {
    for (const { name, problems } of members) {
      for (const { message, offset } of problems) {
        yield { message, offset, key: message, member: name };
      }
    }
  },
};

export const pytorchTar = defineFormat({
  id: "pytorch-tar",
  title: "PyTorch, layout of 0.1",
  revision: 1,
  specification: [
    {
      title: "torch.serialization, the legacy tar layout",
      url: "https://github.com/pytorch/pytorch/blob/main/torch/serialization.py",
    },
  ],
  extensions: [".pt", ".pth"],
  refines: "tar",
  detect(head) {
    const { match } = peekTar(head);
    if (match === "none") {
      return "none";
    }
    return isTorch(head) ? match : "none";
  },
  parse: async (source, context) =>
    await (await import("./parse.ts")).parseTorchTar(source, context),
  compose: async (model: TorchTarModel, children) =>
    (await import("./parse.ts")).composeTorchTar(model, children),
  rules: [...archiveRules, ...memberRules, legacyHeader],
});
