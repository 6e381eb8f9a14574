/**
 * Proofs that an entry is in a log, checked without a network: C2SP tlog-proof. A proof carries a checkpoint, whose
 * signatures decide what it is worth; `extra` is authenticated by nobody and not looked at.
 */

import { Buffer } from "node:buffer";

import { quote } from "../../kernel/text.ts";
import { decodeBase64, decodeHash, decodeSize, encodeBase64 } from "./base64.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { hashLeaf, verifyInclusion } from "./merkle.ts";
import { formatNote } from "./note.ts";
import { judgeCheckpoint } from "./policy.ts";
import type { Judgement, Policy } from "./policy.ts";
import { invalid } from "./refuse.ts";

const HEADER = "c2sp.org/tlog-proof@v1";
/** As many levels as a tree can have. */
const MOST_HASHES = 64;

export interface LogProof {
  readonly index: number;
  /** From the entry's sibling up. */
  readonly hashes: readonly Uint8Array[];
  readonly checkpoint: Checkpoint;
}

export function formatProof({ index, hashes, checkpoint }: LogProof): string {
  const lines = hashes.map((hash) => `${encodeBase64(hash)}\n`);
  return `${HEADER}\nindex ${index}\n${lines.join("")}\n${formatNote(checkpoint.note)}`;
}

/** Throws `AppError` LOG_INVALID for what is no proof. `what` names it in the sentence. */
export function parseProof(bytes: Uint8Array, what: string): LogProof {
  const text = Buffer.from(bytes).toString("latin1");
  const split = text.indexOf("\n\n");
  const [header, ...lines] = text.slice(0, Math.max(0, split)).split("\n");
  if (header !== HEADER) {
    throw invalid(`${what} is no proof of a log`, `one begins with ${HEADER}`);
  }
  if (lines[0]?.startsWith("extra ") === true) {
    const extra = decodeBase64(lines.shift()?.slice("extra ".length) ?? "");
    if (extra === undefined) {
      throw invalid(`${what} is damaged: its extra data is not base64`);
    }
  }
  const [first = "", ...encoded] = lines;
  const index = first.startsWith("index ") ? decodeSize(first.slice("index ".length)) : undefined;
  const hashes = encoded.map((line) => decodeHash(line)).filter((hash) => hash !== undefined);
  if (index === undefined || hashes.length !== encoded.length || hashes.length > MOST_HASHES) {
    throw invalid(`${what} is damaged: its index or one of its hashes cannot be read`);
  }
  const checkpoint = parseCheckpoint(bytes.subarray(split + 2), `the checkpoint of ${what}`);
  return { index, hashes, checkpoint };
}

/**
 * Holds a proof against an entry and a policy. Throws `AppError` LOG_INVALID with what is wrong; gives who signed the
 * checkpoint otherwise.
 *
 * @param entries the ways in which the caller's file can have been logged; one of them has to be the entry.
 */
export function verifyProof(
  { index, hashes, checkpoint }: LogProof,
  entries: readonly Uint8Array[],
  policy: Policy,
): Judgement {
  const judgement = judgeCheckpoint(checkpoint, policy);
  const { size, root, origin } = checkpoint;
  if (index >= size) {
    throw invalid(`the proof is about entry ${index}, and its checkpoint has ${size} entries`);
  }
  const isIn = entries.some((entry) =>
    verifyInclusion({ leaf: hashLeaf(entry), index, size, root }, hashes),
  );
  if (!isIn) {
    throw invalid(
      `the proof does not show that this is entry ${index} of ${quote(origin)}`,
      "the entry is another one, or the proof was changed",
    );
  }
  if (!judgement.quorum) {
    throw invalid(
      `the checkpoint of ${quote(origin)} is signed by the log, and not by the witnesses that the policy asks for`,
      "wait until they have cosigned, and ask for a newer proof",
    );
  }
  return judgement;
}
