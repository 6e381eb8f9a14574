/**
 * Keys whose values are chat templates: the default one, and named ones. Loaders render them with Jinja when a
 * conversation begins. https://github.com/ggml-org/llama.cpp/blob/master/gguf-py/gguf/constants.py
 */

const TEMPLATE = "tokenizer.chat_template";

export function isTemplateKey(key: string): boolean {
  return key === TEMPLATE || key.startsWith(`${TEMPLATE}.`);
}

/** `default`, or the name behind the dot. */
export function templateName(key: string): string {
  return key === TEMPLATE ? "default" : key.slice(TEMPLATE.length + 1);
}
