/** `weighbridge history`: what a log says of one model. */

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import type { Command } from "../command.ts";
import { FAILED, OK } from "../exit-code.ts";
import { JSON_OPTION, TRUST_OPTIONS } from "../log/options.ts";

export const historyCommand: Command = {
  name: "history",
  usage: "MODEL|NAME --log DIR|URL [options]",
  about: [
    "Walks a model's entries in a log, the newest first, each shown to be in the tree that the log",
    "signed. NAME is the subject's name; of a MODEL that is one file on this machine its SHA-256 counts.",
    "Ends with 1 where the log has nothing about it.",
  ],
  options: [{ name: "log", value: "DIR|URL", help: "the log" }, ...TRUST_OPTIONS, JSON_OPTION],
  examples: [
    { command: "weighbridge history acme/m-8b --log /srv/model-log", help: "by its name" },
  ],
  async run(given, { out, err }) {
    const { newestCheckpoint, openPlace, policyFor, positionals } = await import("../log/place.ts");
    const { entryLine } = await import("../log/entry-line.ts");
    const { history } = await import("../../provenance/log/history.ts");
    const { TreeReader } = await import("../../provenance/log/tree-reader.ts");
    const [model = ""] = positionals(given, "history", ["MODEL|NAME"]);
    const place = given.value("log");
    if (place === undefined) {
      throw new AppError("USAGE", "history needs a log: --log DIR or --log URL");
    }
    const matches = await matcherOf(model);
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
  },
};

/** By name; by digest, too, where the model is a file on this machine. */
async function matcherOf(
  model: string,
): Promise<(subject: { readonly name: string; readonly sha256?: string }) => boolean> {
  const { createReadStream, statSync } = await import("node:fs");
  if (statSync(model, { throwIfNoEntry: false })?.isFile() !== true) {
    return ({ name }) => name === model;
  }
  const { createHash } = await import("node:crypto");
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(model)) {
    hash.update(chunk as Uint8Array);
  }
  const sha256 = hash.digest("hex");
  return (subject) => subject.sha256 === sha256 || subject.name === model;
}
