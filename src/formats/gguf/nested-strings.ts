/**
 * What is nested in metadata. Chat templates are programs, and come out as such. Other strings and arrays of
 * bytes are data: those that look like a pickle, a carrier, something encoded or code are handed on as literals.
 */

import type { Governor } from "../../bytes/governor.ts";
import { latin1, readRange } from "../../bytes/read.ts";
import { sliceSource } from "../../bytes/slice-source.ts";
import type { GgufString } from "../../codecs/gguf/cursor.ts";
import type { GgufEntry } from "../../codecs/gguf/read-metadata.ts";
import { ARRAY, STRING } from "../../codecs/gguf/value-types.ts";
import { OP } from "../../codecs/pickle/opcodes.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { openNested } from "../../machines/pickle/nested.ts";
import type { Child, ParseIssue } from "../format.ts";
import { isTemplateKey } from "./template-key.ts";

/** Long strings in arrays that are looked at: vocabularies have a few hundred. */
const MOST_LOOKED_AT = 65_536;
const MOST_CHILDREN = 4096;
/** Shorter ones hold nothing that runs. */
const SHORTEST = 16;
/** Head of a string in which code would show. */
const PROBED = 4096;

/** Template syntax, a script's first line, calls that run text, a page with a script. */
const CODE =
  /\{[{%]|^#!|\b__import__\b|\b(?:exec|eval|compile)\s*\(|\bos\.system\b|\bsubprocess\b|<script\b/;

export class NestedStrings {
  readonly children: Child[] = [];
  readonly issues: ParseIssue[] = [];
  readonly #source: RandomSource;
  readonly #governor: Governor;
  readonly #names = new Set<string>();
  #lookedAt = 0;
  #stopped = false;

  constructor(source: RandomSource, governor: Governor) {
    this.#source = source;
    this.#governor = governor;
  }

  /** Looks at a string that may be more than text. */
  look({ start, end }: GgufString): void {
    this.#lookedAt += 1;
    if (this.#lookedAt > MOST_LOOKED_AT || this.children.length >= MOST_CHILDREN) {
      this.#stop(start);
      return;
    }
    const candidate = { opcode: OP.BINUNICODE, start, end };
    const nested = openNested(this.#source, candidate, this.#governor);
    if (nested !== undefined) {
      this.#add("literal", nested.name, nested.source);
    } else if (CODE.test(latin1(readRange(this.#source, start, Math.min(end, start + PROBED))))) {
      this.#add("literal", `literal@0x${start.toString(16)}`, { start, end });
    }
  }

  /** Templates, and what else single values and arrays of bytes hold. */
  addEntries(entries: readonly GgufEntry[]): void {
    for (const { key, type, elements, place } of entries) {
      const { start, end } = place;
      if (end - start < SHORTEST && !isTemplateKey(key)) {
        continue;
      }
      if (type === STRING) {
        if (isTemplateKey(key)) {
          this.#add("template", this.#unique(key, start), place);
        } else {
          this.look(place);
        }
      } else if (type === ARRAY && (elements?.type ?? STRING) <= 1) {
        this.#add("literal", `literal@0x${start.toString(16)}`, place);
      }
    }
  }

  #add(role: string, name: string, content: RandomSource | GgufString): void {
    if (this.children.length >= MOST_CHILDREN) {
      this.#stop("start" in content ? content.start : 0);
      return;
    }
    if (!("start" in content)) {
      const { size } = content;
      this.children.push({ role, name, size, open: () => Promise.resolve({ source: content }) });
      return;
    }
    const { start, end } = content;
    const source = this.#source;
    this.children.push({
      role,
      name,
      size: end - start,
      range: { start, end },
      open: () => Promise.resolve({ source: sliceSource(source, start, end, name) }),
    });
  }

  /** Two templates of one name are two children. */
  #unique(key: string, start: number): string {
    const name = this.#names.has(key) ? `${key}@0x${start.toString(16)}` : key;
    this.#names.add(name);
    return name;
  }

  #stop(offset: number): void {
    if (!this.#stopped) {
      this.#stopped = true;
      this.issues.push({
        kind: "limit",
        message: "more strings look nested than are opened",
        offset,
      });
    }
  }
}
