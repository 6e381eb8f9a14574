/** `weighbridge log verify`. */

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import { canonicalJson } from "../../provenance/log/canonical-json.ts";
import { isObject, parseJson } from "../../provenance/log/entry.ts";
import type { Judgement } from "../../provenance/log/policy.ts";
import { parseProof, verifyProof } from "../../provenance/log/proof.ts";
import type { Command } from "../command.ts";
import { OK } from "../exit-code.ts";
import { givenPolicy, readInput } from "./files.ts";
import { TRUST_OPTIONS } from "./options.ts";
import { positionals } from "./place.ts";

export const verifyCommand: Command = {
  name: "log verify",
  usage: "PROOF --entry FILE (--policy FILE | --key KEY)",
  about: [
    "Says whether PROOF shows that the entry in FILE is in a log that you trust. Uses no network.",
    "Ends with 0 where it does, with 1 and a sentence where it does not.",
  ],
  options: [
    { name: "entry", value: "FILE", help: "the entry: its bytes, or any JSON that means the same" },
    ...TRUST_OPTIONS,
  ],
  examples: [
    {
      command: "weighbridge log verify 17.tlog-proof --entry 17.json --policy log.policy",
      help: "see log prove",
    },
  ],
  run(given, { out }) {
    const [path = ""] = positionals(given, "log verify", ["PROOF"]);
    const entry = given.value("entry");
    const policy = givenPolicy(given);
    if (entry === undefined || policy === undefined) {
      throw new AppError(
        "USAGE",
        entry === undefined
          ? "log verify needs the entry: --entry FILE"
          : "it is not said whose log is trusted: give --policy FILE or --key KEY",
        { hint: "weighbridge log verify --help" },
      );
    }
    const proof = parseProof(readInput(path), quote(path));
    const judgement = verifyProof(proof, formsOf(readInput(entry)), policy);
    const { origin, size } = proof.checkpoint;
    out.write(`entry ${proof.index} of ${size} in the log ${quote(origin)}\n`);
    out.write(signers(judgement));
    return Promise.resolve(OK);
  },
};

/** The bytes as they are, and in canonical form where they are JSON. */
function formsOf(bytes: Uint8Array): Uint8Array[] {
  const value = parseJson(Buffer.from(bytes).toString("utf8"));
  return isObject(value) ? [bytes, Buffer.from(canonicalJson(value))] : [bytes];
}

function signers({ log, witnesses }: Judgement): string {
  const lines = witnesses.map(({ key, time }) => {
    const when = time === undefined ? "" : ` at ${new Date(time * 1000).toISOString()}`;
    return `cosigned by ${quote(key.name)} (key ${key.id})${when}\n`;
  });
  const alone =
    lines.length === 0 ? ["no witness cosigned: only its operator vouches for it\n"] : [];
  return [`signed by ${quote(log.key.name)} (key ${log.key.id})\n`, ...lines, ...alone].join("");
}
