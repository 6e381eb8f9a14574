/**
 * Text: UTF-8, or UTF-16 with a byte order mark, without controls that text does not have. What kind of text it is
 * follows from its first 64 KiB.
 */

import { isUtf8 } from "node:buffer";
import { utf8 } from "../../bytes/read.ts";
import { certain, likely } from "./content-kind.ts";
import type { ContentKind } from "./content-kind.ts";
import { identifyJson } from "./json.ts";
import { identifyMarkup } from "./markup.ts";
import type { Peek } from "./peek.ts";
import { identifyScript } from "./scripts.ts";

/** What text has no use for; tab, line feed, form feed, carriage return and escape are left. */
const CONTROLS = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f\u007f]/;

export function identifyText(file: Peek): ContentKind | undefined {
  const decoded = decode(file);
  if (decoded === undefined) {
    return undefined;
  }
  const { text, encoding } = decoded;
  const specific =
    identifyMarkup(text) ??
    identifyScript(text) ??
    identifyJson(text, file.isWhole) ??
    modelText(text) ??
    structured(text);
  if (specific !== undefined) {
    return specific;
  }
  return {
    kind: "text",
    title: encoding === "utf-8" ? "plain text" : "plain text (UTF-16)",
    category: "text",
    match: "possible",
  };
}

function decode(file: Peek): { text: string; encoding: "utf-8" | "utf-16" } | undefined {
  const { head, tail } = file;
  if (file.is(0, "\xff\xfe") || file.is(0, "\xfe\xff")) {
    const encoding = file.is(0, "\xff\xfe") ? "utf-16le" : "utf-16be";
    const text = new TextDecoder(encoding).decode(
      head.subarray(0, head.length - (head.length % 2)),
    );
    // Any two bytes are a character; what is written has letters next to one another.
    const isText = !CONTROLS.test(text) && !text.includes("\ufffd") && /[A-Za-z0-9]{3}/.test(text);
    return isText ? { text, encoding: "utf-16" } : undefined;
  }
  const text = utf8Text(withoutCutEnd(head, file.isWhole));
  if (text === undefined || (!file.isWhole && !isTextEnd(tail))) {
    return undefined;
  }
  return { text: text.replace(/^\ufeff/, ""), encoding: "utf-8" };
}

function utf8Text(bytes: Uint8Array): string | undefined {
  if (!isUtf8(bytes)) {
    return undefined;
  }
  const text = utf8(bytes);
  return CONTROLS.test(text) ? undefined : text;
}

/** Without the start of a character whose rest is not there. */
function withoutCutEnd(bytes: Uint8Array, isWhole: boolean): Uint8Array {
  if (isWhole) {
    return bytes;
  }
  let end = bytes.length;
  while (end > 0 && end > bytes.length - 3 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) {
    end -= 1;
  }
  return end > 0 && (bytes[end - 1] ?? 0) >= 0xc0 ? bytes.subarray(0, end - 1) : bytes;
}

function isTextEnd(tail: Uint8Array): boolean {
  let start = 0;
  while (start < 3 && ((tail[start] ?? 0) & 0xc0) === 0x80) {
    start += 1;
  }
  return utf8Text(tail.subarray(start)) !== undefined;
}

/** Models and their parts that are text. */
function modelText(text: string): ContentKind | undefined {
  if (/^tree\r?\nversion=v\d/.test(text)) {
    return certain("lightgbm", "a LightGBM model", "model");
  }
  if (/^7767517\r?\n\d+ \d+\r?\n/.test(text)) {
    return certain("ncnn", "an ncnn network", "model");
  }
  if (/^4\r?\n1\r?\n3\r?\nV 1\r?\n/.test(text)) {
    return certain("torch7", "a Torch7 object in text form", "model");
  }
  return /^(?:booster\[\d+\]:\r?\n)?0:\[[^\]\n]{1,200}\] yes=\d+,no=\d+/.test(text)
    ? certain("xgboost-dump", "a text dump of an XGBoost model", "model")
    : undefined;
}

function structured(text: string): ContentKind | undefined {
  if (text.startsWith("-----BEGIN ")) {
    return certain("pem", "keys or certificates (PEM)", "data");
  }
  const lines = text
    .slice(0, 16_384)
    .split(/\r?\n/, 40)
    .filter((line) => line.trim() !== "");
  return table(lines) ?? configuration(lines);
}

/** Rows with the same number, at least two, of cells. */
function table(lines: readonly string[]): ContentKind | undefined {
  const rows = lines.slice(0, -1);
  for (const [delimiter, kind, title] of [
    ["\t", "tsv", "a table (tab-separated values)"],
    [",", "csv", "a table (comma-separated values)"],
    [";", "csv", "a table (semicolon-separated values)"],
  ] as const) {
    const cells = rows[0] === undefined ? 0 : count(rows[0], delimiter);
    if (rows.length >= 2 && cells > 0 && rows.every((row) => count(row, delimiter) === cells)) {
      return likely(kind, title, "data");
    }
  }
  return undefined;
}

/** Cells of a row less one; what is quoted does not divide. */
function count(row: string, delimiter: string): number {
  return row.replaceAll(/"[^"]*"/g, "").split(delimiter).length - 1;
}

function configuration(lines: readonly string[]): ContentKind | undefined {
  const bare = lines.filter((line) => !/^\s*#/.test(line));
  if (
    bare.length >= 2 &&
    bare.filter((line) => /^\[{1,2}[\w.\- "]+\]{1,2}$/.test(line)).length > 0
  ) {
    const settings = bare.filter((line) => /^\s*[\w.\-"]+\s*=/.test(line) || line.startsWith("["));
    if (settings.length * 3 >= bare.length * 2) {
      return likely("ini", "a configuration (INI or TOML)", "text");
    }
  }
  const entries = bare.filter(
    (line) => /^\s*(?:- )?[\w.\-/"']+:(?: |$)/.test(line) || /^\s*- /.test(line),
  );
  const isYaml =
    /^(?:---|%YAML)/.test(lines[0] ?? "") || (bare.length >= 3 && entries.length === bare.length);
  return isYaml && entries.length > 0 ? likely("yaml", "YAML", "text") : undefined;
}
