/** Whose signatures hold by the keys and roots of a policy. Which of them count is the policy's to say. */

import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { dirname, resolve } from "node:path";

import { readAsset } from "../../bytes/file-source.ts";
import { AppError } from "../../kernel/errors.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import { parseStrictJson } from "../../provenance/dsse/strict-json.ts";
import type { Bundle } from "../../provenance/oms/bundle.ts";
import { certificateTrust } from "../../provenance/oms/certificate-trust.ts";
import { signingTime } from "../../provenance/oms/signing-time.ts";
import type { Trust } from "../../provenance/oms/trust.ts";
import type { Signer } from "../../provenance/trust/evidence.ts";
import { keyFingerprint, normalKey } from "../../provenance/trust/key-fingerprint.ts";
import type { TrustRoot } from "../../provenance/trust/policy.ts";
import { parseCertificate } from "../../provenance/x509/parse-certificate.ts";
import { readNamedFile } from "../provenance/model-target.ts";
import { readCertificates } from "../provenance/read-keys.ts";
import { keylessSigner } from "./keyless-signer.ts";
import type { LoadedPolicy } from "./load-policy.ts";

const LARGEST_ROOT = 4 * 1024 * 1024;
const SHIPPED = "sigstore/public-good.json";

/** A way in which a bundle may hold, and who has signed it then. */
export interface Candidate {
  readonly trust: Trust;
  /** What a signature proves about its signer is filled in. */
  describe(bundle: Bundle, signer: Signer): Signer;
}

/** All ways that a policy and those below it know, for one bundle. Throws `AppError` for roots that are not there. */
export async function candidatesFor(
  bundle: Bundle,
  bytes: Uint8Array,
  loaded: LoadedPolicy,
  now: number,
): Promise<Candidate[]> {
  const authorities = readCertificates(timestampRoots(loaded));
  const timeOf = (signed: Bundle) => signingTime(signed, authorities, now);
  switch (bundle.material.kind) {
    case "key": {
      const keys = new Map(
        [...allKeys(loaded), ...rawKey(bundle)].map((key) => [keyFingerprint(key), key]),
      );
      return [...keys.values()].map((key) => ({
        trust: { kind: "key", key, timeOf },
        describe: (_bundle, signer) => signer,
      }));
    }
    case "certificate":
      return rootsOf(loaded, "x509").map(({ name, paths }) => ({
        trust: certificateTrust({ anchors: readCertificates(paths), timeOf, allowedEku: [] }),
        describe: (signed, signer) => ({ ...signer, ...leafOf(signed), roots: [name] }),
      }));
    default: {
      const found: Candidate[] = [];
      for (const { name, paths } of rootsOf(loaded, "sigstore")) {
        const judge = await keylessSigner(bytes, trustedRoot(paths[0] ?? ""), now);
        found.push({
          trust: { kind: "sigstore", judge },
          describe: (_bundle, signer) => ({ ...signer, roots: [name] }),
        });
      }
      return found;
    }
  }
}

function allKeys({ keys, delegated }: LoadedPolicy): KeyObject[] {
  return [...keys.values(), ...delegated.flatMap(allKeys)];
}

/** Early releases put the key into the bundle; whose it is, only its fingerprint in the policy says. */
function rawKey({ material }: Bundle): KeyObject[] {
  if (material.kind !== "key" || material.rawKey === undefined) {
    return [];
  }
  try {
    return [normalKey(createPublicKey(Buffer.from(material.rawKey)))];
  } catch {
    return [];
  }
}

function leafOf({ material }: Bundle): Pick<Signer, "key" | "serial"> {
  const [der] = material.kind === "certificate" ? material.chain : [];
  const parsed = der === undefined ? undefined : parseCertificate(der);
  if (parsed?.kind !== "certificate") {
    return {};
  }
  const { publicKey, serial } = parsed.certificate;
  const key = createPublicKey({ key: Buffer.from(publicKey.der), type: "spki", format: "der" });
  return { key: keyFingerprint(key), serial };
}

interface NamedRoot {
  readonly name: string;
  readonly paths: readonly string[];
}

function rootsOf(
  { policy, path, scope, delegated }: LoadedPolicy,
  kind: "x509" | "sigstore",
): NamedRoot[] {
  const own = [...policy.trustRoots].flatMap(([name, root]) => {
    const files = root.kind === kind ? filesOf(root) : [];
    return files.length === 0
      ? []
      : [{ name: scope + name, paths: files.map((file) => placeOf(file, path)) }];
  });
  return [...own, ...delegated.flatMap((each) => rootsOf(each, kind))];
}

function filesOf(root: TrustRoot): readonly string[] {
  return root.kind === "x509" ? root.files : [root.file];
}

/** Of the policy at the top alone: a delegation must not be able to move the time of what it did not get. */
function timestampRoots({ policy, path }: LoadedPolicy): string[] {
  return [...policy.trustRoots.values()].flatMap((root) =>
    root.kind === "x509" ? root.timestamps.map((file) => resolve(dirname(path), file)) : [],
  );
}

function placeOf(file: string, policy: string): string {
  return file === "embedded" ? file : resolve(dirname(policy), file);
}

function trustedRoot(path: string): JsonValue {
  if (path === "embedded") {
    return readAsset(SHIPPED) as JsonValue;
  }
  const read = parseStrictJson(readNamedFile(path, "the trusted root", LARGEST_ROOT));
  if (read.kind === "failed") {
    throw new AppError("CONFIG_INVALID", `${path} is no trusted root: ${read.detail}`);
  }
  return read.value;
}
