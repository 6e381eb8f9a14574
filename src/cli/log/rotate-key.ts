/** `weighbridge log rotate-key`. */

import { randomBytes } from "node:crypto";

import { beginRotation, finishRotation, NEXT_KEY_PATH } from "../../provenance/log/rotate-key.ts";
import { formatVerifierKey } from "../../provenance/log/verifier-key.ts";
import { tileFolder } from "../../store/tile-folder/tile-folder.ts";
import type { Command } from "../command.ts";
import { OK } from "../exit-code.ts";
import { positionals } from "./place.ts";

export const rotateKeyCommand: Command = {
  name: "log rotate-key",
  usage: "DIR [--finish]",
  about: [
    "Gives the log a new key, in two steps. First both keys sign, so that everybody goes on verifying",
    "with the one that they know, and has time to learn the new one. Then the old one stops.",
    "Each step adds an entry of type key-changed. Prints the new verifier key.",
  ],
  options: [{ name: "finish", help: "the second step: the old key signs no more, and is deleted" }],
  examples: [
    { command: "weighbridge log rotate-key DIR", help: "begin; tell everybody the new key" },
    { command: "weighbridge log rotate-key DIR --finish", help: "weeks later" },
  ],
  async run(given, { out, err }) {
    const [folder = ""] = positionals(given, "log rotate-key", ["DIR"]);
    const storage = tileFolder(folder);
    const now = new Date().toISOString();
    const isEnd = given.has("finish");
    const { next, index } = isEnd
      ? await finishRotation(storage, now)
      : await beginRotation(storage, randomBytes(32), now);
    out.write(`${formatVerifierKey(next.verifier)}\n`);
    err.write(
      isEnd
        ? `the old key is gone; entry ${index} says so\n`
        : `both keys sign from entry ${index} on; the new one is published as ${NEXT_KEY_PATH}\n`,
    );
    return OK;
  },
};
