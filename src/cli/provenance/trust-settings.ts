/** Whom the user trusts. Keys and roots come from options alone; a bundle only says which of them counts. */

import { AppError } from "../../kernel/errors.ts";
import { readBundle } from "../../provenance/oms/bundle.ts";
import type { Bundle } from "../../provenance/oms/bundle.ts";
import { certificateTrust } from "../../provenance/oms/certificate-trust.ts";
import { signingTime } from "../../provenance/oms/signing-time.ts";
import type { Trust } from "../../provenance/oms/trust.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { oidValues } from "../oid-option.ts";
import { readCertificates, readPublicKey } from "./read-keys.ts";

type Method = "key" | "certificate";

const NEEDED: Readonly<Record<Method, string>> = {
  key: "a public key: --public-key FILE",
  certificate: "the root that you trust: --certificate-chain FILE",
};

/**
 * Throws `AppError` USAGE where nothing says whom to trust for the way in which the model was signed.
 *
 * @param method that was asked for; that of the bundle where none was.
 */
export function readTrust(
  given: Arguments,
  { name }: CommandSpec,
  method: Method | undefined,
  bundle: Uint8Array,
): Trust {
  const key = given.value("key") ?? given.value("public-key");
  const chain = given.values("certificate-chain");
  if (method === undefined && key === undefined && chain.length === 0) {
    throw new AppError(
      "USAGE",
      `${name} needs whom to trust: --key FILE or --certificate-chain FILE`,
      {
        hint: "the key or the root comes from the publisher, on another way than the model",
      },
    );
  }
  const authorities = readCertificates(given.values("timestamp-chain"));
  const now = Date.now();
  const timeOf = (signed: Bundle) => signingTime(signed, authorities, now);
  const wanted = method ?? methodOf(bundle, key !== undefined);
  if (wanted === "key" && key !== undefined) {
    return { kind: "key", key: readPublicKey(key), timeOf };
  }
  if (wanted === "certificate" && chain.length > 0) {
    const anchors = readCertificates(chain);
    return certificateTrust({ anchors, timeOf, allowedEku: oidValues(given, "allow-eku") });
  }
  const signed = method === undefined ? "the model was signed in another way, so " : "";
  throw new AppError("USAGE", `${signed}${name} needs ${NEEDED[wanted]}`, {
    hint: `weighbridge ${name} --help`,
  });
}

/** A bundle that cannot be read fails by itself, with whatever the user gave. */
function methodOf(bytes: Uint8Array, hasKey: boolean): Method {
  const read = readBundle(bytes);
  const kind: Bundle["material"]["kind"] | undefined =
    read.kind === "bundle" ? read.bundle.material.kind : undefined;
  switch (kind) {
    case "key":
    case "certificate":
      return kind;
    case "sigstore":
      throw new AppError(
        "USAGE",
        "the model was signed keyless, through Sigstore: there is nothing to say whom to trust",
        {
          hint: "this version verifies signatures by keys and by certificates",
        },
      );
    default:
      return hasKey ? "key" : "certificate";
  }
}
