/**
 * What `torch.package` writes: the zip layout with Python source, pickles that need it, resources, and the
 * storages under `.data/`. Its importer runs the source, so it is listed and `unknown`.
 */

import { archiveRules } from "../archive-rules.ts";
import { defineFormat } from "../format.ts";
import type { Rule } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import { composedStorageSize } from "../pytorch-rules.ts";
import { peekTorchZip } from "../torch-zip-detect.ts";
import type { TorchZipModel } from "../torch-zip.ts";

const source: Rule<TorchZipModel> = {
  id: "torch-package/source",
  severity: "info",
  confidence: "high",
  trigger: "load",
  implies: "unknown",
  references: ["CWE-829", "CWE-94", "AML.T0011.000", "LLM03:2025", "ML06"],
  title: "The package brings Python source that its importer runs",
  help: `\`torch.package\` puts a model and the source of its classes into one file. \`PackageImporter\` runs that
source in the process that loads the model, with all rights of it.

**What to do.** Read the source, or take the package only from people whose programs you would run.`,
  *evaluate({ entries }) {
    const files = entries.filter(({ name, kind }) => kind === "file" && name.endsWith(".py"));
    const [first] = files;
    if (first !== undefined) {
      const others = files.length === 1 ? "" : ` and ${files.length - 1} more`;
      yield {
        message: `importing the package runs ${quote(first.name)}${others}`,
        key: "source",
        data: { files: files.length },
      };
    }
  },
};

export const torchPackage = defineFormat({
  id: "torch-package",
  title: "torch.package",
  revision: 1,
  specification: [
    { title: "torch.package", url: "https://docs.pytorch.org/docs/stable/package.html" },
  ],
  extensions: [".pt"],
  refines: "pytorch",
  detect(head, tail, { size }) {
    const { match, isPackage } = peekTorchZip(head, tail, size);
    return isPackage ? match : "none";
  },
  parse: async (source, context) =>
    await (await import("../torch-zip.ts")).parseTorchZip(source, context),
  compose: async (model: TorchZipModel, children) =>
    (await import("../torch-zip.ts")).composeTorchZip(model, children),
  rules: [...archiveRules, source, composedStorageSize],
});
