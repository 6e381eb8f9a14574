/**
 * `scan --verify FILE`: scans a model and verifies its signature in one read, by the key or the roots in FILE. It is
 * `verify --scan` from the other side, so what only one of the two can do is refused rather than left out.
 */

import { AppError } from "../../kernel/errors.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { readNamedFile } from "../provenance/model-target.ts";
import { runVerify } from "../provenance/run-verify.ts";
import type { Terminal } from "../terminal.ts";

/** What verifying takes as well. */
const SHARED = new Set(["verify", "format", "output", "quiet", "verbose", "color", "log"]);
/** A chain of certificates is a few kilobytes. */
const LARGEST = 1024 * 1024;

/** Gives the exit code. Throws `AppError` USAGE for options that do not go together, and for a file that is neither. */
export async function scanVerified(
  given: Arguments,
  terminal: Terminal,
  spec: CommandSpec,
  trusted: string,
): Promise<number> {
  const other = spec.options.find(({ name }) => !SHARED.has(name) && given.has(name));
  if (other !== undefined) {
    throw new AppError("USAGE", `--verify and --${other.name} exclude each other`, {
      hint: "scan once with each of them",
    });
  }
  const text = Buffer.from(readNamedFile(trusted, "a key or certificates", LARGEST)).toString();
  const isChain = text.includes("-----BEGIN CERTIFICATE-----");
  const option = isChain ? "certificate-chain" : "public-key";
  const asked: Arguments = {
    positionals: given.positionals,
    has: (name) => name === "scan" || name === option || (SHARED.has(name) && given.has(name)),
    value: (name) => (name === option ? trusted : given.value(name)),
    values: (name) => (name === option ? [trusted] : given.values(name)),
  };
  return await runVerify(asked, terminal, { spec, method: isChain ? "certificate" : "key" });
}
