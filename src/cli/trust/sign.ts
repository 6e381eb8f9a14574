/** `weighbridge trust sign`: adds a signature to a policy (DSSE), beside those that hold for the same text. */

import { existsSync, writeFileSync } from "node:fs";

import { AppError, errorMessage } from "../../kernel/errors.ts";
import { pae } from "../../provenance/dsse/pae.ts";
import {
  POLICY_PAYLOAD_TYPE,
  readPolicyEnvelope,
  writePolicyEnvelope,
} from "../../provenance/trust/policy-envelope.ts";
import type { Command } from "../command.ts";
import { OK } from "../exit-code.ts";
import { readNamedFile } from "../provenance/model-target.ts";
import { openSigner } from "../provenance/open-signer.ts";
import { SIGN_OPTIONS } from "../provenance/sign-options.ts";
import { readPolicyFile, signatureOf } from "./load-policy.ts";
import { findPolicy, POLICY_FILE } from "./policy-place.ts";

const OPTIONS = ["private-key", "password-stdin", "password", "exec"];
const LARGEST = 16 * 1024 * 1024;

export const signCommand: Command = {
  name: "trust sign",
  usage: "[<file>] --private-key <file> [options]",
  about: [
    `Signs a policy (default: ${POLICY_FILE} here) into FILE.sig. Others sign the same text after you; a`,
    "text that was changed since is signed anew.",
  ],
  options: SIGN_OPTIONS.filter(({ name }) => OPTIONS.includes(name)),
  examples: [
    {
      command: "weighbridge trust sign weighbridge.trust.yaml --private-key security.key",
      help: "writes weighbridge.trust.yaml.sig",
    },
  ],
  async run(given, { out }) {
    const [named, ...more] = given.positionals;
    const path = findPolicy(named, undefined);
    if (path === undefined || more.length > 0) {
      throw new AppError("USAGE", "trust sign takes one policy", {
        hint: "weighbridge trust sign --help",
      });
    }
    const { bytes } = readPolicyFile(path, path);
    const signer = await openSigner(given, signCommand);
    const signature = await signer.sign(pae(POLICY_PAYLOAD_TYPE, bytes));
    const place = signatureOf(path);
    const before = existsSync(place)
      ? readPolicyEnvelope(readNamedFile(place, "the signature of the policy", LARGEST))
      : undefined;
    const kept =
      before !== undefined && Buffer.compare(before.payload, bytes) === 0 ? before.signatures : [];
    try {
      writeFileSync(
        place,
        writePolicyEnvelope({ payload: bytes, signatures: [...kept, signature] }),
      );
    } catch (error) {
      throw new AppError("OUTPUT_FAILED", `cannot write ${place}: ${errorMessage(error)}`);
    }
    out.write(`${place}\n`);
    return OK;
  },
};
