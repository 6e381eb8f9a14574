/** What the commands about logs read from files that the user names. */

import { readFileSync, statSync } from "node:fs";

import { AppError, errorMessage } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import { parseCheckpoint, verifyCheckpoint } from "../../provenance/log/checkpoint.ts";
import type { Checkpoint } from "../../provenance/log/checkpoint.ts";
import { parsePolicy, policyOfKeys } from "../../provenance/log/policy.ts";
import type { Policy } from "../../provenance/log/policy.ts";
import { parseVerifierKey } from "../../provenance/log/verifier-key.ts";
import type { VerifierKey } from "../../provenance/log/verifier-key.ts";
import type { Arguments } from "../command.ts";

/** Entries, proofs, policies and checkpoints are small. Evidence may be larger. */
const LARGEST = 64 * 1024 * 1024;

/** Reads a file, or standard input for `-`. Throws `AppError`. */
export function readInput(path: string): Uint8Array {
  try {
    if (path !== "-" && statSync(path).size > LARGEST) {
      throw new Error("it is larger than 64 MB");
    }
    return readFileSync(path === "-" ? 0 : path);
  } catch (error) {
    throw new AppError("SOURCE_NOT_FOUND", `cannot read ${quote(path)}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

/** The policy of `--policy FILE` or `--key KEY`; nothing where neither is given. */
export function givenPolicy(given: Arguments): Policy | undefined {
  const path = given.value("policy");
  const keys = given.values("key");
  if (path !== undefined && keys.length > 0) {
    throw new AppError("USAGE", "--policy and --key exclude each other");
  }
  if (path !== undefined) {
    return parsePolicy(readInput(path), `the policy ${quote(path)}`);
  }
  return keys.length === 0 ? undefined : policyOfKeys(keys.map((key) => verifierKey(key)));
}

/** A verifier key, as such or in a file. */
export function verifierKey(keyOrFile: string): VerifierKey {
  const isKey = /^[^+/]+(?:\/[^+]*)?\+[0-9a-f]{8}\+/.test(keyOrFile);
  const text = isKey ? keyOrFile : Buffer.from(readInput(keyOrFile)).toString("utf8").trim();
  return parseVerifierKey(text);
}

/** A checkpoint that was kept in a file, once its signature by the log is verified; nothing where there is no file. */
export function keptCheckpoint(path: string, keys: readonly VerifierKey[]): Checkpoint | undefined {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) {
    return undefined;
  }
  const checkpoint = parseCheckpoint(readInput(path), quote(path));
  verifyCheckpoint(checkpoint, keys);
  return checkpoint;
}
