/** `weighbridge log prove`. */

import { AppError } from "../../kernel/errors.ts";
import { decodeSize } from "../../provenance/log/base64.ts";
import { formatProof, parseProof, verifyProof } from "../../provenance/log/proof.ts";
import { TreeReader } from "../../provenance/log/tree-reader.ts";
import type { Command } from "../command.ts";
import { OK } from "../exit-code.ts";
import { TRUST_OPTIONS } from "./options.ts";
import { newestCheckpoint, openPlace, policyFor, positionals } from "./place.ts";

export const proveCommand: Command = {
  name: "log prove",
  usage: "DIR|URL INDEX [options]",
  about: [
    "Prints a proof that entry INDEX is in the log, in the form of tlog-proof: it is checked without a",
    "network, by weighbridge log verify or by others' tools.",
  ],
  options: [
    ...TRUST_OPTIONS,
    { name: "output", short: "o", value: "FILE", help: "write the proof to FILE" },
    { name: "save-entry", value: "FILE", help: "write the bytes of the entry to FILE" },
  ],
  examples: [
    {
      command: "weighbridge log prove /srv/model-log 17 -o 17.tlog-proof --save-entry 17.json",
      help: "what somebody else needs to check entry 17",
    },
  ],
  async run(given, { out }) {
    const [place = "", number = ""] = positionals(given, "log prove", ["DIR|URL", "INDEX"]);
    const index = decodeSize(number);
    const { source, close } = await openPlace(place);
    try {
      const policy = await policyFor(given, source);
      const { checkpoint } = await newestCheckpoint(source, policy);
      const { size } = checkpoint;
      if (index === undefined || index >= size) {
        throw new AppError("USAGE", `there is no entry ${number}: the log has ${size} entries`);
      }
      const tree = new TreeReader(source, size);
      const entry = await tree.entry(index);
      const proof = formatProof({ index, hashes: await tree.inclusion(index), checkpoint });
      // What is damaged is not handed on.
      const believed = { ...policy, isQuorum: () => true };
      verifyProof(parseProof(Buffer.from(proof), "the proof"), [entry], believed);
      await save(given.value("save-entry"), Buffer.from(entry));
      const output = given.value("output");
      await save(output, Buffer.from(proof));
      if (output === undefined) {
        out.write(proof);
      }
      return OK;
    } finally {
      await close();
    }
  },
};

async function save(path: string | undefined, bytes: Buffer): Promise<void> {
  if (path !== undefined) {
    const { writeFileSync } = await import("node:fs");
    writeFileSync(path, bytes);
  }
}
