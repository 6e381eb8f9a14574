/**
 * `claims.jsonl`: one bundle a line, written only at its end, by more than one signer. A last line that is cut off is
 * told and takes nothing away from the others.
 */

import type { RuleInfo } from "../../kernel/rule.ts";
import { aboutSignature } from "../oms/problem.ts";
import type { Problem } from "../oms/problem.ts";
import { at, readAttestation } from "./read-attestation.ts";
import type { Attestation } from "./read-attestation.ts";
import { MALFORMED, TORN_LINE } from "./rules.ts";

/** Room for 100,000 claims of the usual size. */
export const MAX_CLAIMS_BYTES = 256 * 1024 * 1024;
const MAX_LINES = 200_000;
/** Lines that cannot be read of which each is told. */
const MAX_TOLD = 20;
const LINE_FEED = 0x0a;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

export interface Claims {
  readonly attestations: readonly Attestation[];
  readonly problems: readonly Problem[];
}

/** Reads all lines. Never throws. @param source how the file is called, for people. */
export function readClaims(bytes: Uint8Array, source: string): Claims {
  const attestations: Attestation[] = [];
  const problems: Problem[] = [];
  let failures = 0;
  let line = 0;
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(LINE_FEED, start);
    const text = bytes.subarray(start, end === -1 ? bytes.length : end);
    line += 1;
    start += text.length + 1;
    if (line > MAX_LINES) {
      problems.push(say(MALFORMED, source, `it has more than ${MAX_LINES} lines`));
      break;
    }
    if (isBlank(text)) {
      continue;
    }
    const read = readAttestation(text, `${source}:${line}`);
    if (read.kind === "attestation") {
      attestations.push(read.attestation);
      problems.push(...read.attestation.problems);
    } else {
      failures += 1;
      // One that lies further up was the last one once, and the next writer has ended its line.
      const isTorn = end === -1 || (text[0] === OPENING_BRACE && text.at(-1) !== CLOSING_BRACE);
      const told = isTorn
        ? [say(TORN_LINE, `${source}:${line}`, "the claim is cut off")]
        : read.problems;
      problems.push(...(failures <= MAX_TOLD ? told : []));
    }
  }
  if (failures > MAX_TOLD) {
    problems.push(say(MALFORMED, source, `${failures - MAX_TOLD} more lines cannot be read`));
  }
  return { attestations, problems };
}

function isBlank(text: Uint8Array): boolean {
  return text.every((byte) => byte === 0x20 || byte === 0x0d || byte === 0x09);
}

function say(rule: RuleInfo, source: string, message: string): Problem {
  return at(source, aboutSignature(rule, message));
}
