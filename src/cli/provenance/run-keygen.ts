/** `weighbridge keygen`: makes a pair of keys. The private one is written first, for its owner alone. */

import { createPublicKey, generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { AppError } from "../../kernel/errors.ts";
import { escapeText } from "../../kernel/text.ts";
import { CURVES, keyFingerprint } from "../../provenance/oms/keys.ts";
import type { Arguments } from "../command.ts";
import { OK } from "../exit-code.ts";
import { PRIVATE, PUBLIC, refuseExisting, writeNewFile } from "../new-file.ts";
import { oneOf } from "../scan/one-of.ts";
import type { Terminal } from "../terminal.ts";
import { choosePassword } from "./ask-password.ts";
import { INDENT } from "./problem-lines.ts";

const NAMES = ["p256", "p384", "p521"] as const;
const DEFAULT_NAME = "model-signing";

/** Gives the exit code. Throws `AppError` where one of the files is there already, or cannot be written. */
export async function runKeygen(given: Arguments, terminal: Terminal): Promise<number> {
  const [name = DEFAULT_NAME, ...others] = given.positionals;
  if (others.length > 0) {
    throw new AppError("USAGE", "keygen takes one name");
  }
  const wanted = oneOf("--curve", given.value("curve"), NAMES) ?? "p256";
  const curve = CURVES[NAMES.indexOf(wanted)] ?? CURVES[0];
  const [secret, open] = [`${name}.key`, `${name}.pub`];
  refuseExisting([secret, open], "choose another name: weighbridge keygen NAME");
  const password = await choosePassword(given, secret);
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: curve?.namedCurve ?? "prime256v1",
  });
  writeNewFile(secret, privatePem(privateKey, password), PRIVATE);
  const publicKey = createPublicKey(privateKey);
  writeNewFile(open, publicKey.export({ type: "spki", format: "pem" }).toString(), PUBLIC);
  terminal.out.write(
    [
      `${"private key".padEnd(INDENT.length)}${escapeText(secret)}, ${curve?.name ?? ""}, ${password === "" ? "not encrypted" : "encrypted"}: keep it to yourself`,
      `${"public key".padEnd(INDENT.length)}${escapeText(open)}, for those who verify`,
      `${"fingerprint".padEnd(INDENT.length)}${keyFingerprint(publicKey)}`,
      "",
    ].join("\n"),
  );
  return OK;
}

function privatePem(key: KeyObject, password: string): string {
  const options = password === "" ? {} : ({ cipher: "aes-256-cbc", passphrase: password } as const);
  return key.export({ type: "pkcs8", format: "pem", ...options }).toString();
}
