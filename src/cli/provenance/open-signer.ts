/** Who signs: a key in a file, or a program that holds one. */

import { AppError } from "../../kernel/errors.ts";
import type { Signer } from "../../kernel/signer.ts";
import { localSigner } from "../../provenance/oms/local-signer.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { askPassword } from "./ask-password.ts";
import { isEncrypted, openPrivateKey, readPrivateKeyFile } from "./read-keys.ts";

/** Throws `AppError` where the key cannot be used. */
export async function openSigner(given: Arguments, { name }: CommandSpec): Promise<Signer> {
  const path = given.value("private-key");
  const command = given.value("exec");
  if ((path === undefined) === (command === undefined)) {
    const message =
      path === undefined
        ? `${name} needs a key: --private-key FILE`
        : "--private-key and --exec exclude each other";
    throw new AppError("USAGE", message, { hint: "weighbridge keygen makes one" });
  }
  if (command !== undefined) {
    const { execSigner } = await import("../../sandbox/exec-signer.ts");
    return await execSigner(command);
  }
  const file = path ?? "";
  const pem = readPrivateKeyFile(file);
  const password = isEncrypted(pem) ? await askPassword(given, file) : undefined;
  return localSigner(openPrivateKey(pem, file, password));
}
