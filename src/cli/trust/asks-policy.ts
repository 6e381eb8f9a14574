/** Whether a policy says whom to trust, because the command line does not. */

import { AppError } from "../../kernel/errors.ts";
import type { Arguments } from "../command.ts";
import { findPolicy } from "./policy-place.ts";

const NAMED = ["key", "public-key", "certificate-chain", "identity", "identity-pattern"];
const POLICY = ["policy", "policy-key", "as", "memory", "record", "log", "claims"];

/** Throws `AppError` USAGE where both do. */
export function asksPolicy(given: Arguments): boolean {
  const named = NAMED.find((option) => given.value(option) !== undefined);
  const asked = POLICY.find((option) => given.value(option) !== undefined);
  if (named !== undefined && asked !== undefined) {
    throw new AppError("USAGE", `--${named} says whom to trust, and --${asked} is for a policy`);
  }
  return (
    asked !== undefined || (named === undefined && findPolicy(undefined, undefined) !== undefined)
  );
}
