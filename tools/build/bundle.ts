/**
 * The program: one chunk a command, so that `--help` does not pay for loading the formats. Neither minified nor
 * renamed, because a security tool should be readable where it is installed. Every chunk lies directly in the
 * output folder: a URL such as `../../assets/x` then means the same from src/cli, dist/cli and any folder beside.
 */
import { existsSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL("../..", import.meta.url));
const entries = ["main", "worker"];

/** Writes `<folder>/main.js`, `<folder>/worker.js` and their chunks. Packages stay imports. */
export async function bundleProgram(folder: string): Promise<void> {
  const input = Object.fromEntries(
    entries
      .map((name) => [name, join(root, "src", "cli", `${name}.ts`)] as const)
      .filter(([, file]) => existsSync(file)),
  );
  const bundle = await rolldown({
    input,
    cwd: root,
    platform: "node",
    external: (id) => builtinModules.includes(id) || !/^[./]/.test(id),
    tsconfig: join(root, "tsconfig.json"),
    logLevel: "warn",
  });
  try {
    await bundle.write({
      dir: folder,
      format: "esm",
      minify: false,
      entryFileNames: "[name].js",
      chunkFileNames: "[name].js",
    });
  } finally {
    await bundle.close();
  }
}
