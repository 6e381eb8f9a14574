#!/usr/bin/env node
/**
 * The executable. It looks at the Node it runs on before anything newer is parsed, so this file keeps to syntax
 * that Node 12 understands and imports nothing statically. The lines allowed are those of package.json's
 * `engines`; a test holds the two together.
 *
 * Node's compile cache is not switched on: it saves about 4 of 36 ms, and its default folder lies in the shared
 * temporary directory, where another user could leave bytecode for us to run. Who wants it sets
 * NODE_COMPILE_CACHE to a folder of their own.
 */
const version = process.versions.node;
const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
const suits =
  major >= 26 ||
  (major === 24 && minor >= 15) ||
  (major === 22 && (minor > 22 || (minor === 22 && patch >= 2)));

function end(exitCode: number): void {
  process.exitCode = exitCode;
}

function fail(error: unknown): void {
  const text = error instanceof Error && error.stack ? error.stack : String(error);
  process.stderr.write("weighbridge: internal error: " + text + "\n");
  process.exitCode = 2;
}

if (suits) {
  import("./program.ts")
    .then((program) => program.run(process.argv.slice(2)).then(end))
    .catch(fail);
} else {
  process.stderr.write(
    "weighbridge needs Node.js 22.22.2 or later of 22, 24.15 or later of 24, or 26 and later; this is " +
      version +
      ".\n",
  );
  process.exitCode = 2;
}
