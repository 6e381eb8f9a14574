/** `weighbridge trust init`: a policy to begin with, which says what everything in it means. */

import { existsSync, writeFileSync } from "node:fs";

import { AppError, errorMessage } from "../../kernel/errors.ts";
import { today } from "../clock.ts";
import type { Command } from "../command.ts";
import { OK } from "../exit-code.ts";
import { POLICY_FILE } from "./policy-place.ts";
import { policyTemplate } from "./policy-template.ts";

export const initCommand: Command = {
  name: "trust init",
  usage: "[<file>] [options]",
  about: [
    `Writes a policy with comments (default: ${POLICY_FILE} here). As it is, it remembers who signed a`,
    "model first, and holds models whose signer changed.",
  ],
  options: [
    {
      name: "key",
      value: "FILE",
      repeatable: true,
      help: "a publisher's public key, which the policy then asks for; repeatable",
    },
    { name: "force", help: "replace a file that is there" },
  ],
  examples: [
    { command: "weighbridge trust init --key publisher.pub", help: "trust one publisher" },
  ],
  async run(given, { out }) {
    const [path = POLICY_FILE, ...more] = given.positionals;
    if (more.length > 0) {
      throw new AppError("USAGE", "trust init takes one file");
    }
    if (existsSync(path) && !given.has("force")) {
      throw new AppError("USAGE", `${path} is there already`, { hint: "--force replaces it" });
    }
    const { readPublicKey } = await import("../provenance/read-keys.ts");
    const keys = given.values("key").map((file) => ({
      file,
      pem: readPublicKey(file).export({ type: "spki", format: "pem" }).toString(),
    }));
    try {
      writeFileSync(path, policyTemplate(keys, today()));
    } catch (error) {
      throw new AppError("OUTPUT_FAILED", `cannot write ${path}: ${errorMessage(error)}`);
    }
    out.write(`${path}\n`);
    return OK;
  },
};
