/** Checkpoints: C2SP tlog-checkpoint, a signed note that says how large a log is and what its tree hashes to. */

import { quote } from "../../kernel/text.ts";
import { decodeHash, decodeSize, encodeBase64 } from "./base64.ts";
import type { TreeHead } from "./merkle.ts";
import { parseNote, verifyNote } from "./note.ts";
import type { Note, Signed } from "./note.ts";
import { invalid } from "./refuse.ts";
import type { VerifierKey } from "./verifier-key.ts";

export interface Checkpoint extends TreeHead {
  /** Which log it is. */
  readonly origin: string;
  readonly note: Note;
}

/** The text that is signed. */
export function checkpointText({ origin, size, root }: Omit<Checkpoint, "note">): string {
  return `${origin}\n${size}\n${encodeBase64(root)}\n`;
}

/** Reads one without believing it; throws `AppError` LOG_INVALID. `what` names it in the sentence. */
export function parseCheckpoint(bytes: Uint8Array, what: string): Checkpoint {
  const note = parseNote(bytes, what);
  const [origin = "", decimal = "", encoded = "", ...extensions] = note.text
    .slice(0, -1)
    .split("\n");
  const size = decodeSize(decimal);
  const root = decodeHash(encoded);
  if (origin === "" || size === undefined || root === undefined || extensions.includes("")) {
    throw invalid(`${what} is no checkpoint of a log: it has to name origin, size and root`);
  }
  return { origin, size, root, note };
}

/**
 * Who of the trusted signed it. Throws `AppError` LOG_INVALID where the log itself did not: the name of a log's key is
 * its origin.
 */
export function verifyCheckpoint(
  checkpoint: Checkpoint,
  logs: readonly VerifierKey[],
  witnesses: readonly VerifierKey[] = [],
): Signed[] {
  const ofOrigin = logs.filter(({ name }) => name === checkpoint.origin);
  const signed = verifyNote(checkpoint.note, [...ofOrigin, ...witnesses]);
  if (!signed.some(({ key }) => ofOrigin.includes(key))) {
    const names = logs.map(({ name, id }) => `${quote(name)} (key ${id})`).join(", ");
    throw invalid(
      `the checkpoint of ${quote(checkpoint.origin)} is not signed by ${names}`,
      "another log, or its key was rotated: its entries say so (key-changed), the operator has to confirm it",
    );
  }
  return signed;
}
