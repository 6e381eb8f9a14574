/**
 * Finds the claims about an artifact by its digests. Names never lead to one; they only help to say what was probably
 * meant where there is none.
 */

import { compareNames } from "../oms/names.ts";
import { rootOfFile } from "../attestations/match-digests.ts";
import type { DigestSet, ResourceDescriptor } from "../attestations/statement.ts";
import type { Claim } from "./lineage.ts";

export interface Resolved {
  /** The same for all digest sets of one artifact. */
  readonly key: string;
  /** It was named by a root alone, and is taken for the only artifact that is known to have it. */
  readonly unbound: boolean;
}

export interface ArtifactIndex {
  resolve(digest: DigestSet): Resolved;
  /** Claims whose subject it is. */
  claimsOf(key: string): readonly Claim[];
  /** Keys of artifacts with claims that have the same root and other names of files. */
  renamed(digest: DigestSet): readonly string[];
  /** Whether there are claims about something with the same root, which do not say how its files are called. */
  hasUnbound(digest: DigestSet): boolean;
  /** Keys of artifacts with claims that go by a name or a URI. */
  named(descriptor: ResourceDescriptor): readonly string[];
  digestOf(key: string): DigestSet | undefined;
}

/** @param known digests of which names of files are known without any claim: the model itself. */
export function indexArtifacts(
  claims: readonly Claim[],
  known: readonly DigestSet[],
): ArtifactIndex {
  const bound = new Map<string, Set<string>>();
  for (const { sha256, dirHash1 } of [...known, ...digestsIn(claims)]) {
    if (sha256 !== undefined && dirHash1 !== undefined) {
      add(bound, sha256, dirHash1);
    }
  }
  const resolve = (digest: DigestSet): Resolved => resolveIn(bound, digest);
  const byKey = new Map<string, Set<Claim>>();
  const byName = new Map<string, Set<string>>();
  const digests = new Map<string, DigestSet>();
  for (const claim of claims) {
    for (const subject of claim.statement.subject) {
      const { key } = resolve(subject.digest);
      add(byKey, key, claim);
      if (!digests.has(key) || subject.digest["dirHash1"] !== undefined) {
        digests.set(key, subject.digest);
      }
      for (const name of namesOf(subject)) {
        add(byName, name, key);
      }
    }
  }
  return {
    resolve,
    claimsOf: (key) => [...(byKey.get(key) ?? [])],
    renamed: ({ sha256 = "", dirHash1 }) =>
      dirHash1 === undefined
        ? []
        : [...(bound.get(sha256) ?? [])]
            .filter((other) => other !== dirHash1)
            .map((other) => keyOf(sha256, other))
            .filter((key) => byKey.has(key)),
    hasUnbound: ({ sha256 = "", dirHash1 }) =>
      dirHash1 !== undefined && byKey.has(keyOf(sha256, "")),
    named: (descriptor) => namesOf(descriptor).flatMap((name) => [...(byName.get(name) ?? [])]),
    digestOf: (key) => digests.get(key),
  };
}

/** One that binds names is itself; a root alone stands for the only one that has it; a file for the model that it is. */
function resolveIn(bound: ReadonlyMap<string, ReadonlySet<string>>, digest: DigestSet): Resolved {
  const { sha256, dirHash1 } = digest;
  if (sha256 === undefined) {
    const [algorithm = ""] = Object.keys(digest).toSorted(compareNames);
    return { key: `${algorithm}:${digest[algorithm] ?? ""}`, unbound: false };
  }
  if (dirHash1 !== undefined) {
    return { key: keyOf(sha256, dirHash1), unbound: false };
  }
  const root = rootOfFile(sha256);
  const asFile = onlyOne(bound.get(root));
  if (asFile !== undefined) {
    return { key: keyOf(root, asFile), unbound: false };
  }
  const asRoot = onlyOne(bound.get(sha256));
  return asRoot === undefined
    ? { key: keyOf(sha256, ""), unbound: bound.has(sha256) }
    : { key: keyOf(sha256, asRoot), unbound: true };
}

function* digestsIn(claims: readonly Claim[]): Iterable<DigestSet> {
  for (const { statement } of claims) {
    for (const { digest } of statement.subject) {
      yield digest;
    }
  }
}

function keyOf(sha256: string, dirHash1: string): string {
  return `${sha256}/${dirHash1}`;
}

function onlyOne(values: ReadonlySet<string> | undefined): string | undefined {
  return values?.size === 1 ? [...values][0] : undefined;
}

function namesOf({ name, uri }: ResourceDescriptor): string[] {
  return [name ?? "", uri ?? ""].filter((value) => value !== "");
}

function add<K, V>(map: Map<K, Set<V>>, key: K, value: V): void {
  const values = map.get(key);
  if (values === undefined) {
    map.set(key, new Set([value]));
  } else {
    values.add(value);
  }
}
