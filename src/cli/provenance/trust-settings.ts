/** Whom the user trusts. Keys and roots come from options alone; a bundle only says which of them counts. */

import { AppError } from "../../kernel/errors.ts";
import { readBundle } from "../../provenance/oms/bundle.ts";
import type { Bundle } from "../../provenance/oms/bundle.ts";
import { certificateTrust } from "../../provenance/oms/certificate-trust.ts";
import { signingTime } from "../../provenance/oms/signing-time.ts";
import type { Trust } from "../../provenance/oms/trust.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { oidValues } from "../oid-option.ts";
import { keylessTrust, namesIdentity } from "./keyless-trust.ts";
import { readCertificates, readPublicKey } from "./read-keys.ts";

type Method = "key" | "certificate" | "sigstore";

const NEEDED: Readonly<Record<Method, string>> = {
  key: "a public key: --public-key FILE",
  certificate: "the root that you trust: --certificate-chain FILE",
  sigstore: "who may have signed: --identity NAME --identity-provider URL",
};

/**
 * Throws `AppError` USAGE where nothing says whom to trust for the way in which the model was signed.
 *
 * @param method that was asked for; that of the bundle where none was.
 */
export async function readTrust(
  given: Arguments,
  { name }: CommandSpec,
  method: Method | undefined,
  bundle: Uint8Array,
): Promise<Trust> {
  const key = given.value("key") ?? given.value("public-key");
  const chain = given.values("certificate-chain");
  const isKeyless = namesIdentity(given);
  if (method === undefined && key === undefined && chain.length === 0 && !isKeyless) {
    throw new AppError(
      "USAGE",
      `${name} needs whom to trust: --key FILE, --certificate-chain FILE or --identity NAME`,
      {
        hint: "the key, the root or the name comes from the publisher, on another way than the model",
      },
    );
  }
  const authorities = readCertificates(given.values("timestamp-chain"));
  const now = Date.now();
  const timeOf = (signed: Bundle) => signingTime(signed, authorities, now);
  const other = isKeyless && chain.length === 0 ? "sigstore" : "certificate";
  const guess = key === undefined ? other : "key";
  const wanted = method ?? methodOf(bundle, guess);
  if (wanted === "key" && key !== undefined) {
    return { kind: "key", key: readPublicKey(key), timeOf };
  }
  if (wanted === "certificate" && chain.length > 0) {
    const anchors = readCertificates(chain);
    return certificateTrust({ anchors, timeOf, allowedEku: oidValues(given, "allow-eku") });
  }
  if (wanted === "sigstore" && isKeyless) {
    return await keylessTrust(given, bundle);
  }
  const signed = method === undefined ? "the model was signed in another way, so " : "";
  throw new AppError("USAGE", `${signed}${name} needs ${NEEDED[wanted]}`, {
    hint: `weighbridge ${name} --help`,
  });
}

/** A bundle that cannot be read fails by itself, with whatever the user gave. */
function methodOf(bytes: Uint8Array, guess: Method): Method {
  const read = readBundle(bytes);
  const kind: Bundle["material"]["kind"] | undefined =
    read.kind === "bundle" ? read.bundle.material.kind : undefined;
  switch (kind) {
    case "key":
    case "certificate":
    case "sigstore":
      return kind;
    default:
      return guess;
  }
}
