/** A policy with all that belongs to it: keys, its signature, and the policies that it delegates to. */

import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { sha256 } from "../../bytes/hash.ts";
import { AppError } from "../../kernel/errors.ts";
import { policyProblems } from "../../provenance/trust/accept-policy.ts";
import type { AcceptedPolicy, SeenPolicy, Signers } from "../../provenance/trust/accept-policy.ts";
import { normalKey } from "../../provenance/trust/key-fingerprint.ts";
import type { Authority, Policy, Threshold } from "../../provenance/trust/policy.ts";
import { readPolicyEnvelope } from "../../provenance/trust/policy-envelope.ts";
import type { PolicyEnvelope } from "../../provenance/trust/policy-envelope.ts";
import { readPolicy } from "../../provenance/trust/read-policy.ts";
import { withKeys } from "../../provenance/trust/with-keys.ts";
import { parsePlacedYaml } from "../config/yaml-text.ts";
import { readNamedFile } from "../provenance/model-target.ts";
import { readPublicKey } from "../provenance/read-keys.ts";
import type { Remembered, TrustMemory } from "./memory.ts";

const LARGEST = 4 * 1024 * 1024;
const MAX_DEPTH = 4;

/** A policy and those that it delegates to. */
export interface LoadedPolicy {
  readonly path: string;
  /** What the names of its trust roots begin with. */
  readonly scope: string;
  readonly policy: Policy;
  readonly bytes: Uint8Array;
  readonly digest: string;
  /** By the names of authorities. */
  readonly keys: ReadonlyMap<string, KeyObject>;
  readonly accepted: AcceptedPolicy;
  readonly delegated: readonly LoadedPolicy[];
}

export interface PolicyRequest {
  readonly path: string;
  /** Keys that the user says have to sign it. */
  readonly keys: readonly KeyObject[];
  readonly memory: TrustMemory;
  readonly now: number;
}

/** The first mistake as a sentence, and the others for those who ask. */
export class PolicyMistakes extends AppError {
  readonly mistakes: readonly AppError[];

  constructor(path: string, mistakes: readonly AppError[]) {
    const [first] = mistakes;
    const others = mistakes.length - 1;
    const hint =
      others > 0 ? `and ${others} more: weighbridge trust lint ${path}` : (first?.hint ?? "");
    super("CONFIG_INVALID", first?.message ?? "", hint === "" ? {} : { hint });
    this.mistakes = mistakes;
  }
}

/** Where the signature of a policy lies. */
export function signatureOf(path: string): string {
  return `${path}.sig`;
}

/** Throws `AppError` for a policy that cannot be read, with all its mistakes. */
export function loadPolicy({ path, keys, memory, now }: PolicyRequest): LoadedPolicy {
  const remembered = recall(memory, path);
  const trusted: Signers[] = [
    ...(keys.length === 0 ? [] : [{ keys, threshold: 1 }]),
    ...(remembered?.signers === undefined ? [] : [signersOf(remembered.signers)]),
  ];
  return load({ path, name: path, scope: "" }, trusted, { seen: remembered, memory, now }, 0);
}

interface Context {
  readonly seen: SeenPolicy | undefined;
  readonly memory: TrustMemory;
  readonly now: number;
}

function load(
  { path, name, scope }: { path: string; name: string; scope: string },
  trusted: readonly Signers[],
  { seen, memory, now }: Context,
  depth: number,
): LoadedPolicy {
  const { policy: read, bytes } = readPolicyFile(path, name);
  const keys = keysOf(read, path);
  const policy = withKeys(read, keys, scope);
  const own = policy.signedBy === undefined ? [] : [signersIn(policy.signedBy, keys)];
  const digest = sha256(bytes);
  const problems = policyProblems({
    policy,
    bytes,
    digest,
    envelope: envelopeBeside(path),
    signers: [...trusted, ...own],
    seen,
    now: Math.max(now, memory.latest),
  });
  const delegated = policy.delegations.flatMap((delegation) => {
    const file = resolve(dirname(path), delegation.file);
    if (depth >= MAX_DEPTH || !existsSync(file)) {
      return [];
    }
    const to = [signersIn(delegation.to, keys)];
    const next = { seen: recall(memory, file), memory, now };
    const below = { path: file, name: delegation.file, scope: `${scope}${delegation.name}/` };
    return [[delegation.name, load(below, to, next, depth + 1)] as const];
  });
  const accepted: AcceptedPolicy = {
    policy,
    problems,
    delegated: new Map(delegated.map(([key, loaded]) => [key, loaded.accepted])),
  };
  return {
    path,
    scope,
    policy,
    bytes,
    digest,
    keys,
    accepted,
    delegated: delegated.map(([, each]) => each),
  };
}

/** A policy as it is written. Throws `AppError` with all its mistakes. */
export function readPolicyFile(
  path: string,
  name: string,
): { readonly policy: Policy; readonly bytes: Uint8Array } {
  const bytes = readNamedFile(path, "the policy", LARGEST);
  const text = Buffer.from(bytes).toString("utf8");
  const read = readPolicy({ name, ...parsePlacedYaml(text, name) });
  if (read.kind === "mistakes") {
    throw new PolicyMistakes(path, read.mistakes);
  }
  return { policy: read.policy, bytes };
}

/** Public keys of a policy that are at hand. */
export function keysOf(policy: Policy, path: string): Map<string, KeyObject> {
  const found = new Map<string, KeyObject>();
  for (const authority of policy.authorities.values()) {
    const key = keyOf(authority, path);
    if (key !== undefined) {
      found.set(authority.name, normalKey(key));
    }
  }
  return found;
}

function keyOf(authority: Authority, path: string): KeyObject | undefined {
  if (authority.kind !== "key") {
    return undefined;
  }
  if (authority.file !== undefined) {
    return readPublicKey(resolve(dirname(path), authority.file));
  }
  if (authority.pem === undefined) {
    return undefined;
  }
  try {
    return createPublicKey(authority.pem);
  } catch (error) {
    const { document, line, path: where } = authority.place;
    throw new AppError("CONFIG_INVALID", `${document}:${line}: ${where}.key.pem is no public key`, {
      cause: error,
    });
  }
}

function signersIn({ of, count }: Threshold, keys: ReadonlyMap<string, KeyObject>): Signers {
  const known = of.map((name) => keys.get(name)).filter((key) => key !== undefined);
  return { keys: known, threshold: count };
}

function signersOf({ keys, threshold }: NonNullable<Remembered["signers"]>): Signers {
  return { keys: keys.map((pem) => createPublicKey(pem)), threshold };
}

function envelopeBeside(path: string): PolicyEnvelope | undefined {
  const place = signatureOf(path);
  return existsSync(place)
    ? readPolicyEnvelope(readNamedFile(place, "the signature of the policy", LARGEST * 2))
    : undefined;
}

function recall({ policies }: TrustMemory, path: string): Remembered | undefined {
  const key = memoryKey(path);
  return Object.hasOwn(policies, key) ? policies[key] : undefined;
}

function memoryKey(path: string): string {
  return existsSync(path) ? realpathSync(path) : resolve(path);
}

/** What is kept of a policy that has decided. */
export function rememberPolicy(memory: TrustMemory, loaded: LoadedPolicy): TrustMemory {
  const { path, policy, digest, keys, delegated, accepted } = loaded;
  let result = memory;
  if (accepted.problems.length === 0) {
    const { signedBy } = policy;
    const pems = (signedBy?.of ?? []).flatMap((name) => keys.get(name) ?? []);
    const entry: Remembered = {
      version: policy.version.value,
      digest,
      ...(signedBy === undefined
        ? {}
        : { signers: { keys: pems.map(pemOf), threshold: signedBy.count } }),
    };
    result = { ...memory, policies: { ...memory.policies, [memoryKey(path)]: entry } };
  }
  for (const each of delegated) {
    result = rememberPolicy(result, each);
  }
  return result;
}

function pemOf(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}
