/** Chat templates as models ship them, and small ones with something inside. */

/** A conversation around what a test puts into it. */
export function chat(inside = ""): string {
  return `{% for message in messages %}{{ bos_token + message['role'] }}${inside}{{ message['content'] }}{% endfor %}`;
}

/** A tokenizer's configuration with templates: one, or several by name. */
export function tokenizerConfig(
  chatTemplate: string | readonly { readonly name: string; readonly template: string }[],
  more: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({
    tokenizer_class: "LlamaTokenizer",
    chat_template: chatTemplate,
    ...more,
  });
}
