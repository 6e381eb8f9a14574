/** `weighbridge digest`: what a signature of the model would be about, without signing. */

import { VERSION } from "../../scan/version.ts";
import { resolveLink } from "../../scan/links.ts";
import { fails } from "../../provenance/oms/problem.ts";
import { digestModel } from "../../provenance/oms/sign.ts";
import type { DigestedModel } from "../../provenance/oms/sign.ts";
import { jsonText } from "../../reporters/json/json-text.ts";
import { makeStyle } from "../../reporters/terminal/style.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { wantsColor } from "../config/environment.ts";
import { FAILED, OK } from "../exit-code.ts";
import { oneOf } from "../scan/one-of.ts";
import type { Terminal } from "../terminal.ts";
import { openDigestCache } from "./digest-cache.ts";
import { ignoresGit } from "./model-options.ts";
import { ignoredPaths, onlyModel, openModel } from "./model-target.ts";
import { problemLines } from "./problem-lines.ts";
import { sayProblem, withWork } from "./work.ts";

const FORMATS = ["terminal", "json"] as const;

/** Gives the exit code. */
export async function runDigest(
  given: Arguments,
  terminal: Terminal,
  spec: CommandSpec,
): Promise<number> {
  const format = oneOf("--format", given.value("format"), FORMATS) ?? "terminal";
  const model = openModel(onlyModel(given, spec));
  const cache = await openDigestCache(given, model);
  return await withWork(given, terminal, async (work) => {
    const digested = await digestModel(model.tree, {
      ...work,
      hash: cache?.wrap(work.hash) ?? work.hash,
      ignorePaths: ignoredPaths(model, given),
      ignoreGitPaths: ignoresGit(given),
      allowSymlinks: given.has("allow-symlinks"),
      followLink: resolveLink,
    });
    const style = makeStyle(wantsColor(given.value("color"), terminal.err));
    sayProblem(cache?.close(), terminal);
    terminal.err.write(problemLines(digested.problems, style, true));
    if (digested.problems.some(fails)) {
      return FAILED;
    }
    terminal.out.write(
      format === "json" ? `${digestJson(model.ref, digested)}\n` : `sha256:${digested.root}\n`,
    );
    return OK;
  });
}

function digestJson(ref: string, { root, dirHash1, files, bytes, ignored }: DigestedModel): string {
  return jsonText(
    {
      schema: "weighbridge.digest/v1",
      tool: { name: "weighbridge", version: VERSION },
      model: ref,
      digests: { sha256: root, ...(dirHash1 === undefined ? {} : { dirHash1 }) },
      bytes,
      files: files.map(({ name, digest }) => ({ path: name, sha256: digest })),
      ignored: ignored.map(({ path, by }) => ({ path, by })),
    },
    0,
  );
}
