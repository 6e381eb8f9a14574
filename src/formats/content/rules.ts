/** Rules over content that is named and not understood. */

import type { Rule } from "../../kernel/rule.ts";
import type { ContentModel } from "./content-model.ts";

const executable: Rule<ContentModel> = {
  id: "content/executable",
  severity: "high",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-506", "CWE-829", "AML.T0010.003", "modelaudit:S501", "modelaudit:S502"],
  title: "A program or native library is hidden in a model",
  help: `A model is numbers and a description of a network. A program, a native library, bytecode or a shortcut
inside one, behind one or in an archive with one is code that a loader may map into its process, that an installer may
copy, or that somebody may start by hand.

Some packages carry native code by design, such as compiled models and TorchServe archives with custom operators:
build them yourself, or run what they hold only where it can do no harm. A program that was given to the scan as a
file of its own is only named.`,
  *evaluate({ kind, title, category, role }) {
    if (category !== "executable") {
      return;
    }
    const message = `contains ${title}`;
    yield role === "top"
      ? { message: `is ${title}`, key: kind, implies: "none", severity: "info" }
      : { message, key: kind };
  },
};

const script: Rule<ContentModel> = {
  id: "content/script",
  severity: "info",
  confidence: "medium",
  trigger: "load",
  implies: "none",
  references: ["CWE-829", "AML.T0011.001"],
  title: "Source code that is not examined",
  help: `The file is source code: a script, or a module that a loader may import (with \`trust_remote_code\`, a
handler or a custom layer). Nobody has followed what it does, so it stays unknown. Read it before you run it.`,
  *evaluate({ kind, title, category }) {
    if (category === "script") {
      yield { message: `is ${title}, which nobody has examined`, key: kind };
    }
  },
};

export const contentRules: readonly Rule<ContentModel>[] = [executable, script];
