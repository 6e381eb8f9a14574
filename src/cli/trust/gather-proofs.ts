/**
 * Proofs that signatures and claims are in a log of the policy: pairs of a proof and the entry that it is about, by name
 * (`17.tlog-proof` and `17.json`), in `.weighbridge` of the model or where `--proof` says. An entry speaks of a bundle by
 * the digest of its evidence. What witnesses cosigned also proves that the bundle is no younger.
 */

import { existsSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { AppError, errorMessage } from "../../kernel/errors.ts";
import { canonicalJson } from "../../provenance/log/canonical-json.ts";
import { decodeEntry } from "../../provenance/log/entry.ts";
import { parsePolicy } from "../../provenance/log/policy.ts";
import type { Policy as LogPolicy } from "../../provenance/log/policy.ts";
import { parseProof, verifyProof } from "../../provenance/log/proof.ts";
import { aboutSignature } from "../../provenance/oms/problem.ts";
import type { Problem } from "../../provenance/oms/problem.ts";
import type { Logged } from "../../provenance/trust/evidence.ts";
import { NOT_LOGGED } from "../../provenance/trust/model-rules.ts";
import type { Arguments } from "../command.ts";
import { readNamedFile } from "../provenance/model-target.ts";
import type { ModelTarget } from "../provenance/model-target.ts";
import type { LoadedPolicy } from "./load-policy.ts";

const PROOF = ".tlog-proof";
const LARGEST = 1024 * 1024;
const MOST = 1000;

/** What the log says of one bundle. */
export interface ProvedBundle {
  readonly logged: readonly Logged[];
  /** Until when it existed at the latest: ISO 8601. */
  readonly time?: string;
}

export interface GatheredProofs {
  /** By the SHA-256 of bundles. */
  readonly proved: ReadonlyMap<string, ProvedBundle>;
  readonly problems: readonly Problem[];
}

/** Only logs of the policy at the top count: a delegation must not be able to move times. */
export function gatherProofs(
  given: Arguments,
  model: ModelTarget,
  loaded: LoadedPolicy,
): GatheredProofs {
  const policies = logPolicies(loaded);
  const proved = new Map<string, ProvedBundle>();
  const problems: Problem[] = [];
  for (const path of policies.length === 0 ? [] : proofFiles(given, model)) {
    try {
      const { digests, logged, time } = readProof(path, policies);
      for (const digest of digests) {
        proved.set(digest, merge(proved.get(digest), logged, time));
      }
    } catch (error) {
      if (!(error instanceof AppError)) {
        throw error;
      }
      problems.push(aboutSignature(NOT_LOGGED, `${path} proves nothing: ${error.message}`));
    }
  }
  return { proved, problems };
}

function logPolicies({ policy, path }: LoadedPolicy): LogPolicy[] {
  return [...policy.trustRoots.values()].flatMap((root) => {
    if (root.kind !== "log") {
      return [];
    }
    const file = resolve(dirname(path), root.file);
    return [parsePolicy(readNamedFile(file, "the policy of the log", LARGEST), root.file)];
  });
}

function proofFiles(given: Arguments, { tree, location }: ModelTarget): string[] {
  const folder = join(location, ".weighbridge");
  const inside =
    tree.kind === "folder" && existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name.endsWith(PROOF))
          .sort()
          .map((name) => join(folder, name))
      : [];
  return [...given.values("proof"), ...inside].slice(0, MOST);
}

function readProof(path: string, policies: readonly LogPolicy[]) {
  const proof = parseProof(readNamedFile(path, "the proof", LARGEST), path);
  const name = path.endsWith(PROOF) ? path.slice(0, -PROOF.length) : path;
  const bytes = readNamedFile(`${name}.json`, "the entry of the proof", LARGEST);
  const entry = decodeEntry(bytes);
  if (entry === undefined) {
    throw new AppError("LOG_INVALID", `${name}.json is no entry of a log`);
  }
  const forms = [bytes, Buffer.from(canonicalJson(entry))];
  const failures: string[] = [];
  for (const policy of policies) {
    try {
      const { witnesses } = verifyProof(proof, forms, policy);
      const times = witnesses.map((each) => each.time).filter((time) => time !== undefined);
      const logged: Logged = {
        origin: proof.checkpoint.origin,
        index: proof.index,
        witnesses: new Set(witnesses.map(({ key }) => key.id + key.name)).size,
      };
      const digests = (entry.evidence ?? []).map(({ sha256 }) => sha256);
      return { digests, logged, time: times.length === 0 ? undefined : Math.min(...times) };
    } catch (error) {
      failures.push(errorMessage(error));
    }
  }
  throw new AppError("LOG_INVALID", failures[0] ?? "no log is trusted");
}

/** The earliest time counts: each of them is proved. */
function merge(
  before: ProvedBundle | undefined,
  logged: Logged,
  seconds: number | undefined,
): ProvedBundle {
  const times = [
    ...(before?.time === undefined ? [] : [before.time]),
    ...(seconds === undefined ? [] : [new Date(seconds * 1000).toISOString()]),
  ];
  const [time] = times.sort();
  return {
    logged: [...(before?.logged ?? []), logged],
    ...(time === undefined ? {} : { time }),
  };
}

/** A signature or a claim, with what is proved of it. */
export function withProofs<Signed extends { readonly digest: string } & Partial<ProvedBundle>>(
  signed: Signed,
  { proved }: GatheredProofs,
): Signed {
  const found = proved.get(signed.digest);
  if (found === undefined) {
    return signed;
  }
  const times = [signed.time, found.time].filter((time) => time !== undefined);
  const [time] = times.toSorted((a, b) => Date.parse(a) - Date.parse(b));
  return {
    ...signed,
    logged: [...(signed.logged ?? []), ...found.logged],
    ...(time === undefined ? {} : { time }),
  };
}
