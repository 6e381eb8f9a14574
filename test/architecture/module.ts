/** What one source file imports and which globals it touches, read from its syntax tree. */
import { posix } from "node:path";
import { parseAst } from "rolldown/parseAst";

export interface Module {
  readonly file: string;
  /** As written: `../kernel/limits.ts`, `node:fs`, `yaml`. */
  readonly imports: readonly string[];
  /** Dotted accesses that start at a global or at `process`: `process.env`, `console.log`, `fetch`. */
  readonly accesses: ReadonlySet<string>;
  readonly hasDefaultExport: boolean;
}

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

const importTypes = new Set([
  "ImportDeclaration",
  "ExportNamedDeclaration",
  "ExportAllDeclaration",
  "ImportExpression",
  "TSImportType",
]);

export function parseModule(file: string, text: string): Module {
  const imports: string[] = [];
  const accesses = new Set<string>();
  let hasDefaultExport = false;
  walk(parseAst(text, { lang: "ts" }) as unknown as Node, (node) => {
    if (importTypes.has(node.type)) imports.push(...literal(node["source"]));
    hasDefaultExport ||= node.type === "ExportDefaultDeclaration";
    const access = dotted(node);
    if (access !== undefined) accesses.add(access);
  });
  return { file, imports, accesses, hasDefaultExport };
}

/** The file that a relative import names; nothing for packages and builtins. */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return posix.join(posix.dirname(from), specifier);
}

/** `yaml` of `yaml/util`, `@scope/name` of `@scope/name/deep`; nothing for relative paths and builtins. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith(".") || specifier.startsWith("node:")) return undefined;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** A computed `import(name)` has no literal: reported as such, so that it cannot slip past the layers. */
function literal(source: unknown): readonly string[] {
  if (!isNode(source)) return [];
  return [typeof source["value"] === "string" ? source["value"] : "<computed>"];
}

function dotted(node: Node): string | undefined {
  const object = node["object"];
  const property = node["property"];
  if (node.type === "MemberExpression" && isNode(object) && isNode(property)) {
    if (object.type !== "Identifier") return undefined;
    return `${String(object["name"])}.${String(property["name"] ?? property["value"])}`;
  }
  const callee = node["callee"];
  const isCall = node.type === "CallExpression" || node.type === "NewExpression";
  return isCall && isNode(callee) && callee.type === "Identifier"
    ? String(callee["name"])
    : undefined;
}

function walk(node: Node, visit: (node: Node) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, visit);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value;
}
