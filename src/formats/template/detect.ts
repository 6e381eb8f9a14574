/**
 * Whether bytes are a chat template, or a configuration in JSON or YAML that carries one. Templates are text, and much text has
 * braces: without a name that says so, only what parses, is mostly template and speaks of messages is claimed.
 */

import { isUtf8 } from "node:buffer";
import { utf8 } from "../../bytes/read.ts";
import { lazy } from "../../kernel/lazy.ts";
import type { Match } from "../format.ts";
import { CONFIG_NAME, TEMPLATE_KEY_LINE, TEMPLATE_NAME } from "./names.ts";

const yaml = lazy(() => import("../../codecs/yaml/scalar-values.ts"));
const parser = lazy(() => import("../../codecs/jinja/parse-template.ts"));

const CONTROLS = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/;
/** What templates of chats are handed. */
const CHAT = /\b(?:messages?|add_generation_prompt|bos_token|eos_token)\b/;
/** Share of a text that tags and markers make up in real templates, at least. */
const TAG_SHARE = 0.2;

export function detectTemplate(
  head: Uint8Array,
  tail: Uint8Array,
  { name, size }: { readonly name: string; readonly size: number },
): Match | Promise<Match> {
  if (size === 0 || head.length === 0) {
    return "none";
  }
  if (TEMPLATE_NAME.test(name)) {
    return textOf(head, size) === undefined ? "none" : "likely";
  }
  const first = firstByte(head);
  const isJson = first === 0x7b || first === 0x5b;
  const isConfig = size > head.length && CONFIG_NAME.test(name);
  if (isJson && (isConfig || mentionsTemplate(head) || mentionsTemplate(tail))) {
    return looksLikeJson(head, size) ? "likely" : "none";
  }
  if (hasTemplateLine(head) || hasTemplateLine(tail)) {
    return inYaml(head, size);
  }
  return head.includes(0x7b) ? inText(head, size) : "none";
}

/** A configuration with templates, or text that has a line in common with one. */
async function inYaml(head: Uint8Array, size: number): Promise<Match> {
  const { looksLikeYaml } = await yaml();
  const text = textOf(head, size);
  return text !== undefined && looksLikeYaml(text) ? "likely" : inText(head, size);
}

async function inText(head: Uint8Array, size: number): Promise<Match> {
  const text = templateText(head, size);
  // What templates of prompts in YAML say is one thing, and what the YAML around them does another.
  if (text === undefined || (await yaml()).looksLikeYaml(text)) {
    return "none";
  }
  if (head.length < size) {
    return "likely";
  }
  const { parseTemplate } = await parser();
  return parseTemplate(text).problem === undefined ? "likely" : "none";
}

function firstByte(head: Uint8Array): number {
  let at = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0;
  while (at < head.length && [0x20, 0x09, 0x0a, 0x0d].includes(head[at] ?? 0)) {
    at += 1;
  }
  return head[at] ?? 0;
}

/** Text as far as it is there. A character that the end of the head cuts off does not count. */
function textOf(head: Uint8Array, size: number): string | undefined {
  let end = head.length;
  if (end < size) {
    while (end > 0 && end > head.length - 4 && ((head[end - 1] ?? 0) & 0xc0) === 0x80) {
      end -= 1;
    }
    end -= (head[end - 1] ?? 0) >= 0xc0 ? 1 : 0;
  }
  const bytes = head.subarray(0, end);
  if (!isUtf8(bytes)) {
    return undefined;
  }
  const text = utf8(bytes);
  return CONTROLS.test(text) ? undefined : text;
}

/** Whether the key stands there, plainly or with escapes. */
function mentionsTemplate(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.includes("chat_template")) {
    return true;
  }
  return (
    buffer.includes(String.raw`\u00`) &&
    buffer
      .toString("latin1")
      .replaceAll(/\\u00([2-7][\da-fA-F])/g, (_escape, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
      .includes("chat_template")
  );
}

/** Whether there is a line as YAML has it. */
function hasTemplateLine(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.includes("chat_template") && TEMPLATE_KEY_LINE.test(buffer.toString("latin1"));
}

/** `{"`, `[{`, `["` …; a template begins with `{{` or `{%`. */
function looksLikeJson(head: Uint8Array, size: number): boolean {
  return /^\ufeff?\s*(?:\{\s*"|\[\s*[[{"])/.test(textOf(head, size) ?? "");
}

/** The text, where tags that speak of messages make up enough of it. */
function templateText(head: Uint8Array, size: number): string | undefined {
  const buffer = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (!buffer.includes("{%") && !buffer.includes("{{")) {
    return undefined;
  }
  const text = textOf(head, size);
  if (text === undefined || /^\s*(?:<!doctype|<html|<\?|#!|#|import |from |def |---)/i.test(text)) {
    return undefined;
  }
  const tags = text.match(/\{%[^{}]{1,500}%\}|\{\{[^{}]{1,500}\}\}/g) ?? [];
  const length = tags.reduce((sum, tag) => sum + tag.length, 0);
  const chat = tags.filter((tag) => CHAT.test(tag));
  const isEnough = tags.length >= 2 && chat.length >= 1 && length >= TAG_SHARE * text.length;
  return isEnough ? text : undefined;
}
