/** `weighbridge log add`. */

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import { ENTRY_TYPES } from "../../provenance/log/entry.ts";
import type { Arguments, Command } from "../command.ts";
import { FAILED, OK } from "../exit-code.ts";
import { appendEvent, eventFromJson } from "./append-event.ts";
import type { EventWithEvidence, NewLeaves } from "./append-event.ts";
import { givenPolicy, readInput } from "./files.ts";
import { SAFEGUARD_OPTIONS, witnessLines } from "./safeguards.ts";

export const addCommand: Command = {
  name: "log add",
  usage: "DIR FILE… [options]",
  about: [
    "Adds entries to the log in DIR, publishes a checkpoint with them, and prints the index of each.",
    "When it ends with 0 they are on the disk for good. FILE is a JSON object, - standard input:",
    "",
    '  {"type":"deployed","subject":{"name":"acme/m-8b"},"actor":{"kind":"user","id":"ops"}}',
    "",
    `Types: ${ENTRY_TYPES.slice(0, 7).join(", ")},`,
    `${ENTRY_TYPES.slice(7).join(", ")}.`,
    "The log adds the time, and the index of the entry before it about the same subject (prev).",
  ],
  options: [
    ...SAFEGUARD_OPTIONS,
    {
      name: "evidence",
      value: "FILE",
      repeatable: true,
      help: "keep FILE beside the log, and name its digest in the entry; repeatable",
    },
    { name: "raw", help: "log the bytes of each FILE as they are" },
  ],
  examples: [
    { command: "weighbridge log add /srv/model-log entry.json", help: "one entry" },
    {
      command: "weighbridge log add /srv/model-log e.json --evidence report.json --kept /mnt/b/cp",
      help: "with a document beside the log, and the newest checkpoint on another disk",
    },
  ],
  async run(given, { out, err }) {
    const [folder, ...files] = given.positionals;
    if (folder === undefined || files.length === 0) {
      throw new AppError("USAGE", "log add takes DIR FILE…", {
        hint: "weighbridge log add --help",
      });
    }
    const { size, cosigning } = await appendEvent(folder, leavesOf(given, files), {
      policy: givenPolicy(given),
      kept: given.value("kept"),
    });
    out.write(files.map((_file, at) => `${size - files.length + at}\n`).join(""));
    err.write(witnessLines(cosigning));
    return cosigning?.quorum === false ? FAILED : OK;
  },
};

function leavesOf(given: Arguments, files: readonly string[]): NewLeaves {
  const documents = given.values("evidence");
  if (documents.length > 0 && (files.length > 1 || given.has("raw"))) {
    throw new AppError("USAGE", "--evidence belongs to one entry, and that is not --raw");
  }
  if (given.has("raw")) {
    return { raw: files.map((file) => readInput(file)) };
  }
  const evidence = documents.map((path) => ({
    bytes: readInput(path),
    ...(path.endsWith(".json") ? { mediaType: "application/json" } : {}),
  }));
  return files.map((file): EventWithEvidence => {
    const text = Buffer.from(readInput(file)).toString("utf8");
    return { event: eventFromJson(text, quote(file)), evidence };
  });
}
