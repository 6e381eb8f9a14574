/** Reads a template, or opens those that a JSON configuration carries. */

import { isUtf8 } from "node:buffer";
import { sha256 } from "../../bytes/hash.ts";
import { Ledger } from "../../bytes/ledger.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { readRange, utf8 } from "../../bytes/read.ts";
import { findScalarValues, looksLikeYaml } from "../../codecs/yaml/scalar-values.ts";
import { parseTemplate } from "../../codecs/jinja/parse-template.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { analyzeTemplate } from "../../machines/template/analyze-template.ts";
import type { TemplateAnalysis } from "../../machines/template/analyze-template.ts";
import type { Child, ParseContext, Parsed, ParseIssue } from "../format.ts";
import { findJsonTemplates } from "./json-templates.ts";
import type { JsonTemplate } from "./json-templates.ts";
import { TEMPLATE_KEY, TEMPLATE_KEY_LINE, TEMPLATE_NAME } from "./names.ts";
import type { TemplateModel } from "./template-model.ts";

/** The longest templates; real ones have 20,000 characters. */
const LONGEST = 2 * 1024 * 1024;
/** The longest JSON; vocabularies have some 30 MB. */
const LONGEST_JSON = 64 * 1024 * 1024;
/** What a byte of a template takes in memory as tokens, nodes and values, at most about. */
const BYTES_PER_BYTE = 100;
const MOST_TEMPLATES = 64;
/** Names of one kind that the report lists. */
const MOST_NAMES = 100;

export function parseTemplateFile(
  source: RandomSource,
  context: ParseContext,
): Parsed<TemplateModel> {
  const ledger = new Ledger(source.size);
  const { governor } = context;
  const isJson = /^\ufeff?\s*(?:\{\s*"|\[\s*[[{"])/.test(utf8(readRange(source, 0, 4096)));
  const limit = isJson ? LONGEST_JSON : LONGEST;
  const memory = source.size * (isJson ? 4 : BYTES_PER_BYTE);
  if (source.size > limit || !governor.take("memory", memory)) {
    const message = `a template of ${source.size} bytes is not read`;
    return empty(ledger, { kind: "limit", message });
  }
  const bytes = readRange(source, 0, source.size);
  ledger.read(bytes.length);
  try {
    if (!isUtf8(bytes)) {
      return empty(ledger, { kind: "damaged", message: "it is not UTF-8" });
    }
    const text = utf8(bytes);
    if (isJson) {
      return parseJson(text, ledger);
    }
    return isYaml(text, context.name) ? parseYaml(text, ledger) : parseJinja(text, context, ledger);
  } finally {
    governor.release("memory", memory);
  }
}

function empty(ledger: Ledger, issue: ParseIssue): Parsed<TemplateModel> {
  return { model: { capabilities: [] }, issues: [issue], ledger, children: [] };
}

function parseJinja(text: string, { name }: ParseContext, ledger: Ledger): Parsed<TemplateModel> {
  const { body, problem } = parseTemplate(text);
  if (problem !== undefined) {
    const kind = problem.isLimit ? "limit" : "damaged";
    const message = `the template does not parse: ${problem.message}`;
    return empty(ledger, { kind, message, offset: byteOffset(text, problem.at) });
  }
  const analysis = analyzeTemplate(body, text);
  ledger.understood(0, ledger.size);
  return {
    model: {
      capabilities: analysis.capabilities.map((capability) => ({
        ...capability,
        offset: byteOffset(text, capability.at),
      })),
    },
    issues: analysis.isPartial
      ? [{ kind: "limit", message: "the template is too tangled to be followed to its end" }]
      : [],
    ledger,
    children: [],
    facts: { template: factsOf(analysis, name, text) },
  };
}

function factsOf(
  { variables, filters, tests, statements, capabilities }: TemplateAnalysis,
  name: string,
  text: string,
) {
  return {
    name,
    length: text.length,
    // Editors end files with a line end, and values of JSON have none.
    digest: sha256(text.replace(/[\r\n]{1,16}$/, "")),
    variables: variables.slice(0, MOST_NAMES),
    filters: filters.slice(0, MOST_NAMES),
    tests: tests.slice(0, MOST_NAMES),
    statements,
    capabilities: [...new Set(capabilities.map(({ kind }) => kind))].toSorted(),
  };
}

function parseJson(text: string, ledger: Ledger): Parsed<TemplateModel> {
  const { templates, failedAt, namesCode } = findJsonTemplates(text);
  const issues: ParseIssue[] = [];
  if (failedAt !== undefined) {
    const message = "the JSON breaks off or is none";
    issues.push({ kind: "damaged", message, offset: byteOffset(text, failedAt) });
  } else if (!namesCode) {
    // Code that it names is somewhere else, and nobody has followed it.
    ledger.understood(0, ledger.size);
  }
  return { model: { capabilities: [] }, issues, ledger, ...nested(templates, issues) };
}

function isYaml(text: string, name: string): boolean {
  return !TEMPLATE_NAME.test(name) && TEMPLATE_KEY_LINE.test(text) && looksLikeYaml(text);
}

/** Its templates are read; the rest of it is YAML, and nobody has understood it. */
function parseYaml(text: string, ledger: Ledger): Parsed<TemplateModel> {
  const templates = findScalarValues(text, TEMPLATE_KEY).map((template) => ({
    name: "chat_template",
    text: template,
  }));
  const issues: ParseIssue[] = [];
  return { model: { capabilities: [] }, issues, ledger, ...nested(templates, issues) };
}

/** Templates as artifacts of their own; what is too many goes to `issues`. */
function nested(
  templates: readonly JsonTemplate[],
  issues: ParseIssue[],
): Pick<Parsed<TemplateModel>, "children" | "facts"> {
  if (templates.length > MOST_TEMPLATES) {
    issues.push({ kind: "limit", message: `only ${MOST_TEMPLATES} of its templates are read` });
  }
  const names = new Set<string>();
  const children = templates.slice(0, MOST_TEMPLATES).map((template, index): Child => {
    const name = names.has(template.name) ? `${template.name}.${index}` : template.name;
    names.add(name);
    const bytes = Buffer.from(template.text);
    return {
      role: "template",
      name,
      size: bytes.length,
      open: () => Promise.resolve({ source: new MemorySource(bytes, name) }),
    };
  });
  const facts = children.length > 0 ? { templates: { count: children.length } } : {};
  return { children, facts };
}

function byteOffset(text: string, at: number): number {
  return Buffer.byteLength(text.slice(0, at));
}
