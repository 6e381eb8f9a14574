/** Whose signatures hold by the keys and roots of a policy. Which of them count is the policy's to say. */

import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { dirname, resolve } from "node:path";

import { readAsset } from "../../bytes/file-source.ts";
import { AppError } from "../../kernel/errors.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import { attestationSigner } from "../../provenance/attestations/attestation-signer.ts";
import { parseStrictJson } from "../../provenance/dsse/strict-json.ts";
import type { Bundle } from "../../provenance/oms/bundle.ts";
import { certificateTrust } from "../../provenance/oms/certificate-trust.ts";
import { signingTime } from "../../provenance/oms/signing-time.ts";
import { fails } from "../../provenance/oms/problem.ts";
import type { Problem } from "../../provenance/oms/problem.ts";
import { judgeSigner } from "../../provenance/oms/trust.ts";
import type { SignerIdentity, Trust, TrustedTime } from "../../provenance/oms/trust.ts";
import type { Logged, Signer } from "../../provenance/trust/evidence.ts";
import { keyFingerprint, normalKey } from "../../provenance/trust/key-fingerprint.ts";
import type { TrustRoot } from "../../provenance/trust/policy.ts";
import { parseCertificate } from "../../provenance/x509/parse-certificate.ts";
import { readNamedFile } from "../provenance/model-target.ts";
import { readCertificates } from "../provenance/read-keys.ts";
import { keylessSigner } from "./keyless-signer.ts";
import type { LoadedPolicy } from "./load-policy.ts";

const LARGEST_ROOT = 4 * 1024 * 1024;
const SHIPPED = "sigstore/public-good.json";

/** A way in which a bundle may hold, and what is added to its signer then. */
interface Candidate {
  readonly trust: Trust;
  readonly root?: string;
}

export interface Identified {
  readonly signer: Signer;
  readonly time?: string;
  readonly logged?: readonly Logged[];
  /** One by which the signature holds. */
  readonly trust: Trust;
}

export type Identification =
  | { readonly kind: "identified"; readonly identified: Identified }
  /** Why it does not hold; nothing for strangers. */
  | { readonly kind: "unknown"; readonly problems: readonly Problem[] };

/** Says who signed a bundle. Throws nothing because of content. */
export type Identify = (
  bundle: Bundle,
  bytes: Uint8Array,
  compat: "legacy" | "strict",
) => Identification;

/**
 * By all keys and roots of a policy and of those below it. Throws `AppError` for files that are not there.
 *
 * @param now milliseconds.
 */
export async function policySigners(loaded: LoadedPolicy, now: number): Promise<Identify> {
  const authorities = readCertificates(timestampRoots(loaded));
  const timeOf = (signed: Bundle) => signingTime(signed, authorities, now);
  const keys = new Map(allKeys(loaded).map((key) => [keyFingerprint(key), key]));
  const certificates = rootsOf(loaded, "x509").map(({ name, paths }): Candidate => {
    const anchors = readCertificates(paths);
    return { trust: certificateTrust({ anchors, timeOf, allowedEku: [] }), root: name };
  });
  const keyless = await Promise.all(
    rootsOf(loaded, "sigstore").map(async ({ name, paths }) => ({
      name,
      judge: await keylessSigner(trustedRoot(paths[0] ?? ""), now),
    })),
  );
  return (bundle, bytes, compat) => {
    switch (bundle.material.kind) {
      case "key":
        return identify(bundle, keyCandidates(bundle, keys, timeOf), compat);
      case "certificate":
        return identify(bundle, certificates, compat);
      default: {
        const candidates = keyless.map(({ name, judge }): Candidate => {
          return { trust: { kind: "sigstore", judge: (read) => judge(read, bytes) }, root: name };
        });
        return identify(bundle, candidates, compat);
      }
    }
  };
}

/** Roots of delegations have a scope in front. What they prove must not move the time of what was not delegated. */
function isOfTop(root: string | undefined): boolean {
  return root?.includes("/") !== true;
}

function keyCandidates(
  bundle: Bundle,
  keys: ReadonlyMap<string, KeyObject>,
  timeOf: (bundle: Bundle) => TrustedTime,
): Candidate[] {
  const all = new Map([
    ...keys,
    ...rawKey(bundle).map((key) => [keyFingerprint(key), key] as const),
  ]);
  const hint = bundle.material.kind === "key" ? bundle.material.hint : undefined;
  const named = hint === undefined ? undefined : all.get(hint);
  return (named === undefined ? [...all.values()] : [named]).map((key) => ({
    trust: { kind: "key", key, timeOf },
  }));
}

function identify(
  bundle: Bundle,
  candidates: readonly Candidate[],
  compat: "legacy" | "strict",
): Identification {
  const failed: Problem[] = [];
  const roots: string[] = [];
  let identified: Identified | undefined;
  for (const { trust, root } of candidates) {
    const { signer, time, problems } = judgeSigner(bundle, trust, compat);
    if (signer === undefined) {
      failed.push(...problems.filter(fails));
      continue;
    }
    roots.push(...(root === undefined ? [] : [root]));
    identified ??= {
      signer: { ...attestationSigner(signer), ...leafOf(bundle) },
      trust,
      ...(time?.kind === "timestamp" && isOfTop(root) ? { time: time.at } : {}),
      ...logEntriesOf(signer),
    };
  }
  if (identified === undefined) {
    // Each key of the policy fails for a signature by any other; that is no news.
    return { kind: "unknown", problems: bundle.material.kind === "key" ? [] : failed };
  }
  return {
    kind: "identified",
    identified: { ...identified, signer: { ...identified.signer, roots } },
  };
}

function logEntriesOf(identity: SignerIdentity): Pick<Identified, "logged"> {
  return identity.kind === "identity"
    ? {
        logged: identity.logEntries.map(({ log, index }) => ({
          origin: log,
          index: Number(index),
          witnesses: 0,
        })),
      }
    : {};
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
