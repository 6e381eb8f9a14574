/**
 * The program: one chunk a command, so that `--help` does not pay for loading the formats, and one chunk for
 * whatever every scan needs, since each file costs a part of a millisecond to find and to link. Neither minified nor
 * renamed, because a security tool should be readable where it is installed. Every chunk lies directly in the
 * output folder: a URL such as `../../assets/x` then means the same from src/cli, dist/cli and any folder beside.
 */
import { existsSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import type { Plugin } from "rolldown";

const root = fileURLToPath(new URL("../..", import.meta.url));
const entries = ["main", "worker", "hash-worker"];
/** With all that they import. */
const NEEDED_BY_ALL =
  /[\\/]src[\\/](?:cli[\\/](?:program|help|arguments|suggest|commands[\\/]scan)|scan[\\/]version)\.ts$/;
const NEEDED_BY_SCANS =
  /[\\/]src[\\/](?:cli[\\/]scan[\\/]run-scan|scan[\\/]scanner|reporters[\\/]terminal[\\/]terminal-report)\.ts$/;

/** They take 4 to 5 ms to load, and many scans call nothing of them. */
const CALLED_LATER = new Set(["node:crypto", "node:zlib"]);
/** What is called, and not constructed or read. */
const FUNCTION = /^[a-z]\w*$/;

/**
 * An import of a built-in module reads all of its exports, also those that load further modules when they are
 * read: `node:fs` brings promises, line editing and a history. Asked for by itself, it gives what is named; and
 * functions of modules that are slow to load ask for them when they are called.
 */
const builtinsOnDemand: Plugin = {
  name: "builtins-on-demand",
  renderChunk(code) {
    return code.replaceAll(
      /^import \{ ([^}]*) \} from "(node:[\w/]+)";$/gm,
      (_, names: string, module: string) => importOnDemand(names.split(", "), module),
    );
  },
};

function importOnDemand(names: readonly string[], module: string): string {
  const found = `process.getBuiltinModule("${module}")`;
  const late = CALLED_LATER.has(module)
    ? names.filter((name) => FUNCTION.test(name) && name !== "constants")
    : [];
  const now = names.filter((name) => !late.includes(name));
  return [
    ...(now.length === 0
      ? []
      : [`const { ${now.join(", ").replaceAll(" as ", ": ")} } = ${found};`]),
    ...late.map((name) => `const ${name} = (...args) => ${found}.${name}(...args);`),
  ].join("\n");
}

/** Writes `<folder>/main.js`, `<folder>/worker.js`, `<folder>/hash-worker.js` and their chunks. Packages stay imports. */
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
    checks: { ineffectiveDynamicImport: false },
    plugins: [builtinsOnDemand],
  });
  try {
    await bundle.write({
      dir: folder,
      format: "esm",
      minify: false,
      entryFileNames: "[name].js",
      chunkFileNames: "[name].js",
      codeSplitting: {
        groups: [
          { name: "core", test: NEEDED_BY_ALL, priority: 2 },
          { name: "engine", test: NEEDED_BY_SCANS, priority: 1 },
        ],
      },
    });
  } finally {
    await bundle.close();
  }
}
