/** What is said of TorchScript. */

import type { Rule, RuleInfo } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import { composedStorageSize } from "../pytorch-rules.ts";
import type { TorchScriptModel } from "./parse-script.ts";
import type { CodeRemark } from "./read-code.ts";

const REFERENCES = ["CWE-829", "AML.T0011.000", "LLM03:2025", "ML06"] as const;

const CODE: RuleInfo = {
  id: "torchscript/code",
  severity: "info",
  confidence: "high",
  trigger: "inference",
  implies: "unknown",
  references: REFERENCES,
  title: "The model brings its own code",
  help: `A TorchScript archive holds programs, not only weights. \`torch.jit.load\` compiles them and running the
model runs them; a class with \`__setstate__\` runs while it is loaded. TorchScript cannot import modules, but its
operators can use files and any library that the process has loaded, and it was never meant to be a sandbox.

**What to do.** Take TorchScript from sources that you would take a program from. Otherwise ask for the weights
alone, as safetensors, and for the code of the model as source that you can read.`,
};

const FOREIGN: RuleInfo = {
  id: "torchscript/foreign-code",
  severity: "high",
  confidence: "medium",
  trigger: "load",
  implies: "suspicious",
  references: [...REFERENCES, "CWE-94"],
  title: "The code folder holds what torch never writes",
  help: `\`torch.jit.save\` prints a small language: classes, functions, arithmetic, calls of operators. It has no
imports and no built-in functions of Python. Here is ordinary Python in its place. \`torch.jit.load\` would refuse
it; whatever else reads the archive, or unpacks it onto an import path, may run it.

**What to do.** Do not use the file: it was not made by torch alone.`,
};

const FILES: RuleInfo = {
  id: "torchscript/file-operation",
  severity: "high",
  confidence: "high",
  trigger: "inference",
  implies: "suspicious",
  references: [...REFERENCES, "CWE-73"],
  title: "The model's code reads or writes files",
  help: `The code calls an operator that opens a file by name: \`torch.from_file\` maps one, and creates it where it
is asked to, \`torch.save\` writes one. Models compute with what they are given and have no need for either.

**What to do.** Do not run the model. Look at the line: it tells which file.`,
};

const CUSTOM: RuleInfo = {
  id: "torchscript/custom-operator",
  severity: "low",
  confidence: "medium",
  trigger: "inference",
  implies: "unknown",
  references: REFERENCES,
  title: "The model's code calls operators that do not come with torch",
  help: `The code calls operators of another library. It only runs where that library is loaded, and what the
operators do is written there, in native code.

**What to do.** Find out which library it is and treat it as a part of the model.`,
};

const code: Rule<TorchScriptModel> = {
  ...CODE,
  *evaluate({ code: files }) {
    if (files.length === 0) {
      return;
    }
    const [first] = files;
    const onLoad = files.filter(({ hasSetState }) => hasSetState).map(({ name }) => name);
    const others = files.length === 1 ? "" : ` and ${files.length - 1} more`;
    const early = onLoad.length === 0 ? "" : "; some of it already while it is loaded";
    yield {
      message: `running the model runs the code in ${quote(first?.name ?? "")}${others}${early}`,
      key: "code",
      ...(onLoad.length === 0 ? {} : { trigger: "load" as const }),
      data: { files: files.length, onLoad: onLoad.slice(0, 20) },
    };
  },
};

function remarkRule(
  info: RuleInfo,
  kind: CodeRemark["kind"],
  word: (text: string) => string,
): Rule<TorchScriptModel> {
  return {
    ...info,
    *evaluate({ code: files }) {
      for (const { name, remarks } of files) {
        for (const remark of remarks) {
          if (remark.kind === kind) {
            const { text, line } = remark;
            yield {
              message: `line ${line} ${word(text)}`,
              key: text,
              member: name,
              data: { line },
            };
          }
        }
      }
    },
  };
}

export const TORCHSCRIPT_RULES: readonly Rule<TorchScriptModel>[] = [
  code,
  remarkRule(
    FOREIGN,
    "foreign",
    (text) => `has ${quote(text)}, which is Python and no TorchScript`,
  ),
  remarkRule(FILES, "file-operation", (text) => `calls ${text}, which opens a file by name`),
  remarkRule(CUSTOM, "custom-operator", (text) => `uses ${text}, which does not come with torch`),
  composedStorageSize,
];
