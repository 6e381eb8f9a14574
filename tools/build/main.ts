/**
 * Writes the whole of dist/ into the folder named by the argument: the library as plain modules with
 * declarations (tsc), and the program as a code-split bundle (rolldown). The two share no output: tsc leaves
 * src/cli out, rolldown writes cli/ alone. Swapping the folder into place is the bootstrap's work.
 */
import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { bundleProgram } from "./bundle.ts";
import { compileLibrary } from "./compile.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: node tools/build/main.ts <output folder>");

try {
  await Promise.all([compileLibrary(folder), bundleProgram(join(folder, "cli"))]);
  // Modules there would overwrite chunks of the same name, or be overwritten.
  const stray = readdirSync(join(folder, "cli")).filter((name) => name.endsWith(".d.ts"));
  if (stray.length > 0) {
    throw new Error(`the library imports the program: ${stray.join(", ")}`);
  }
  chmodSync(join(folder, "cli", "main.js"), 0o755);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
