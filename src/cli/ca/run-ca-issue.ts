/** `weighbridge ca issue`: certifies a key with the authority in a folder. */

import type { KeyObject } from "node:crypto";

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import { localSigner } from "../../provenance/oms/local-signer.ts";
import type { Certificate } from "../../provenance/x509/certificate.ts";
import { issueLeaf } from "../../provenance/x509/issue.ts";
import { EKU } from "../../provenance/x509/oids.ts";
import { validatePath } from "../../provenance/x509/validate-path.ts";
import type { Arguments } from "../command.ts";
import { OK } from "../exit-code.ts";
import { oidValues } from "../oid-option.ts";
import { PRIVATE, PUBLIC, refuseExisting, writeNewFile } from "../new-file.ts";
import { askPassword } from "../provenance/ask-password.ts";
import {
  isEncrypted,
  openPrivateKey,
  readCertificates,
  readPrivateKeyFile,
  readPublicKey,
} from "../provenance/read-keys.ts";
import type { Terminal } from "../terminal.ts";
import {
  caFiles,
  caFolder,
  certificateLines,
  certificatePem,
  makePrivateKey,
  nameOption,
  numberOption,
  privatePem,
  publicDer,
  readBack,
  required,
} from "./ca-options.ts";

const COMMAND = "ca issue";
/** Printable ASCII without blanks, as certificates hold both (IA5String). */
const EMAIL = /^[!-?A-~]+@[!-?A-~]+$/;
const URI = /^[A-Za-z][A-Za-z\d+.-]*:[!-~]+$/;

/** Gives the exit code. Throws `AppError` where the authority cannot issue, or a file is there already. */
export async function runCaIssue(given: Arguments, terminal: Terminal): Promise<number> {
  const folder = caFolder(given, { name: COMMAND });
  const subject = nameOption(given, "subject", COMMAND);
  const out = required(given, "out", COMMAND);
  const days = numberOption(given, "days", { fallback: 365, from: 1, to: 36_500 });
  const emails = checked(given, "email", EMAIL, "ada@example.org");
  const uris = checked(given, "uri", URI, "https://example.org/ada");
  const eku = [EKU.codeSigning, ...oidValues(given, "eku")];
  const publicPath = given.value("public-key");
  const keyPath = publicPath === undefined ? `${out.replace(/\.(?:pem|crt|cer)$/, "")}.key` : "";
  refuseExisting(keyPath === "" ? [out] : [out, keyPath], "choose another --out");
  const made = publicPath === undefined ? makePrivateKey("p256") : undefined;
  const publicKey = publicDer(made ?? readPublicKey(publicPath ?? ""));
  const { issuer, key } = await openAuthority(folder, given);
  const spec = { subject, publicKey, issuer, from: Date.now(), days, emails, uris, eku };
  const leaf = readBack(await issueLeaf(spec, localSigner(key)));
  refuseInvalid(leaf, issuer);
  if (made !== undefined) {
    writeNewFile(keyPath, privatePem(made, ""), PRIVATE);
  }
  writeNewFile(out, certificatePem(leaf.der), PUBLIC);
  terminal.out.write(
    certificateLines(leaf, [
      ...(made === undefined
        ? []
        : [["private key", `${keyPath}, not encrypted: keep it to yourself`] as const]),
      ["certificate", `${out}, for whoever signs`],
    ]),
  );
  return OK;
}

function checked(
  given: Arguments,
  option: string,
  pattern: RegExp,
  example: string,
): readonly string[] {
  const values = given.values(option);
  const wrong = values.find((value) => !pattern.test(value));
  if (wrong !== undefined) {
    throw new AppError("USAGE", `--${option} is one such as ${example}, and not ${quote(wrong)}`);
  }
  return values;
}

async function openAuthority(
  folder: string,
  given: Arguments,
): Promise<{ readonly issuer: Certificate; readonly key: KeyObject }> {
  const files = caFiles(folder);
  const [issuer] = readCertificates([files.certificate]);
  const pem = readPrivateKeyFile(files.key);
  const password = isEncrypted(pem) ? await askPassword(given, files.key) : undefined;
  const key = openPrivateKey(pem, files.key, password);
  if (issuer === undefined || Buffer.compare(publicDer(key), issuer.publicKey.der) !== 0) {
    throw new AppError("USAGE", `${files.key} is not the key of ${files.certificate}`);
  }
  return { issuer, key };
}

/** An authority that expired, or is none, would issue what nobody accepts. */
function refuseInvalid(leaf: Certificate, issuer: Certificate): void {
  const options = { intermediates: [], anchors: [issuer], at: Date.now() };
  const result = validatePath(leaf, options);
  if (result.kind === "invalid") {
    const [problem] = result.problems;
    throw new AppError("USAGE", `nobody would accept it: ${problem?.message ?? ""}`, {
      hint: `weighbridge explain ${problem?.rule ?? "x509"}`,
    });
  }
}
