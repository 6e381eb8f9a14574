/** `weighbridge log init`. */

import { randomBytes } from "node:crypto";

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import { initLog, KEY_PATH } from "../../provenance/log/init-log.ts";
import { parseSignerKey, signerFromSeed } from "../../provenance/log/signer-key.ts";
import type { SignerKey } from "../../provenance/log/signer-key.ts";
import { formatVerifierKey, isKeyName } from "../../provenance/log/verifier-key.ts";
import { tileFolder } from "../../store/tile-folder/tile-folder.ts";
import type { Arguments, Command } from "../command.ts";
import { OK } from "../exit-code.ts";
import { readInput } from "./files.ts";
import { positionals } from "./place.ts";

export const initCommand: Command = {
  name: "log init",
  usage: "DIR --origin NAME",
  about: [
    "Begins a log in DIR, which has to be empty or not there. Prints its verifier key, which is what",
    "others need to verify it; give it to them by another way than the log.",
    "",
    "NAME is the log's name for ever, best the address that it will be served at, without https://.",
    "The private key lies in DIR/.state, readable by you alone.",
  ],
  options: [
    { name: "origin", value: "NAME", help: "the log's name, such as example.org/models" },
    {
      name: "import-key",
      value: "FILE",
      help: "use the Ed25519 key in FILE, as Go's tools write it (PRIVATE+KEY+…)",
    },
  ],
  examples: [
    {
      command: "weighbridge log init /srv/model-log --origin example.org/model-log",
      help: "then: weighbridge log add, weighbridge log serve",
    },
  ],
  async run(given, { out, err }) {
    const [folder = ""] = positionals(given, "log init", ["DIR"]);
    const signer = signerOf(given);
    await initLog(tileFolder(folder, { create: true }), signer);
    out.write(`${formatVerifierKey(signer.verifier)}\n`);
    err.write(
      `${quote(folder)} is the log ${quote(signer.verifier.name)}; its key is in ${KEY_PATH}\n`,
    );
    return OK;
  },
};

function signerOf(given: Arguments): SignerKey {
  const origin = given.value("origin");
  const file = given.value("import-key");
  if (file !== undefined) {
    const signer = parseSignerKey(Buffer.from(readInput(file)).toString("utf8").trim());
    if (origin !== undefined && origin !== signer.verifier.name) {
      throw new AppError(
        "USAGE",
        `the key in ${quote(file)} is one of ${quote(signer.verifier.name)}, and not of ${quote(origin)}`,
      );
    }
    return signer;
  }
  if (origin === undefined || !isKeyName(origin)) {
    throw new AppError(
      "USAGE",
      origin === undefined
        ? "log init needs a name for the log: --origin NAME"
        : "the name of a log has no blanks, no + and no control characters in it",
      { hint: "such as --origin example.org/model-log" },
    );
  }
  return signerFromSeed(origin, randomBytes(32));
}
