/** `weighbridge sign sigstore`: digests the model, logs in, has the statement signed and published, writes the signature. */

import { AppError } from "../../kernel/errors.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import { escapeText } from "../../kernel/text.ts";
import { PAYLOAD_TYPE } from "../../provenance/oms/bundle.ts";
import type { DigestedModel } from "../../provenance/oms/sign.ts";
import { writeStatement } from "../../provenance/oms/write-statement.ts";
import type { IdentityToken } from "../../provenance/sigstore/identity-token.ts";
import { signEnvelope } from "../../provenance/sigstore/sign-envelope.ts";
import type { KeylessSignature } from "../../provenance/sigstore/sign-envelope.ts";
import { readSigningConfig } from "../../provenance/sigstore/signing-config.ts";
import type { ChosenServices } from "../../provenance/sigstore/signing-config.ts";
import { readTrustedRoot } from "../../provenance/sigstore/trusted-root.ts";
import { makeStyle } from "../../reporters/terminal/style.ts";
import type { HttpClient } from "../../sources/http/http-client.ts";
import { httpServices } from "../../sources/sigstore/http-services.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { wantsColor } from "../config/environment.ts";
import { FAILED, OK } from "../exit-code.ts";
import { logFolder } from "../log/log-work.ts";
import { oneOf } from "../scan/one-of.ts";
import type { Terminal } from "../terminal.ts";
import { onlyModel, openModel } from "./model-target.ts";
import { identitySource, logIn } from "./log-in.ts";
import { logSigned } from "./log-signed.ts";
import { digestToSign } from "./digest-to-sign.ts";
import { openNetwork } from "./open-network.ts";
import { problemLines } from "./problem-lines.ts";
import { summary } from "./sign-report.ts";
import { readTrustConfig } from "./trust-config.ts";
import { withWork } from "./work.ts";
import { writeSignature } from "./write-signature.ts";

const DEFAULT_SIGNATURE = "model.sig";
const COMPAT = ["python-1.1", "none"] as const;

/** Gives the exit code. Throws `AppError` where there is nobody to sign for, and where a service refuses. */
export async function runSignSigstore(
  given: Arguments,
  terminal: Terminal,
  spec: CommandSpec,
): Promise<number> {
  const model = openModel(onlyModel(given, spec));
  const target = given.value("signature") ?? DEFAULT_SIGNATURE;
  const compat = oneOf("--oms-compat", given.value("oms-compat"), COMPAT);
  const allowSymlinks = given.has("allow-symlinks");
  const log = logFolder(given);
  const config = readTrustConfig(given).json;
  // What cannot succeed is said before a model is read for minutes; tokens that live for minutes are asked for after.
  const services = chooseServices(config);
  const source = identitySource(given, terminal, services);
  const style = makeStyle(wantsColor(given.value("color"), terminal.err));
  return await withWork(given, terminal, async (work) => {
    const digested = await digestToSign(given, terminal, { model, target, style, work });
    if (digested === undefined) {
      return FAILED;
    }
    const client = openNetwork();
    try {
      const login = { services, given, terminal, client, signal: work.signal };
      const token = await logIn(source, login);
      terminal.err.write(publicationNote(services));
      const isDot = model.tree.kind === "file" && compat === "python-1.1";
      const { signer, logEntries, bundle } = await signDigested(digested, {
        config,
        services,
        token,
        client,
        signal: work.signal,
        name: model.name,
        allowSymlinks,
        isDot,
      });
      writeSignature(target, `${JSON.stringify(bundle)}\n`);
      const entries = logEntries.map(({ log, index }) => `, entry ${index} of ${log}`).join("");
      const who = `${signer.identity}, by the word of ${signer.issuer}${entries}`;
      terminal.out.write(summary({ ref: model.ref, who, target, digested }, style));
      terminal.err.write(problemLines(digested.problems, style, false));
      if (log !== undefined) {
        const actor = { kind: "keyless", id: signer.identity };
        const text = `${JSON.stringify(bundle)}\n`;
        await logSigned(log, { name: model.name, digested, bundle: text, actor }, terminal);
      }
      return OK;
    } finally {
      await client.close();
    }
  });
}

interface SigningJob {
  readonly config: JsonValue;
  readonly services: ChosenServices;
  readonly token: IdentityToken;
  readonly client: HttpClient;
  readonly signal: AbortSignal;
  readonly name: string;
  readonly allowSymlinks: boolean;
  /** The only file is called `.`. */
  readonly isDot: boolean;
}

async function signDigested(
  { files, ignorePaths }: DigestedModel,
  { config, services, token, client, signal, name, allowSymlinks, isDot }: SigningJob,
): Promise<KeylessSignature> {
  const root = readTrustedRoot(config);
  if (root.kind === "refused") {
    throw new AppError("CONFIG_INVALID", root.problem.evidence.message);
  }
  const named = isDot ? files.map((file) => ({ ...file, name: "." })) : files;
  return await signEnvelope({
    payloadType: PAYLOAD_TYPE,
    payload: writeStatement({ name, files: named, ignorePaths, allowSymlinks }),
    token,
    services: httpServices(services, client, signal),
    trustedRoot: root.root,
    now: () => new Date(),
  });
}

function chooseServices(config: JsonValue): ChosenServices {
  const read = readSigningConfig(config, new Date());
  if (read.kind === "refused") {
    throw new AppError(
      "CONFIG_INVALID",
      `nothing can be signed with this instance: ${read.reason}`,
      {
        hint: "a ClientTrustConfig has both a trustedRoot and a signingConfig",
      },
    );
  }
  return read.services;
}

function publicationNote({ logs }: ChosenServices): string {
  const places = logs.map(({ url }) => url).join(" and ");
  return escapeText(
    `the signature and the signer's name are published in ${places}, for good`,
  ).concat("\n");
}
