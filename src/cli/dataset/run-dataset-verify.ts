/** `weighbridge dataset verify`: digests a dataset and holds it against its manifest. */

import { AppError } from "../../kernel/errors.ts";
import { escapeText } from "../../kernel/text.ts";
import {
  compareDataset,
  readDatasetManifest,
} from "../../provenance/attestations/dataset-manifest.ts";
import type { DatasetManifest } from "../../provenance/attestations/dataset-manifest.ts";
import { fails } from "../../provenance/oms/problem.ts";
import { digestModel } from "../../provenance/oms/sign.ts";
import { jsonText } from "../../reporters/json/json-text.ts";
import { formatFiles } from "../../reporters/terminal/numbers.ts";
import { makeStyle } from "../../reporters/terminal/style.ts";
import { resolveLink } from "../../scan/links.ts";
import { VERSION } from "../../scan/version.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { wantsColor } from "../config/environment.ts";
import { FAILED, OK } from "../exit-code.ts";
import { ignoresGit } from "../provenance/model-options.ts";
import {
  ignoredPaths,
  onlyModel,
  openModel,
  outputInModel,
  readNamedFile,
} from "../provenance/model-target.ts";
import { problemLines } from "../provenance/problem-lines.ts";
import { withWork } from "../provenance/work.ts";
import { oneOf } from "../scan/one-of.ts";
import type { Terminal } from "../terminal.ts";

const LARGEST = 256 * 1024 * 1024;
const FORMATS = ["terminal", "json"] as const;
/** Of each kind. */
const SHOWN = 50;

/** Gives the exit code. */
export async function runDatasetVerify(
  given: Arguments,
  terminal: Terminal,
  spec: CommandSpec,
): Promise<number> {
  const format = oneOf("--format", given.value("format"), FORMATS) ?? "terminal";
  const dataset = openModel(onlyModel(given, spec));
  const path = given.value("manifest");
  if (path === undefined) {
    throw new AppError("USAGE", `${spec.name} needs the manifest: --manifest FILE`);
  }
  const manifest = readManifest(path);
  return await withWork(given, terminal, async (work) => {
    const digested = await digestModel(dataset.tree, {
      ...work,
      ignorePaths: [...ignoredPaths(dataset, given), ...manifest.ignored],
      ignoreGitPaths: ignoresGit(given),
      signaturePath: outputInModel(dataset, path),
      allowSymlinks: given.has("allow-symlinks"),
      followLink: resolveLink,
    });
    const { changed, missing, added } = compareDataset(manifest, digested.files);
    const differs = changed.length + missing.length + added.length > 0;
    const ignored = digested.ignored.filter(({ by }) => by === "caller").map(({ path: at }) => at);
    const isSame = !differs && !digested.problems.some(fails);
    if (format === "json") {
      const report = {
        schema: "weighbridge.dataset-verification/v1",
        tool: { name: "weighbridge", version: VERSION },
        dataset: dataset.ref,
        manifest: path,
        verified: isSame,
        digest: manifest.digest,
        files: manifest.files.length,
        changed,
        missing,
        added,
        ignored,
      };
      terminal.out.write(`${jsonText(report, 0)}\n`);
    } else {
      const head = isSame ? "as listed" : "NOT AS LISTED";
      const count = formatFiles(manifest.files.length);
      terminal.out.write(
        `${head}  ${escapeText(dataset.ref)}  (${count} in ${escapeText(path)})\n${[
          ...lines("changed", changed),
          ...lines("missing", missing),
          ...lines("not listed", added),
          // Whoever wrote the manifest may have chosen them.
          ...lines("left out", ignored),
        ].join("")}`,
      );
    }
    const style = makeStyle(wantsColor(given.value("color"), terminal.err));
    terminal.err.write(problemLines(digested.problems, style, true));
    return isSame ? OK : FAILED;
  });
}

function readManifest(path: string): DatasetManifest {
  const read = readDatasetManifest(readNamedFile(path, "the manifest", LARGEST));
  if (read.kind === "failed") {
    throw new AppError("USAGE", `${path} is no manifest of a dataset: ${read.detail}`, {
      hint: "weighbridge dataset manifest DIR makes one",
    });
  }
  return read.manifest;
}

function lines(what: string, paths: readonly string[]): string[] {
  const rest = paths.length - SHOWN;
  return [
    ...paths.slice(0, SHOWN).map((path) => `  ${what.padEnd(10)}  ${escapeText(path)}\n`),
    ...(rest > 0 ? [`  and ${formatFiles(rest)} more\n`] : []),
  ];
}
