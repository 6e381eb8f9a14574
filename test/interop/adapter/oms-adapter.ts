/**
 * The program that the public conformance suite of OpenSSF Model Signing calls: `sign-model` and `verify-model` with
 * its options, an exit code, and nothing else. Keyless signatures are not made here.
 */

import { run } from "../../../src/cli/program.ts";

/** Options of the suite that have another name here. */
const RENAMED: Readonly<Record<string, string>> = {
  "--output-bundle": "--signature",
  "--bundle": "--signature",
  "--signing-cert": "--signing-certificate",
  "--cert-chain": "--certificate-chain",
};

function translate(args: readonly string[]): string[] {
  const [command = "", ...rest] = args;
  const verb = command.replace(/-model$/, "");
  let method = "";
  let model = "";
  const options: string[] = [];
  for (let at = 0; at < rest.length; at += 1) {
    const option = rest[at] ?? "";
    const value = rest[at + 1] ?? "";
    if (option === "--method") {
      method = value;
      at += 1;
    } else if (option === "--model-path") {
      model = value;
      at += 1;
    } else {
      options.push(RENAMED[option] ?? option);
    }
  }
  return [verb, method, model, ...options];
}

process.exitCode = await run(translate(process.argv.slice(2)));
