/** `weighbridge keygen`: makes a pair of keys. The private one is written first, for its owner alone. */

import { createPublicKey, generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, writeSync } from "node:fs";

import { AppError, errorMessage } from "../../kernel/errors.ts";
import { escapeText } from "../../kernel/text.ts";
import { CURVES, keyFingerprint } from "../../provenance/oms/keys.ts";
import type { Arguments } from "../command.ts";
import { OK } from "../exit-code.ts";
import { oneOf } from "../scan/one-of.ts";
import type { Terminal } from "../terminal.ts";
import { askPassword } from "./ask-password.ts";
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
  const taken = [secret, open].find((path) => existsSync(path));
  if (taken !== undefined) {
    throw new AppError(
      "USAGE",
      `${taken} is there already, and a key that is lost cannot be got back`,
      {
        hint: "choose another name: weighbridge keygen NAME",
      },
    );
  }
  const password = given.has("password-stdin") ? await askPassword(given, secret) : undefined;
  const { privateKey } = generateKeyPairSync("ec", {
    namedCurve: curve?.namedCurve ?? "prime256v1",
  });
  writeNew(secret, privatePem(privateKey, password), 0o600);
  const publicKey = createPublicKey(privateKey);
  writeNew(open, publicKey.export({ type: "spki", format: "pem" }), 0o644);
  terminal.out.write(
    [
      `${"private key".padEnd(INDENT.length)}${escapeText(secret)}, ${curve?.name ?? ""}, ${password === undefined ? "not encrypted" : "encrypted"}: keep it to yourself`,
      `${"public key".padEnd(INDENT.length)}${escapeText(open)}, for those who verify`,
      `${"fingerprint".padEnd(INDENT.length)}${keyFingerprint(publicKey)}`,
      "",
    ].join("\n"),
  );
  return OK;
}

function privatePem(key: KeyObject, password: string | undefined): string | Buffer {
  return key.export({
    type: "pkcs8",
    format: "pem",
    ...(password === undefined ? {} : { cipher: "aes-256-cbc", passphrase: password }),
  });
}

function writeNew(path: string, text: string | Buffer, mode: number): void {
  try {
    const fd = openSync(path, "wx", mode);
    try {
      writeSync(fd, text.toString());
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw new AppError("OUTPUT_FAILED", `cannot write ${path}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}
