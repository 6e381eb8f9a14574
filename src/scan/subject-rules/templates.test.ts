import { describe, expect, it } from "vitest";

import { scanTree } from "../../../test/builders/memory-tree.ts";
import type { MemoryFiles } from "../../../test/builders/memory-tree.ts";
import { chatTemplate, ggufPart } from "../../../test/builders/shards.ts";
import { chat, tokenizerConfig } from "../../../test/builders/template.ts";

const other = chat("{{ '' }}");
const bad = chat("{{ joiner.__init__ }}");
const gguf = (text: string): Uint8Array => ggufPart(0, 1, ["a"], { entries: [chatTemplate(text)] });

async function found(files: MemoryFiles) {
  const { subject } = await scanTree(files);
  const findings = subject.findings.filter(({ rule }) => rule === "template/differs-within-model");
  return {
    verdict: subject.verdict,
    messages: findings.map(({ locator, message }) => `${locator}: ${message}`),
    notRun: subject.notRun,
  };
}

describe("templates of one model", () => {
  it.each<[string, MemoryFiles]>([
    [
      "that are the same",
      { "tokenizer_config.json": tokenizerConfig(chat()), "model.gguf": gguf(chat()) },
    ],
    [
      "with another line end behind them",
      { "chat_template.jinja": `${chat()}\n`, "tokenizer_config.json": tokenizerConfig(chat()) },
    ],
    [
      "of other names",
      {
        "chat_template.jinja": chat(),
        "tokenizer_config.json": tokenizerConfig([{ name: "rag", template: other }]),
      },
    ],
    ["in two folders", { "a/chat_template.jinja": chat(), "b/chat_template.jinja": other }],
    ["in two GGUF files", { "a.gguf": gguf(chat()), "b.gguf": gguf(other) }],
    ["of other files", { "chatml.jinja": chat(), "alpaca.jinja": other }],
    ["of which there is one", { "tokenizer_config.json": tokenizerConfig(chat()) }],
  ])("are not compared, or equal, %s", async (_what, files) => {
    expect(await found(files)).toMatchObject({ verdict: "clean", messages: [], notRun: [] });
  });

  it("differ, which is no more than said", async () => {
    const files = {
      "model.gguf": gguf(other),
      "tokenizer_config.json": tokenizerConfig([
        { name: "default", template: chat() },
        { name: "rag", template: other },
      ]),
      "chat_template.jinja": chat("{{ 'x' }}"),
    };
    expect(await found(files)).toMatchObject({
      verdict: "clean",
      messages: [
        'chat_template.jinja: another template is in "tokenizer_config.json", "model.gguf"',
      ],
    });
  });

  it("differ, and one of them is worse", async () => {
    const files = { "tokenizer_config.json": tokenizerConfig(chat()), "model.gguf": gguf(bad) };
    expect(await found(files)).toMatchObject({
      verdict: "malicious",
      messages: [
        'tokenizer_config.json: another template is in "model.gguf"; that of "model.gguf" is judged malicious',
      ],
    });
  });

  it("cannot be compared where one is damaged", async () => {
    const files = { "chat_template.jinja": "{% for %}", "model.gguf": gguf(chat()) };
    expect((await found(files)).notRun).toEqual(["template/differs-within-model"]);
  });
});
