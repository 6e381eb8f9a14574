/** The password of a private key: from an option, from standard input, or asked for on the terminal. */

import { AppError } from "../../kernel/errors.ts";
import type { Arguments } from "../command.ts";
import { canPrompt, passwordFromInput, promptPassword } from "../password.ts";

/** Throws `AppError` where there is none to be had, and where the user gives up. */
export async function askPassword(given: Arguments, file: string): Promise<string> {
  const known = given.value("password");
  if (known !== undefined) {
    return known;
  }
  if (given.has("password-stdin")) {
    return await passwordFromInput();
  }
  if (canPrompt()) {
    return await promptPassword(`Password for ${file}`);
  }
  throw new AppError("USAGE", `${file} is encrypted, and there is no password`, {
    hint: "… | weighbridge … --password-stdin",
  });
}

/** The password for a key that is made: empty where it is not to be encrypted. */
export async function choosePassword(given: Arguments, file: string): Promise<string> {
  if (given.has("password-stdin")) {
    return await passwordFromInput();
  }
  return given.has("no-password") || !canPrompt()
    ? ""
    : await promptPassword(`Password for ${file}, or nothing`, { confirm: true });
}
