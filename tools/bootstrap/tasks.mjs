// What the npm scripts start. `needsBuild`: dist/ has to be fresh. `where`: the folder the task stands in;
// `user` for tasks whose arguments are paths that the user typed.

/**
 * @typedef {object} Task
 * @property {string} script a file of ours or of an installed package, run by Node
 * @property {string[]} [args] before the user's own
 * @property {boolean} [needsBuild]
 * @property {"root" | "user"} where
 * @property {Record<string, string>} [env]
 */

const packages = "node_modules";

/** @type {Record<string, Task>} */
export const tasks = {
  weighbridge: { script: "dist/cli/main.js", needsBuild: true, where: "user" },
  scan: { script: "dist/cli/main.js", args: ["scan"], needsBuild: true, where: "user" },
  test: { script: "tools/test/main.ts", needsBuild: true, where: "root" },
  "test:unit": {
    script: `${packages}/vitest/vitest.mjs`,
    args: ["run", "--project", "unit"],
    where: "root",
  },
  lint: { script: `${packages}/oxlint/bin/oxlint`, where: "root" },
  format: { script: `${packages}/oxfmt/bin/oxfmt`, where: "root" },
  typecheck: { script: `${packages}/typescript/bin/tsc`, where: "root" },
  docs: { script: "tools/docs/main.ts", where: "root" },
  bench: { script: "bench/main.ts", needsBuild: true, where: "user" },
  corpus: { script: "test/corpus/main.ts", needsBuild: true, where: "user" },
  fuzz: { script: "test/fuzz/main.ts", where: "user" },
  interop: { script: "test/interop/main.ts", where: "root" },
};
