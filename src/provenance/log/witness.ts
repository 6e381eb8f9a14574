/**
 * Asks witnesses to cosign: C2SP tlog-witness, the client's side. A witness remembers the largest tree that it saw, so
 * that its refusal is how a log learns that it was rolled back: before anything new is signed, what is signed already
 * is shown to it again.
 */

import { quote } from "../../kernel/text.ts";
import type { WitnessTransport } from "../../kernel/tile-storage.ts";
import { decodeSize, encodeBase64 } from "./base64.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { formatNote, parseSignatureLines, verifyNote } from "./note.ts";
import type { NoteSignature } from "./note.ts";
import type { PolicyWitness } from "./policy.ts";
import { forked, invalid } from "./refuse.ts";
import type { TreeReader } from "./tree-reader.ts";

/** A witness may move on between two requests, when somebody else submits the same log. */
const ATTEMPTS = 4;

export interface Submission {
  readonly checkpoint: Checkpoint;
  /** The tree of the checkpoint. */
  readonly tree: TreeReader;
}

const HOLDS_MORE =
  "this log was rolled back to an older copy: write nothing to it, restore its newest copy, or begin a log with another origin (docs/log.md)";

/**
 * Gives the witness's signatures on the checkpoint. Throws `AppError` LOG_FORKED where the witness has seen what this
 * log does not have, and LOG_INVALID, or what the transport throws, where it does not cosign for another reason.
 *
 * @param known entries that the witness holds, as far as is known.
 */
export async function askWitness(
  submission: Submission,
  witness: PolicyWitness,
  transport: WitnessTransport,
  known = 0,
): Promise<NoteSignature[]> {
  const { checkpoint, tree } = submission;
  const address = `${(witness.url ?? "").replace(/\/+$/, "")}/add-checkpoint`;
  let old = Math.min(known, checkpoint.size);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const proof = await tree.consistency(old);
    const lines = proof.map((hash) => `${encodeBase64(hash)}\n`).join("");
    const body = `old ${old}\n${lines}\n${formatNote(checkpoint.note)}`;
    const answer = await transport.post(address, body);
    if (answer.status !== 409) {
      return readAnswer(answer, { checkpoint, witness, old });
    }
    old = nextOld(answer.body, { checkpoint, witness, old });
  }
  throw invalid(`the witness ${quote(witness.name)} holds another size each time it is asked`);
}

interface Asked {
  readonly checkpoint: Checkpoint;
  readonly witness: PolicyWitness;
  readonly old: number;
}

/** 409: what the witness holds is not what was said. */
function nextOld(body: string, { checkpoint, witness, old }: Asked): number {
  const held = body.endsWith("\n") ? decodeSize(body.slice(0, -1)) : decodeSize(body);
  const { origin, size } = checkpoint;
  if (held === undefined) {
    throw invalid(`the witness ${quote(witness.name)} refuses without saying what it holds`);
  }
  if (held > size) {
    throw forked(
      `the witness ${quote(witness.name)} has seen ${held} entries of ${quote(origin)}, and this copy has ${size}`,
      HOLDS_MORE,
    );
  }
  if (held === old && old === size) {
    throw forked(
      `the witness ${quote(witness.name)} has seen another tree of ${size} entries of ${quote(origin)}`,
      HOLDS_MORE,
    );
  }
  if (held === old) {
    throw invalid(`the witness ${quote(witness.name)} refuses what it said it holds`);
  }
  return held;
}

function readAnswer(
  { status, body }: { status: number; body: string },
  { checkpoint, witness, old }: Asked,
): NoteSignature[] {
  const name = quote(witness.name);
  const origin = quote(checkpoint.origin);
  switch (status) {
    case 200:
      return readCosignatures(body, checkpoint, witness);
    case 422:
      throw forked(
        `the witness ${name} has seen ${old} entries of ${origin} that this copy does not begin with`,
        HOLDS_MORE,
      );
    case 404:
      throw invalid(
        `the witness ${name} does not know the log ${origin}`,
        "ask its operator to add the log's verifier key (key.pub)",
      );
    case 403:
      throw invalid(
        // Some say so of logs that they do not know, too.
        `the witness ${name} does not trust the key that signs ${origin}`,
        "ask its operator to add the log's verifier key (key.pub), or its new one after a rotation",
      );
    default:
      throw invalid(`the witness ${name} answers with status ${status}`);
  }
}

/** Signatures of other keys are not taken, whoever hands them over. */
function readCosignatures(
  body: string,
  checkpoint: Checkpoint,
  witness: PolicyWitness,
): NoteSignature[] {
  const { key } = witness;
  const signatures = (parseSignatureLines(body) ?? []).filter(
    ({ name, id }) => name === key.name && id === key.id,
  );
  if (verifyNote({ text: checkpoint.note.text, signatures }, [key]).length === 0) {
    throw invalid(`the witness ${quote(witness.name)} answers without a signature of its own`);
  }
  return signatures.slice(0, 1);
}
