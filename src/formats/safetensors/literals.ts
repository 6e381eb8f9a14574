/**
 * Texts of a header in which something else may lie: encoded bytes, a pickle, a script, or simply more text than
 * a header needs. No reader does anything with them; they are children so that a payload is found.
 */

import { Buffer } from "node:buffer";

import type { Governor } from "../../bytes/governor.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import type { Child } from "../format.ts";

/** Texts that are looked into, for one file. */
const MOST = 64;
/** A text from this length on is looked into whatever it looks like. */
const LONG = 1024;
/** Nothing that does harm is shorter. */
const SHORTEST = 12;
/** Longer texts are looked into as they stand and not decoded. */
const LONGEST_ENCODED = 16 * 1024 * 1024;

const BASE64 = /^[\w+/-]{16,}={0,2}$/;
/** Thumbnails stand in headers like that. */
const DATA_URL = /^data:[\w/+.-]{0,80};base64,/;
const HEX = /^(?:[\da-f]{2}){12,}$/i;
/** A pickle as text, a first line of a script, or a turn of phrase of one. */
const CODE =
  /^(?:#!|[ci][\w.]+\n[\w.]+\n|\u0080[\u0002-\u0005])|\b(?:import|from) \w|\b(?:eval|exec|system|popen|__import__)\s*\(|<script/i;

export interface HeaderText {
  /** What holds it, for people. */
  readonly key: string;
  readonly offset: number;
  readonly text: string;
}

export interface Literal {
  readonly child: Child;
  readonly key: string;
}

/** Children for the texts that may hold something. */
export function literalChildren(texts: Iterable<HeaderText>, governor: Governor): Literal[] {
  const literals: Literal[] = [];
  for (const { key, offset, text } of texts) {
    if (literals.length >= MOST) {
      break;
    }
    if (text.length >= SHORTEST && governor.take("work", text.length)) {
      const name = `metadata@0x${offset.toString(16)}`;
      for (const { bytes, encoding } of contents(text)) {
        const step = encoding === "" ? name : `${name}|${encoding}`;
        literals.push({ key, child: literal(step, bytes) });
      }
    }
  }
  return literals;
}

/** What a text may stand for. */
function* contents(text: string): Generator<{ bytes: Buffer; encoding: string }> {
  const packed =
    text.length <= LONGEST_ENCODED ? text.replace(DATA_URL, "").replaceAll(/\s/g, "") : "";
  if (HEX.test(packed)) {
    yield { bytes: Buffer.from(packed, "hex"), encoding: "hex" };
  } else if (BASE64.test(packed)) {
    yield { bytes: Buffer.from(packed, "base64"), encoding: "base64" };
  }
  if (text.length >= LONG || CODE.test(text)) {
    // Bytes that were put into a text one by one come back as they were.
    const isBytes = /^[\u0000-\u00ff]*$/.test(text) && /[\u0080-\u009f]/.test(text);
    yield isBytes
      ? { bytes: Buffer.from(text, "latin1"), encoding: "latin-1" }
      : { bytes: Buffer.from(text, "utf8"), encoding: "" };
  }
}

function literal(name: string, bytes: Buffer): Child {
  return {
    role: "literal",
    name,
    size: bytes.length,
    open: () => Promise.resolve({ source: new MemorySource(bytes, name) }),
  };
}
