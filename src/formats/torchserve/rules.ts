/** What is said of TorchServe archives. */

import type { Rule, RuleInfo } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import { nameProblem } from "../archive-names.ts";
import type { ZipModel } from "../zip-archive.ts";
import type { Manifest } from "./manifest.ts";

export interface ServeModel extends ZipModel {
  readonly manifest: Manifest | undefined;
}

const REFERENCES = ["CWE-829", "AML.T0011.000", "LLM03:2025", "ML06"] as const;

const HANDLER: RuleInfo = {
  id: "torchserve/handler",
  severity: "info",
  confidence: "high",
  trigger: "load",
  implies: "unknown",
  references: REFERENCES,
  title: "The archive brings code that the server runs",
  help: `A TorchServe archive names a handler: Python that the server imports and calls, with the server's rights,
as soon as the model is registered. A model file with the class of the model is imported as well.

**What to do.** Read the handler, or write one of your own and take only the weights out of the archive.`,
};

const PATH: RuleInfo = {
  id: "torchserve/path",
  severity: "high",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: [...REFERENCES, "CWE-22", "CVE-2023-48299"],
  title: "The manifest names files outside of the archive",
  help: `The manifest names its files by plain names. Here one of them is an absolute path or climbs out of the
folder that the archive is unpacked in, so that the server reads or runs another file than the one that was
reviewed.

**What to do.** Do not register the archive: the archiver has never written such a name.`,
};

const REQUIREMENTS: RuleInfo = {
  id: "torchserve/requirements",
  severity: "low",
  confidence: "high",
  trigger: "load",
  implies: "unknown",
  references: [...REFERENCES, "CWE-1357"],
  title: "The archive asks the server to install packages",
  help: `Where the server is set to install the requirements of its models, it runs pip with the file that the
archive brings, and installing a package runs its code.

**What to do.** Look at the list. Install what you accept yourself and leave the setting off.`,
};

/** Handlers that come with the server. */
const BUILT_IN =
  /^(?:image_classifier|object_detector|text_classifier|image_segmenter|base_handler)$/;

const handler: Rule<ServeModel> = {
  ...HANDLER,
  *evaluate({ manifest, entries }) {
    const named = ["handler", "modelFile"].flatMap((name) => manifest?.files.get(name) ?? []);
    const own = named.filter((name) => !BUILT_IN.test(name));
    const python = entries.filter(({ name, kind }) => kind === "file" && name.endsWith(".py"));
    const files = new Set([...own, ...python.map(({ name }) => name)]);
    if (files.size > 0) {
      const shown = [...files].slice(0, 3).map((name) => quote(name));
      const others = files.size > 3 ? ` and ${files.size - 3} more` : "";
      yield {
        message: `the server runs ${shown.join(", ")}${others} when it loads the model`,
        key: "handler",
        data: { files: files.size },
      };
    }
  },
};

const path: Rule<ServeModel> = {
  ...PATH,
  *evaluate({ manifest }) {
    for (const [field, name] of manifest?.files ?? []) {
      // A handler may name a function behind a colon.
      const file = field === "handler" ? name.replace(/:\w+$/, "") : name;
      if (nameProblem(file) !== undefined || /^[a-z][a-z0-9+.-]*:\/\//i.test(file)) {
        yield {
          message: `${field} is ${quote(name)}, outside of the archive`,
          key: `${field}:${name}`,
        };
      }
    }
  },
};

const requirements: Rule<ServeModel> = {
  ...REQUIREMENTS,
  *evaluate({ manifest }) {
    const file = manifest?.files.get("requirementsFile");
    if (file !== undefined) {
      yield {
        message: `the server may install the packages of ${quote(file)}`,
        key: "requirements",
      };
    }
  },
};

export const TORCHSERVE_RULES: readonly Rule<ServeModel>[] = [handler, path, requirements];
