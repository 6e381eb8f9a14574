/** Configurations that carry templates, and what only looks like one. */

import { describe, expect, it } from "vitest";

import { chat } from "../../../test/builders/template.ts";
import { rulesOf, scanBytes } from "../../../test/scan-bytes.ts";

const bad = chat("{{ cycler.__init__ }}");
const vocabulary = Object.fromEntries(
  Array.from({ length: 20_000 }, (_, at) => [`token${at}`, at]),
);

const yaml = (template: string): string =>
  `base_model: some/model\nchat_template: |\n  ${template}\nlearning_rate: 0.1\n`;

describe("templates in YAML", () => {
  it.each([
    ["a block", yaml(bad)],
    ["a folded block", yaml(bad).replace("|", ">-")],
    ["single quotes", `a: 1\nchat_template: '${bad.replaceAll("'", "''")}'\n`],
    ["double quotes", `a: 1\nchat_template: ${JSON.stringify(bad)}\n`],
    ["a list", `models:\n  - name: a\n    chat_template: |\n      ${bad}\n`],
    ["the end of a long file", `${"# why\n".repeat(40_000)}${yaml(bad)}`],
    ["a file of that name", yaml(bad), "chat_template.yaml"],
  ])("are read from %s", async (_what, text, name = "config.yml") => {
    const report = await scanBytes(Buffer.from(text), name);
    expect(report.format).toBe("template");
    expect(rulesOf(report)).toContain("template/python-internals");
    expect(report.verdict).toBe("malicious");
  });

  it("do not make the rest of a file clean", async () => {
    const report = await scanBytes(Buffer.from(yaml(chat())), "config.yml");
    expect(report.children.map(({ path, verdict }) => [path, verdict])).toEqual([
      ["chat_template", "clean"],
    ]);
    expect(report.verdict).toBe("unknown");
  });

  it.each([
    ["a prompt", `prompt: |\n  ${bad}\nobject: !!python/object/apply:os.getcwd []\n`, "a.yaml"],
    ["a README", `# Title\n\n\`\`\`yaml\nchat_template: |\n  x\n\`\`\`\n`, "README.md"],
    ["annotations", 'class A:\n    chat_template: "str"\n', "a.py"],
    [
      "an Ollama Modelfile",
      'FROM a.gguf\nTEMPLATE """{{ range .Messages }}{{ .Content }}{{ end }}"""\n',
      "Modelfile",
    ],
    ["a template of Go", "{{ if .System }}{{ .System }}{{ end }}{{ .Messages }}", "a.tmpl"],
  ])("are not found in %s, which stays unknown", async (_what, text, name) => {
    const report = await scanBytes(Buffer.from(text), name);
    expect(report.format).not.toBe("template");
    expect(report.verdict).toBe("unknown");
  });
});

describe("templates in the middle of long JSON", () => {
  const text = JSON.stringify({ first: vocabulary, chat_template: bad, last: vocabulary });

  it.each([
    "tokenizer_config.json",
    "processor_config.json",
    "video_preprocessor_config.json",
    "whisper_tokenizer_config.json",
    "chat_template.json",
  ])("are found by the name %s", async (name) => {
    expect((await scanBytes(Buffer.from(text), name)).verdict).toBe("malicious");
  });

  it.each(["tokenizer.json", "vocab.json"])("are not looked for in %s", async (name) => {
    const report = await scanBytes(Buffer.from(text), name);
    expect(report.format).not.toBe("template");
    expect(report.verdict).toBe("unknown");
  });

  it("are found by their key at either end", async () => {
    for (const json of [
      JSON.stringify({ chat_template: bad, last: vocabulary }),
      JSON.stringify({ first: vocabulary, chat_template: bad }),
    ]) {
      expect((await scanBytes(Buffer.from(json), "any.json")).verdict).toBe("malicious");
    }
  });
});
