/** The library: one JavaScript module and one declaration a source file. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const compiler = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
const project = fileURLToPath(new URL("../../tsconfig.build.json", import.meta.url));

/** Rejects where the sources have type errors; the compiler has then said which. */
export async function compileLibrary(folder: string): Promise<void> {
  const args = [compiler, "--project", project, "--outDir", folder];
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error("the compiler found errors");
}
