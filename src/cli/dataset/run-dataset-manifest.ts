/** `weighbridge dataset manifest`: digests a dataset and writes its manifest. */

import { basename } from "node:path";

import { escapeText } from "../../kernel/text.ts";
import { datasetManifest } from "../../provenance/attestations/dataset-manifest.ts";
import { predicateProblem } from "../../provenance/attestations/predicates.ts";
import { DATASET_TYPE } from "../../provenance/attestations/namespace.ts";
import { AppError } from "../../kernel/errors.ts";
import { EVIDENCE_PATHS } from "../../provenance/oms/manifest.ts";
import { liesIn } from "../../provenance/oms/names.ts";
import { fails } from "../../provenance/oms/problem.ts";
import { jsonText } from "../../reporters/json/json-text.ts";
import { formatFiles } from "../../reporters/terminal/numbers.ts";
import { makeStyle } from "../../reporters/terminal/style.ts";
import { digestTarget } from "../attest/run-attest.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { wantsColor } from "../config/environment.ts";
import { FAILED, OK } from "../exit-code.ts";
import { onlyModel, openModel, outputInModel } from "../provenance/model-target.ts";
import { problemLines } from "../provenance/problem-lines.ts";
import { withWork } from "../provenance/work.ts";
import { openOutputFile } from "../scan/output-file.ts";
import type { Terminal } from "../terminal.ts";

const EVIDENCE: ReadonlySet<string> = new Set(EVIDENCE_PATHS);

/** Gives the exit code. */
export async function runDatasetManifest(
  given: Arguments,
  terminal: Terminal,
  spec: CommandSpec,
): Promise<number> {
  const dataset = openModel(onlyModel(given, spec));
  const output = given.value("output");
  const inside = output === undefined ? undefined : outputInModel(dataset, output);
  if (inside !== undefined && liesIn(inside, EVIDENCE) === undefined) {
    throw new AppError("USAGE", `a manifest in ${dataset.ref} would be a part of what it lists`, {
      hint: "write it beside the dataset, or to .weighbridge/ in it, which no digest covers",
    });
  }
  return await withWork(given, terminal, async (work) => {
    const digested = await digestTarget(dataset, given, work);
    if (digested.problems.some(fails)) {
      const style = makeStyle(wantsColor(given.value("color"), terminal.err));
      terminal.err.write(problemLines(digested.problems, style, true));
      return FAILED;
    }
    const license = given.value("license");
    const description = given.value("description");
    const createdOn = given.value("created-on");
    const ignored = digested.ignored.filter(({ by }) => by === "caller").map(({ path }) => path);
    const manifest = datasetManifest({
      name: given.value("name") ?? basename(dataset.name),
      files: digested.files,
      ignored,
      ...(license === undefined ? {} : { license }),
      ...(description === undefined ? {} : { description }),
      ...(createdOn === undefined ? {} : { createdOn }),
    });
    const problem = predicateProblem(DATASET_TYPE, manifest);
    if (problem !== undefined) {
      throw new AppError("USAGE", `no manifest was made: ${problem}`);
    }
    const text = `${jsonText(manifest, 0)}\n`;
    if (output === undefined) {
      terminal.out.write(text);
      return OK;
    }
    const file = openOutputFile(output);
    file.write(text);
    file.finish();
    const count = formatFiles(digested.files.length);
    terminal.out.write(`${escapeText(output)}: ${count}, root sha256:${digested.root}\n`);
    return OK;
  });
}
