/**
 * Writes docs/rules/ anew. Pages of rules that are gone go, too.
 *
 * usage: npm run docs
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rulePages } from "./rule-pages.ts";

const folder = fileURLToPath(new URL("../../docs/rules", import.meta.url));
const pages = rulePages();

mkdirSync(folder, { recursive: true });
const before = new Map(
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [path, readFileSync(path, "utf8")]),
);
const wanted = new Map([...pages].map(([path, text]) => [join(folder, path), text]));
const changed = [...wanted].filter(([path, text]) => before.get(path) !== text);
const gone = [...before.keys()].filter((path) => !wanted.has(path));
for (const [path, text] of changed) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
for (const path of gone) {
  rmSync(path);
}
console.log(`docs/rules: ${pages.size} pages, ${changed.length} written, ${gone.length} removed`);
