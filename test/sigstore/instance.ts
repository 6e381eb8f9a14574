/** A whole private instance of Sigstore in memory: authority, logs of both versions, timestamp authority, and its trust. */

import { createHash } from "node:crypto";

import type { JsonValue } from "../../src/kernel/rule.ts";
import type { KeylessServices } from "../../src/provenance/sigstore/keyless-services.ts";
import type { TestKey } from "../builders/certificates.ts";
import { granted, makeToken as makeTimestamp, makeTsa } from "../builders/tsa.ts";
import type { TestTsa } from "../builders/tsa.ts";
import { issueFor, makeAuthority } from "./authority.ts";
import type { Authority, IssueOptions } from "./authority.ts";
import { appendEntry, bodyOf, makeLog } from "./log.ts";
import type { TestLog } from "./log.ts";

export interface Addresses {
  readonly authority: string;
  readonly log1: string;
  readonly log2: string;
  readonly tsa: string;
}

export interface Instance {
  readonly addresses: Addresses;
  readonly authority: Authority;
  readonly log1: TestLog;
  readonly log2: TestLog;
  readonly tsa: TestTsa;
}

const SINCE = "2020-01-01T00:00:00Z";

export async function makeInstance(
  addresses: Addresses = {
    authority: "https://fulcio.example",
    log1: "https://rekor1.example",
    log2: "https://rekor2.example",
    tsa: "https://tsa.example/api/v1/timestamp",
  },
): Promise<Instance> {
  return {
    addresses,
    authority: await makeAuthority(),
    log1: makeLog(1, addresses.log1),
    log2: makeLog(2, addresses.log2),
    tsa: await makeTsa(),
  };
}

/** Its `TrustedRoot`. */
export function trustedRootOf({ addresses, authority, log1, log2, tsa }: Instance): JsonValue {
  return {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [logOf(log1.baseUrl, log1.key, log1.id), logOf(log2.baseUrl, log2.key, log2.id)],
    certificateAuthorities: [
      {
        subject: { organization: "example", commonName: "test sigstore" },
        uri: addresses.authority,
        certChain: chainOf(authority.root.der),
        validFor: { start: SINCE },
      },
    ],
    ctlogs: [logOf("https://ct.example", authority.ctKey)],
    timestampAuthorities: [
      {
        subject: { organization: "example", commonName: "tsa" },
        uri: addresses.tsa,
        certChain: chainOf(tsa.certificate.der, tsa.root.der),
        validFor: { start: SINCE },
      },
    ],
  };
}

/** Its `ClientTrustConfig`, for signers that should use one version of the log. */
export function trustConfigOf(
  instance: Instance,
  version: 1 | 2,
  provider = "https://issuer.example",
): JsonValue {
  const { authority, log1, log2, tsa } = instance.addresses;
  const service = (url: string, majorApiVersion: number) => ({
    url,
    majorApiVersion,
    validFor: { start: SINCE },
    operator: "example",
  });
  return {
    mediaType: "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
    trustedRoot: trustedRootOf(instance),
    signingConfig: {
      mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
      caUrls: [service(authority, 1)],
      oidcUrls: [service(provider, 1)],
      rekorTlogUrls: [service(log1, 1), ...(version === 2 ? [service(log2, 2)] : [])],
      rekorTlogConfig: { selector: "ANY" },
      tsaUrls: [service(tsa, 1)],
      tsaConfig: { selector: "ANY" },
    },
  };
}

export interface ServiceOptions extends IssueOptions {
  readonly now: number;
  /** 1 and 2 unless told otherwise. */
  readonly logs?: readonly (1 | 2)[];
  readonly hasTimestamp?: boolean;
  readonly stampedAt?: number;
}

/** The instance without a network in between. */
export function servicesOf(instance: Instance, options: ServiceOptions): KeylessServices {
  const { now, logs = [1, 2], hasTimestamp = true } = options;
  return {
    requestCertificate: (request) => issueFor(instance.authority, request, now, options),
    timestampAuthorities: hasTimestamp
      ? [(signature) => stamp(instance, signature, options.stampedAt ?? now)]
      : [],
    logs: logs.map((version) => (envelope) => {
      const log = version === 1 ? instance.log1 : instance.log2;
      return appendEntry(log, bodyOf(version, envelope), now);
    }),
  };
}

async function stamp({ tsa }: Instance, signature: Uint8Array, time: number): Promise<Uint8Array> {
  return granted(await makeTimestamp(signature, tsa, { time: timeText(time) }));
}

/** GeneralizedTime. */
export function timeText(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
}

function logOf(baseUrl: string, key: TestKey, id?: Buffer): JsonValue {
  const isEd25519 = key.key.asymmetricKeyType === "ed25519";
  return {
    baseUrl,
    hashAlgorithm: "SHA2_256",
    publicKey: {
      rawBytes: Buffer.from(key.publicKey).toString("base64"),
      keyDetails: isEd25519 ? "PKIX_ED25519" : "PKIX_ECDSA_P256_SHA_256",
      validFor: { start: SINCE },
    },
    logId: { keyId: (id ?? keyId(key)).toString("base64") },
  };
}

function keyId({ publicKey }: TestKey): Buffer {
  return createHash("sha256").update(publicKey).digest();
}

function chainOf(...certificates: readonly Uint8Array[]): JsonValue {
  return {
    certificates: certificates.map((der) => ({ rawBytes: Buffer.from(der).toString("base64") })),
  };
}
