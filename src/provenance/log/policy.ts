/**
 * Trust policies: C2SP tlog-policy. Which logs are believed, which witnesses are known, and whose cosignatures together
 * are enough.
 */

import { Buffer } from "node:buffer";

import { quote } from "../../kernel/text.ts";
import { verifyCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Signed } from "./note.ts";
import { invalid } from "./refuse.ts";
import { isCosigner, parseVerifierKey } from "./verifier-key.ts";
import type { VerifierKey } from "./verifier-key.ts";

/** Hundreds of witnesses with keys of the largest kind. */
const LARGEST = 1024 * 1024;

export interface Policy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  /** Whether the witnesses with these names are enough. */
  isQuorum(cosigned: ReadonlySet<string>): boolean;
}

export interface PolicyLog {
  readonly key: VerifierKey;
  readonly url?: string;
}

export interface PolicyWitness extends PolicyLog {
  /** Within the policy. */
  readonly name: string;
}

/** What a policy makes of a checkpoint that the log signed. */
export interface Judgement {
  readonly log: Signed;
  readonly witnesses: readonly Signed[];
  readonly quorum: boolean;
}

/** Throws `AppError` LOG_INVALID where no log of the policy signed it, or a signature does not verify. */
export function judgeCheckpoint(checkpoint: Checkpoint, policy: Policy): Judgement {
  const logs = policy.logs.map(({ key }) => key);
  const keys = policy.witnesses.map(({ key }) => key);
  const signed = verifyCheckpoint(checkpoint, logs, keys);
  const witnesses = signed.filter(({ key }) => keys.includes(key));
  const names = policy.witnesses.filter(({ key }) => witnesses.some((each) => each.key === key));
  const [log] = signed.filter(({ key }) => logs.includes(key));
  if (log === undefined) {
    throw invalid(`the checkpoint of ${quote(checkpoint.origin)} is not signed by its log`);
  }
  return { log, witnesses, quorum: policy.isQuorum(new Set(names.map(({ name }) => name))) };
}

/** A policy that believes the keys of logs alone. */
export function policyOfKeys(keys: readonly VerifierKey[]): Policy {
  return { logs: keys.map((key) => ({ key })), witnesses: [], isQuorum: () => true };
}

type Member = (cosigned: ReadonlySet<string>) => boolean;

interface Draft {
  readonly logs: PolicyLog[];
  readonly witnesses: PolicyWitness[];
  readonly members: Map<string, Member>;
  /** Names that are in a group already: each may count once. */
  readonly grouped: Set<string>;
  quorum: Member | undefined;
}

/** Throws `AppError` LOG_INVALID with the line that is wrong. `what` names the policy in the sentence. */
export function parsePolicy(bytes: Uint8Array, what: string): Policy {
  if (bytes.length > LARGEST) {
    throw invalid(`${what} is no policy: it is larger than 1 MB`);
  }
  if (bytes.some((byte) => (byte < 0x20 && byte !== 0x09 && byte !== 0x0a) || byte === 0x7f)) {
    throw invalid(`${what} is no policy: it has control characters`);
  }
  const draft: Draft = {
    logs: [],
    witnesses: [],
    members: new Map(),
    grouped: new Set(),
    quorum: undefined,
  };
  for (const [index, line] of Buffer.from(bytes).toString("utf8").split("\n").entries()) {
    const words = line.split(/[ \t]+/).filter((word) => word !== "");
    if (words.length > 0 && words[0]?.startsWith("#") !== true) {
      const problem = readLine(draft, words);
      if (problem !== undefined) {
        throw invalid(`${what}, line ${index + 1}: ${problem}`);
      }
    }
  }
  const { logs, witnesses, quorum } = draft;
  if (quorum === undefined) {
    throw invalid(`${what} has no line "quorum": "quorum none" asks for no witnesses`);
  }
  return { logs, witnesses, isQuorum: quorum };
}

/** Gives what is wrong with a line. */
function readLine(draft: Draft, [keyword, ...words]: readonly string[]): string | undefined {
  switch (keyword) {
    case "log":
      return readLog(draft, words);
    case "witness":
      return readWitness(draft, words);
    case "group":
      return readGroup(draft, words);
    case "quorum":
      return readQuorum(draft, words);
    default:
      return `${quote(keyword ?? "")} is not log, witness, group or quorum`;
  }
}

function readLog({ logs }: Draft, [vkey = "", url, ...more]: readonly string[]) {
  const key = parseVerifierKey(vkey);
  if (more.length > 0 || key.kind === "cosignature") {
    return more.length > 0 ? "it says too much" : "a log does not sign with a witness's key";
  }
  if (logs.some((log) => sameKey(log.key, key))) {
    return "this log is there already";
  }
  logs.push({ key, ...(url === undefined ? {} : { url }) });
  return undefined;
}

function readWitness(draft: Draft, [name = "", vkey = "", url, ...more]: readonly string[]) {
  const key = parseVerifierKey(vkey);
  if (more.length > 0 || !isCosigner(key)) {
    return more.length > 0 ? "it says too much" : "a witness's key is of type 4 or 6 (cosignature)";
  }
  if (isTaken(draft, name) || draft.witnesses.some((witness) => sameKey(witness.key, key))) {
    return "this witness or its name is there already";
  }
  draft.witnesses.push({ name, key, ...(url === undefined ? {} : { url }) });
  draft.members.set(name, (cosigned) => cosigned.has(name));
  return undefined;
}

function readGroup(draft: Draft, [name = "", needed = "", ...names]: readonly string[]) {
  const members = names.map((each) => draft.members.get(each));
  const known = members.filter((member) => member !== undefined);
  const most = names.length;
  const threshold = thresholdOf(needed, most);
  if (isTaken(draft, name)) {
    return "this name is there already";
  }
  if (!/^(?:all|any|[1-9][0-9]{0,3})$/.test(needed) || threshold > most || most === 0) {
    return `a group needs all, any or a number up to that of its members, and not ${quote(needed)}`;
  }
  if (known.length < most || new Set(names).size < most) {
    return "it names somebody twice, or somebody whom no line above defines";
  }
  if (names.some((each) => draft.grouped.has(each))) {
    return "it names somebody who is in a group already";
  }
  for (const each of names) {
    draft.grouped.add(each);
  }
  draft.members.set(name, (cosigned) => {
    return known.filter((member) => member(cosigned)).length >= threshold;
  });
  return undefined;
}

function readQuorum(draft: Draft, [name = "", ...more]: readonly string[]) {
  const member = name === "none" ? () => true : draft.members.get(name);
  if (member === undefined || more.length > 0) {
    return `no line above defines ${quote([name, ...more].join(" "))}`;
  }
  if (draft.quorum !== undefined) {
    return "there is a quorum already";
  }
  draft.quorum = member;
  return undefined;
}

function isTaken({ members }: Draft, name: string): boolean {
  return name === "none" || name === "" || members.has(name);
}

function sameKey(a: VerifierKey, b: VerifierKey): boolean {
  return Buffer.compare(a.material, b.material) === 0;
}

function thresholdOf(needed: string, members: number): number {
  if (needed === "all") {
    return members;
  }
  return needed === "any" ? 1 : Number(needed);
}
