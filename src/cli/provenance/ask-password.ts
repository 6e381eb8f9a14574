/** The password of a private key: from an option, from standard input, or asked for. */

import { AppError } from "../../kernel/errors.ts";
import type { Arguments } from "../command.ts";

/** Throws `AppError` where there is none to be had. */
export async function askPassword(given: Arguments, file: string): Promise<string> {
  const known = given.value("password");
  if (known !== undefined) {
    return known;
  }
  if (given.has("password-stdin")) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of process.stdin) {
      chunks.push(Buffer.from(chunk as Uint8Array));
    }
    return Buffer.concat(chunks)
      .toString("utf8")
      .replace(/\r?\n$/, "");
  }
  throw new AppError("USAGE", `${file} is encrypted, and there is no password`, {
    hint: "… | weighbridge sign … --password-stdin",
  });
}
