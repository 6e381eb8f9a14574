/** `weighbridge history`: finds a model's entries by its name and, where it is on this machine, by its digests. */

import { statSync } from "node:fs";

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import type { LogEntry } from "../../provenance/log/entry.ts";
import { history } from "../../provenance/log/history.ts";
import type { SubjectKey } from "../../provenance/log/history.ts";
import { TreeReader } from "../../provenance/log/tree-reader.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { FAILED, OK } from "../exit-code.ts";
import type { Work } from "../provenance/work.ts";
import type { Terminal } from "../terminal.ts";
import { entryLine } from "./entry-line.ts";
import { newestCheckpoint, openPlace, policyFor, positionals } from "./place.ts";

/** Gives the exit code. */
export async function runHistory(
  given: Arguments,
  terminal: Terminal,
  spec: CommandSpec,
): Promise<number> {
  const [model = ""] = positionals(given, spec.name, ["MODEL|NAME"]);
  const place = given.value("log");
  if (place === undefined) {
    throw new AppError("USAGE", "history needs a log: --log DIR or --log URL");
  }
  if (statSync(model, { throwIfNoEntry: false }) === undefined) {
    return await show(given, terminal, { model, place, matches: ({ name }) => name === model });
  }
  const { withWork } = await import("../provenance/work.ts");
  return await withWork(given, terminal, async (work) => {
    const digests = await digestsOf(model, given, work);
    const matches: SubjectKey = (subject) =>
      subject.name === model || digests.some((digest) => hasDigest(subject, digest));
    return await show(given, terminal, { model, place, matches });
  });
}

interface Wanted {
  readonly model: string;
  readonly place: string;
  readonly matches: SubjectKey;
}

async function show(
  given: Arguments,
  { out, err }: Terminal,
  { model, place, matches }: Wanted,
): Promise<number> {
  const { source, close } = await openPlace(place);
  try {
    const { checkpoint } = await newestCheckpoint(source, await policyFor(given, source));
    const tree = new TreeReader(source, checkpoint.size);
    let count = 0;
    for await (const item of history(tree, checkpoint, matches)) {
      count += 1;
      const note = item.linked ? "" : "  (not linked from the entries after it)";
      out.write(
        given.has("json")
          ? `${JSON.stringify(item)}\n`
          : `${entryLine(item.index, item.entry)}${note}\n`,
      );
    }
    if (count === 0) {
      err.write(`${quote(checkpoint.origin)} has nothing about ${quote(model)}\n`);
    }
    return count === 0 ? FAILED : OK;
  } finally {
    await close();
  }
}

/** Every digest by which an entry may name the model. */
async function digestsOf(ref: string, given: Arguments, work: Work): Promise<string[]> {
  const { ignoredPaths, openModel } = await import("../provenance/model-target.ts");
  const { ignoresGit } = await import("../provenance/model-options.ts");
  const { resolveLink } = await import("../../scan/links.ts");
  const { digestModel } = await import("../../provenance/oms/sign.ts");
  const model = openModel(ref);
  const { root, dirHash1, files } = await digestModel(model.tree, {
    ...work,
    ignorePaths: ignoredPaths(model, given),
    ignoreGitPaths: ignoresGit(given),
    allowSymlinks: given.has("allow-symlinks"),
    followLink: resolveLink,
  });
  const only = files.length === 1 ? files.map(({ digest }) => digest) : [];
  return [root, ...(dirHash1 === undefined ? [] : [dirHash1]), ...only];
}

function hasDigest({ sha256, omsRoot, dirHash1 }: LogEntry["subject"], digest: string): boolean {
  return sha256 === digest || omsRoot === digest || dirHash1 === digest;
}
