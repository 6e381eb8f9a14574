/** Whether a policy says whom to trust, because the command line does not. */

import { AppError } from "../../kernel/errors.ts";
import type { Arguments } from "../command.ts";
import { findPolicy } from "./policy-place.ts";

const NAMED = ["key", "public-key", "certificate-chain", "identity", "identity-pattern"];
const POLICY = ["policy", "policy-key", "as", "memory", "vsa", "claims", "claims-log", "proof"];

/** What belongs to verifying by one key, root or name: a policy says these things itself, or looks at all files. */
const NOT_FOR_POLICIES = [
  "timestamp-chain",
  "allow-eku",
  "trust-config",
  "identity-provider",
  "subset",
  "remote",
  "oms-compat",
  "strict",
  "scan",
];

/** Throws `AppError` USAGE where both do, and for options that a policy would not heed. */
export function asksPolicy(given: Arguments): boolean {
  const isGiven = (option: string): boolean =>
    given.has(option) || given.value(option) !== undefined;
  const named = NAMED.find(isGiven);
  const asked = POLICY.find(isGiven);
  if (named !== undefined && asked !== undefined) {
    throw new AppError("USAGE", `--${named} says whom to trust, and --${asked} is for a policy`);
  }
  if (
    named !== undefined ||
    (asked === undefined && findPolicy(undefined, undefined) === undefined)
  ) {
    return false;
  }
  const unheeded = NOT_FOR_POLICIES.find(isGiven);
  if (unheeded !== undefined) {
    throw new AppError("USAGE", `--${unheeded} does not go with a trust policy`, {
      hint: "--key, --certificate-chain or --identity says whom to trust without one",
    });
  }
  return true;
}
