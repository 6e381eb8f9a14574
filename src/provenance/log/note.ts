/**
 * Signed notes: C2SP signed-note. A text, a blank line, and signature lines; who signed is decided by the keys that
 * the caller trusts. Lines of other keys are kept and believed nothing.
 */

import { Buffer } from "node:buffer";
import { verify } from "node:crypto";

import { quote } from "../../kernel/text.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { verifyCosignature } from "./cosignature.ts";
import { invalid } from "./refuse.ts";
import type { SignerKey } from "./signer-key.ts";
import { isCosigner, isKeyName } from "./verifier-key.ts";
import type { VerifierKey } from "./verifier-key.ts";

/** A note with sixteen signatures of the largest kind has some 100 kB. */
const LARGEST = 1024 * 1024;
const MOST_SIGNATURES = 128;

export interface Note {
  /** Ends in a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** Four bytes, hexadecimal. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** A signature that verified, by a key that was trusted. */
export interface Signed {
  readonly key: VerifierKey;
  /** Seconds since 1970, of a cosignature. */
  readonly time?: number;
}

/** Throws `AppError` LOG_INVALID for what is no note. `what` names it in the sentence. */
export function parseNote(bytes: Uint8Array, what: string): Note {
  const note = bytes.length > LARGEST ? undefined : decodeUtf8(bytes);
  const problem = note === undefined ? "it is too long or not UTF-8" : problemOf(note);
  if (note === undefined || problem !== undefined) {
    throw invalid(`${what} is no signed note: ${problem}`);
  }
  const split = note.lastIndexOf("\n\n");
  const signatures = parseSignatureLines(note.slice(split + 2));
  if (signatures === undefined) {
    throw invalid(`${what} is no signed note: a line after the text is no signature`);
  }
  return { text: note.slice(0, split + 1), signatures };
}

function problemOf(note: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- that is what is looked for
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) {
    return "it has control characters";
  }
  if (note.lastIndexOf("\n\n") === -1) {
    return "it has no blank line";
  }
  if (!note.endsWith("\n")) {
    return "it does not end in a newline";
  }
  return note.endsWith("\n\n") ? "nobody signed it" : undefined;
}

/** Lines of signatures, each ended by a newline, as notes and answers of witnesses have them; nothing for others. */
export function parseSignatureLines(text: string): NoteSignature[] | undefined {
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.length > MOST_SIGNATURES) {
    return undefined;
  }
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const [, name = "", encoded = ""] = /^\u2014 (\S+) (\S+)$/.exec(line) ?? [];
    const bytes = decodeBase64(encoded);
    if (!isKeyName(name) || bytes === undefined || bytes.length < 5) {
      return undefined;
    }
    signatures.push({ name, id: bytes.toString("hex", 0, 4), bytes: bytes.subarray(4) });
  }
  return signatures;
}

export function formatNote({ text, signatures }: Note): string {
  return `${text}\n${signatures.map(signatureLine).join("")}`;
}

function signatureLine({ name, id, bytes }: NoteSignature): string {
  return `\u2014 ${name} ${encodeBase64(Buffer.concat([Buffer.from(id, "hex"), bytes]))}\n`;
}

export function signNote(text: string, signers: readonly SignerKey[]): Note {
  const message = Buffer.from(text);
  const signatures = signers.map((signer) => ({
    name: signer.verifier.name,
    id: signer.verifier.id,
    bytes: signer.sign(message),
  }));
  return { text, signatures };
}

/**
 * Who of the trusted signed the note, each once. One signature of a trusted key that does not verify makes the note
 * worthless, whoever else signed it: throws `AppError` LOG_INVALID.
 */
export function verifyNote(note: Note, trusted: readonly VerifierKey[]): Signed[] {
  const signed = new Map<VerifierKey, Signed>();
  for (const signature of note.signatures) {
    const key = trusted.find(({ name, id }) => name === signature.name && id === signature.id);
    if (key !== undefined) {
      const result = verifySignature(note.text, signature.bytes, key);
      if (result === undefined) {
        throw invalid(`the signature of ${quote(key.name)} (key ${key.id}) does not verify`);
      }
      signed.set(key, result);
    }
  }
  return [...signed.values()];
}

function verifySignature(text: string, bytes: Uint8Array, key: VerifierKey): Signed | undefined {
  if (isCosigner(key)) {
    const time = verifyCosignature(text, bytes, key);
    return time === undefined ? undefined : { key, time };
  }
  const digest = key.kind === "ecdsa" ? "sha256" : null;
  return verify(digest, Buffer.from(text), key.key, bytes) ? { key } : undefined;
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
