/** Chat templates in Jinja, in files of their own, in GGUF and in configurations of tokenizers and processors. */

import { defineFormat } from "../format.ts";
import { detectTemplate } from "./detect.ts";
import { TEMPLATE_RULES } from "./rules.ts";

export const template = defineFormat({
  id: "template",
  title: "Chat template (Jinja)",
  revision: 2,
  specification: [
    {
      title: "Jinja, template designer documentation",
      url: "https://jinja.palletsprojects.com/en/stable/templates/",
    },
    {
      title: "Transformers, chat templates",
      url: "https://huggingface.co/docs/transformers/chat_templating",
    },
  ],
  extensions: [".jinja", ".jinja2", ".j2"],
  detect: detectTemplate,
  parse: async (source, context) => (await import("./parse.ts")).parseTemplateFile(source, context),
  rules: TEMPLATE_RULES,
});
