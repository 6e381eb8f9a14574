/**
 * The whole suite, `npm test`: first what reads the sources only (format, lint, types, unused code), side by
 * side; then every test. Arguments go to vitest. The last line counts what vitest counted.
 */
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countTests, describeCounts } from "./counts.ts";
import { runStep } from "./step.ts";

const staticSteps = [
  { name: "format", command: ["oxfmt/bin/oxfmt", "--check"] },
  { name: "lint", command: ["oxlint/bin/oxlint", "--deny-warnings"] },
  { name: "types", command: ["typescript/bin/tsc"] },
  { name: "unused", command: ["knip/bin/knip.js", "--no-progress"] },
];

async function main(userArgs: readonly string[]): Promise<number> {
  const results = await Promise.all(staticSteps.map((step) => runStep(step.name, step.command)));
  const failed = staticSteps.filter((_, index) => results[index] !== 0).map((step) => step.name);
  if (failed.length > 0) {
    console.log(`\nNo test was run: ${failed.join(", ")} failed.`);
    return 1;
  }

  const folder = await mkdtemp(join(tmpdir(), "weighbridge-test-"));
  try {
    const report = join(folder, "vitest.json");
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
    const command = ["vitest/vitest.mjs", "run", ...reporters, ...userArgs];
    const exitCode = await runStep("tests", command, { show: true });
    console.log(describeCounts(await countTests(report, exitCode)));
    return exitCode;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main(process.argv.slice(2));
