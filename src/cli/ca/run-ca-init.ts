/** `weighbridge ca init`: makes an authority in a folder. */

import { mkdirSync } from "node:fs";

import { AppError, errorMessage } from "../../kernel/errors.ts";
import { localSigner } from "../../provenance/oms/local-signer.ts";
import { issueRoot } from "../../provenance/x509/issue.ts";
import type { Arguments } from "../command.ts";
import { OK } from "../exit-code.ts";
import { PRIVATE, PUBLIC, refuseExisting, writeNewFile } from "../new-file.ts";
import { choosePassword } from "../provenance/ask-password.ts";
import { oneOf } from "../scan/one-of.ts";
import type { Terminal } from "../terminal.ts";
import {
  caFiles,
  caFolder,
  certificateLines,
  certificatePem,
  CURVE_NAMES,
  makePrivateKey,
  nameOption,
  numberOption,
  privatePem,
  readBack,
} from "./ca-options.ts";

const COMMAND = "ca init";

/** Gives the exit code. Throws `AppError` where there is an authority already, or it cannot be written. */
export async function runCaInit(given: Arguments, terminal: Terminal): Promise<number> {
  const folder = caFolder(given, { name: COMMAND });
  const subject = nameOption(given, "name", COMMAND);
  const days = numberOption(given, "days", { fallback: 3650, from: 1, to: 36_500 });
  const pathLength = numberOption(given, "path-length", { fallback: 0, from: 0, to: 7 });
  const curve = oneOf("--curve", given.value("curve"), CURVE_NAMES) ?? "p256";
  const files = caFiles(folder);
  refuseExisting([files.key, files.certificate], "an authority has one key; choose another folder");
  const password = await choosePassword(given, files.key);
  const key = makePrivateKey(curve);
  const spec = { subject, from: Date.now(), days, pathLength };
  const root = readBack(await issueRoot(spec, localSigner(key)));
  makeFolder(folder);
  writeNewFile(files.key, privatePem(key, password), PRIVATE);
  writeNewFile(files.certificate, certificatePem(root.der), PUBLIC);
  const secrecy = password === "" ? "not encrypted" : "encrypted";
  terminal.out.write(
    certificateLines(root, [
      ["private key", `${files.key}, ${secrecy}: keep it away from where models are built`],
      ["certificate", `${files.certificate}, for those who verify`],
    ]),
  );
  return OK;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new AppError("OUTPUT_FAILED", `cannot make ${folder}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}
