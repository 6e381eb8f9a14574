/** `weighbridge trust pin`: a person accepts another signer of a model. The log keeps who was before. */

import { AppError } from "../../kernel/errors.ts";
import { escapeText } from "../../kernel/text.ts";
import { lineOf, parseReference } from "../../provenance/trust/model-reference.ts";
import type { Command } from "../command.ts";
import { OK } from "../exit-code.ts";
import { logFolder } from "../log/log-work.ts";
import { memoryPlace, readMemory, writeMemory } from "./memory.ts";
import { POLICY_OPTIONS, RECORD_OPTIONS } from "./options.ts";

const KEPT = ["memory", "log"];

export const pinCommand: Command = {
  name: "trust pin",
  usage: "<name> (--signer <signer> | --forget) [options]",
  about: [
    "Says who has to sign a model from now on where a policy trusts on first use. The signer is written",
    "as `trust explain` shows it, such as 'key 3f9a…'; with --forget the next signer is the first again.",
  ],
  options: [
    { name: "signer", value: "SIGNER", help: "who signs from now on" },
    { name: "forget", help: "forget who signed first" },
    ...[...POLICY_OPTIONS, ...RECORD_OPTIONS].filter(({ name }) => KEPT.includes(name)),
  ],
  examples: [
    {
      command: "weighbridge trust pin hf:acme/bert --forget",
      help: "the publisher has told you of a new key",
    },
  ],
  async run(given, { out }) {
    const [name, ...more] = given.positionals;
    const reference = name === undefined ? undefined : parseReference(name);
    const signer = given.value("signer");
    if (
      reference === undefined ||
      more.length > 0 ||
      (signer === undefined) !== given.has("forget")
    ) {
      throw new AppError("USAGE", "trust pin takes the name of a model, and --signer or --forget", {
        hint: "weighbridge trust pin --help",
      });
    }
    const line = lineOf(reference);
    const place = memoryPlace(given.value("memory"));
    const memory = readMemory(place);
    const { [line]: before, ...others } = memory.pins;
    const folder = logFolder(given);
    if (folder !== undefined) {
      const { appendEvent } = await import("../log/append-event.ts");
      const result = { before: before ?? "nobody", signer: signer ?? "whoever is next" };
      await appendEvent(folder, [
        { event: { type: "key-changed", subject: { name: line }, result } },
      ]);
    }
    const pins = signer === undefined ? others : { ...others, [line]: signer };
    writeMemory(place, { ...memory, pins });
    out.write(
      `${escapeText(line)}: ${escapeText(before ?? "nobody")} → ${escapeText(signer ?? "nobody")}\n`,
    );
    return OK;
  },
};
