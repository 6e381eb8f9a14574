/**
 * Reads the JSON header of a safetensors file as the reference reader does, field by field, and goes on after
 * what that one stops at, as far as the text is JSON. It sees what a JSON parser hides: keys that stand twice,
 * numbers that doubles cannot hold, forms that only some readers take.
 */

import { isUtf8 } from "node:buffer";

import { quote } from "../../kernel/text.ts";
import { HEADER_START } from "./header.ts";
import type { HeaderTensor, MetadataEntry, SafetensorsHeader } from "./header.ts";
import { HeaderRemarks } from "./header-remarks.ts";
import { invalidUtf8At } from "../invalid-utf8.ts";
import { JsonScanner, PUNCTUATION } from "../json-scanner.ts";
import { JsonNames } from "../json-names.ts";
import type { NameRange } from "../json-names.ts";
import { TensorEntryReader } from "./tensor-entry.ts";

const METADATA = "__metadata__";
const { colon, quote: QUOTE, openObject, closeObject } = PUNCTUATION;

export interface ReadOptions {
  /** Tensors and metadata entries that are read. */
  readonly entries: number;
}

/** Reads a header, given without the length in front of it. */
export function readSafetensorsHeader(bytes: Uint8Array, options: ReadOptions): SafetensorsHeader {
  return new HeaderReader(bytes, options.entries).read();
}

class HeaderReader {
  readonly #json: JsonScanner;
  readonly #entry: TensorEntryReader;
  readonly #remarks = new HeaderRemarks();
  readonly #tensors: HeaderTensor[] = [];
  readonly #names: JsonNames;
  readonly #metadata = new Map<string, MetadataEntry>();
  #entries: number;
  #hasMetadata = false;
  #invalid = 0;

  constructor(bytes: Uint8Array, entries: number) {
    this.#json = new JsonScanner(bytes);
    this.#entry = new TensorEntryReader(this.#json, this.#remarks);
    this.#names = new JsonNames(this.#json);
    this.#entries = entries;
  }

  read(): SafetensorsHeader {
    const json = this.#json;
    if (!isUtf8(json.bytes)) {
      this.#remarks.problem("damaged", () => "the header is not UTF-8", invalidUtf8At(json.bytes));
    }
    this.#object();
    const { failure } = json;
    const { problems, oddities, duplicates } = this.#remarks;
    if (failure !== undefined && this.#entries >= 0) {
      const message = `the header is not valid JSON: ${failure.detail}`;
      this.#remarks.problem(failure.isEnd ? "truncated" : "damaged", () => message, failure.at);
    }
    return {
      bytes: json.bytes.length,
      tensors: this.#tensors,
      invalid: this.#invalid,
      metadata: [...this.#metadata.values()],
      problems,
      oddities,
      duplicates,
      strayStrings: json.skipped.map(({ start, end }) => ({
        key: "",
        start: start + HEADER_START,
        end: end + HEADER_START,
        plain: false,
      })),
      understood: HEADER_START + (failure?.at ?? json.bytes.length),
      whole: failure === undefined,
      tooDeep: failure?.isDepth === true,
      textOf: ({ start, end, plain }) =>
        json.value(start - HEADER_START, end - HEADER_START, plain),
    };
  }

  #object(): void {
    const json = this.#json;
    const first = json.peek();
    if (first !== openObject) {
      json.fail(
        json.has("\u00ef\u00bb\u00bf", 0)
          ? "a byte order mark stands in front of it"
          : "it does not begin with {",
      );
      return;
    }
    if (json.at > 0) {
      this.#remarks.odd("leading-space", () => "whitespace stands in front of the header", 0);
    }
    const opened = json.open(openObject);
    if (opened === "failed" || (opened === "filled" && !this.#members())) {
      return;
    }
    const end = json.at;
    if (json.peek() !== -1) {
      json.fail("something follows the object");
    } else if ([0x09, 0x0a, 0x0d].some((byte) => json.bytes.includes(byte, end))) {
      this.#remarks.odd(
        "trailing-space",
        () => "the header is padded with other whitespace than spaces",
        end,
      );
    }
  }

  /** The members of the outermost object. */
  #members(): boolean {
    const json = this.#json;
    do {
      if (!json.string()) {
        return false;
      }
      const { start, end, plain, escaped } = json;
      const isMetadata = escaped
        ? json.value() === METADATA
        : end - start === METADATA.length && json.has(METADATA, start);
      if (!json.take(colon) || !this.#count(start - 1)) {
        return false;
      }
      const isRead = isMetadata
        ? this.#readMetadata(start - 1)
        : this.#tensor({ start, end, plain }, escaped);
      if (!isRead) {
        return false;
      }
    } while (json.more(closeObject));
    return json.failure === undefined;
  }

  #count(at: number): boolean {
    this.#entries -= 1;
    if (this.#entries < 0) {
      this.#remarks.problem("limit", () => "the header has more entries than are read", at);
      return this.#json.fail("more entries than are read", at);
    }
    return true;
  }

  #readMetadata(at: number): boolean {
    const json = this.#json;
    if (this.#hasMetadata) {
      this.#remarks.twice("field", () => METADATA, at);
      this.#remarks.problem("damaged", () => "__metadata__ stands twice", at);
    }
    this.#hasMetadata = true;
    const byte = json.peek();
    if (byte !== openObject) {
      if (byte === 0x6e) {
        this.#remarks.odd("metadata-null", () => "__metadata__ is null", at);
      } else {
        this.#remarks.problem("damaged", () => "__metadata__ is not an object", at);
      }
      return json.skip(1);
    }
    const opened = json.open(openObject);
    if (opened !== "filled") {
      return opened === "empty";
    }
    do {
      if (!this.#metadataEntry()) {
        return false;
      }
    } while (json.more(closeObject));
    return json.failure === undefined;
  }

  #metadataEntry(): boolean {
    const json = this.#json;
    if (!json.string()) {
      return false;
    }
    const at = json.start - 1;
    const key = json.value();
    if (!json.take(colon) || !this.#count(at)) {
      return false;
    }
    if (json.peek() !== QUOTE) {
      this.#remarks.problem(
        "damaged",
        () => `the value of ${quote(key)} in __metadata__ is not a string`,
        json.at,
      );
      return json.skip(2);
    }
    if (!json.string()) {
      return false;
    }
    if (this.#metadata.has(key)) {
      this.#remarks.twice("metadata", () => key, at);
      this.#metadata.delete(key);
    }
    const { start, end, plain } = json;
    this.#metadata.set(key, {
      key,
      start: start + HEADER_START,
      end: end + HEADER_START,
      plain,
    });
    return true;
  }

  #tensor(name: NameRange, isEscaped: boolean): boolean {
    const tensor = this.#entry.read(name);
    if (tensor === undefined) {
      this.#invalid += 1;
    } else {
      const index = this.#names.add(name, isEscaped);
      if (index < this.#tensors.length) {
        this.#remarks.twice("tensor", () => tensor.name, name.start - 1);
      }
      this.#tensors[index] = tensor;
    }
    return this.#json.failure === undefined;
  }
}
