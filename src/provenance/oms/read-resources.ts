/** The list of files in a manifest, checked entry by entry: names, digests, order, and whether shards cover their files. */

import type { JsonValue, RuleInfo } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import { asObject, fieldOf } from "../dsse/strict-json.ts";
import { ALGORITHMS } from "./manifest.ts";
import type { Algorithm, Manifest, Resource, Shard } from "./manifest.ts";
import { compareNames, nameProblem } from "./names.ts";
import { BAD_PATH, DUPLICATE_NAME, SCHEMA, UNSORTED, UNSUPPORTED } from "./rules.ts";

/** What the digests are, and how long they are in hexadecimal. */
const LENGTHS: Readonly<Record<Algorithm, number>> = { sha256: 64, blake2b: 128, blake3: 64 };
const HEX = /^[0-9a-f]+$/;
/** Of one kind of mistake that many are told. */
const MAX_TOLD = 20;

type Say = (rule: RuleInfo, message: string) => void;
type Form = Pick<Manifest, "method" | "shardSize"> & { readonly hashType: string };

/** Nothing where an entry cannot be compared with any file. */
export function readResources(
  listed: readonly JsonValue[],
  form: Form,
  say: Say,
): readonly Resource[] | undefined {
  const told = new Map<RuleInfo, number>();
  const tell: Say = (rule, message) => {
    const count = (told.get(rule) ?? 0) + 1;
    told.set(rule, count);
    if (count <= MAX_TOLD) {
      say(rule, message);
    }
  };
  const resources: Resource[] = [];
  const names = new Set<string>();
  for (const item of listed) {
    const resource = readResource(item, form, listed.length === 1, tell);
    if (resource !== undefined) {
      if (names.has(resource.name)) {
        tell(DUPLICATE_NAME, `${quote(resource.name)} is listed twice`);
      }
      names.add(resource.name);
      resources.push(resource);
    }
  }
  if (resources.length < listed.length) {
    return undefined;
  }
  if (
    resources.some(({ name }, index) => compareNames(name, resources[index - 1]?.name ?? "") < 0)
  ) {
    say(UNSORTED, "the files are not listed in the order of their names' bytes");
  }
  if (form.method === "shards" && form.shardSize !== undefined) {
    checkShards(resources, form.shardSize, tell);
  }
  return resources;
}

function readResource(
  item: JsonValue,
  { method, hashType }: Form,
  isOnly: boolean,
  tell: Say,
): Resource | undefined {
  const object = asObject(item) ?? {};
  const name = fieldOf(object, "name");
  const digest = fieldOf(object, "digest");
  const algorithm = fieldOf(object, "algorithm");
  if (typeof name !== "string" || typeof digest !== "string" || typeof algorithm !== "string") {
    tell(SCHEMA, "a listed file lacks its name, its digest or its algorithm");
    return undefined;
  }
  const known = algorithmOf(algorithm);
  if (known === undefined) {
    tell(UNSUPPORTED, `${quote(name)} has a digest of the unknown kind ${quote(algorithm)}`);
    return undefined;
  }
  if (digest.length !== LENGTHS[known] || !HEX.test(digest)) {
    tell(SCHEMA, `the digest of ${quote(name)} is no ${known} in lower-case hexadecimal`);
    return undefined;
  }
  if (hashType !== known) {
    tell(
      SCHEMA,
      `${quote(name)} has a digest by ${known}, and the statement says ${quote(hashType)}`,
    );
  }
  const shard = method === "shards" ? shardOf(name) : undefined;
  if (method === "shards" && shard === undefined) {
    tell(SCHEMA, `${quote(name)} does not say which part of its file it is`);
    return undefined;
  }
  const path = shard?.path ?? name;
  // Releases up to 1.1.1 of the reference call a model of one file like that.
  const problem = isOnly && path === "." ? undefined : nameProblem(path);
  if (problem !== undefined) {
    tell(BAD_PATH, `the path ${quote(path)} is refused: ${problem}`);
    return undefined;
  }
  const resource = { name, path, algorithm: known, digest };
  return shard === undefined ? resource : { ...resource, shard: shard.shard };
}

/** The reference names sharded digests `sha256-sharded-1000000000`. */
function algorithmOf(name: string): Algorithm | undefined {
  const plain = name.replace(/-sharded-\d{1,16}$/, "");
  return ALGORITHMS.find((known) => known === plain);
}

/** The last two parts count: a path may have colons itself. */
function shardOf(name: string): { readonly path: string; readonly shard: Shard } | undefined {
  const match = /^(.+):(\d{1,16}):(\d{1,16})$/su.exec(name);
  const [start, end] = [Number(match?.[2]), Number(match?.[3])];
  const path = match?.[1];
  return path !== undefined && Number.isSafeInteger(end) && start < end
    ? { path, shard: { start, end } }
    : undefined;
}

/** All of a file: from its start, one behind the other, each as long as it should be, the last one at most that. */
function checkShards(resources: readonly Resource[], size: number, tell: Say): void {
  const files = new Map<string, Shard[]>();
  for (const { path, shard } of resources) {
    const shards = files.get(path) ?? [];
    files.set(path, shards);
    if (shard !== undefined) {
      shards.push(shard);
    }
  }
  for (const [path, shards] of files) {
    const sorted = shards.toSorted((a, b) => a.start - b.start);
    const isWhole = sorted.every(({ start, end }, index) => {
      const length = end - start;
      return (
        start === index * size &&
        (length === size || (index === sorted.length - 1 && length < size))
      );
    });
    if (!isWhole) {
      tell(SCHEMA, `the listed parts of ${quote(path)} do not make a whole file`);
    }
  }
}
