/**
 * One tensor's entry in the header, in each form that the reference reader takes: an object with dtype, shape
 * and data_offsets, or an array of the three.
 */

import { quote } from "../../kernel/text.ts";
import { DTYPE_BITS } from "./dtypes.ts";
import { HEADER_START } from "./header.ts";
import type { HeaderTensor } from "./header.ts";
import type { HeaderRemarks } from "./header-remarks.ts";
import { PUNCTUATION } from "../json-scanner.ts";
import type { JsonScanner } from "../json-scanner.ts";
import type { NameRange } from "../json-names.ts";
import { multiply, unsigned } from "./product.ts";
import type { Unsigned } from "./product.ts";

const { colon, quote: QUOTE, openArray, closeArray, openObject, closeObject } = PUNCTUATION;
/** Dimensions that are kept; no library makes a tensor with more. */
const MOST_DIMENSIONS = 64;
const DTYPE = 1;
const SHAPE = 2;
const OFFSETS = 4;
const FIELDS: ReadonlyMap<string, number> = new Map([
  ["dtype", DTYPE],
  ["shape", SHAPE],
  ["data_offsets", OFFSETS],
]);

/** Most names are never asked for, and making a string of one is what costs most here. */
class Tensor implements HeaderTensor {
  readonly json: JsonScanner;
  readonly range: NameRange;
  readonly dtype: string;
  readonly bits: number;
  readonly shape: readonly number[];
  readonly elements: Unsigned | undefined;
  readonly begin: number;
  readonly end: number;

  constructor(json: JsonScanner, range: NameRange, entry: Omit<HeaderTensor, "name" | "at">) {
    this.json = json;
    this.range = range;
    this.dtype = entry.dtype;
    this.bits = entry.bits;
    this.shape = entry.shape;
    this.elements = entry.elements;
    this.begin = entry.begin;
    this.end = entry.end;
  }

  get name(): string {
    return this.json.value(this.range.start, this.range.end, this.range.plain);
  }

  get at(): number {
    return this.range.start - 1 + HEADER_START;
  }
}

export class TensorEntryReader {
  readonly #json: JsonScanner;
  readonly #remarks: HeaderRemarks;
  #name: NameRange = { start: 0, end: 0, plain: true };
  #dtype = "";
  #bits = 0;
  #shape: number[] = [];
  #elements: Unsigned | undefined = 1;
  #begin = 0;
  #end = 0;

  constructor(json: JsonScanner, remarks: HeaderRemarks) {
    this.#json = json;
    this.#remarks = remarks;
  }

  /**
   * Reads the entry of a tensor of which the name was read. Undefined where it is none; where the JSON ends the
   * scanner says so.
   */
  read(name: NameRange): HeaderTensor | undefined {
    const json = this.#json;
    this.#name = name;
    const byte = json.peek();
    if (byte !== openObject && byte !== openArray) {
      this.#problem(() => `the entry of tensor ${this.#quoted()} is not an object`, json.at);
      json.skip(1);
      return undefined;
    }
    const before = this.#remarks.count;
    const seen = byte === openObject ? this.#fields() : this.#list();
    if (seen !== (DTYPE | SHAPE | OFFSETS)) {
      if (seen >= 0 && this.#remarks.count === before) {
        this.#problem(
          () => `tensor ${this.#quoted()} lacks dtype, shape or data_offsets`,
          name.start - 1,
        );
      }
      return undefined;
    }
    return new Tensor(json, name, {
      dtype: this.#dtype,
      bits: this.#bits,
      shape: this.#shape,
      elements: this.#elements,
      begin: this.#begin,
      end: this.#end,
    });
  }

  /** An entry as an object: which of the fields are there and sound; -1 where the JSON ends. */
  #fields(): number {
    const json = this.#json;
    const opened = json.open(openObject);
    if (opened !== "filled") {
      return opened === "empty" ? 0 : -1;
    }
    let met = 0;
    let sound = 0;
    do {
      if (!json.string()) {
        return -1;
      }
      const field = this.#field();
      const { start, end } = json;
      if (!json.take(colon)) {
        return -1;
      }
      if (field === 0) {
        const message = () =>
          `tensor ${this.#quoted()} has a further field ${quote(json.value(start, end, false))}`;
        this.#remarks.odd("extra-field", message, start - 1);
        if (!json.skip(2)) {
          return -1;
        }
        continue;
      }
      if ((met & field) !== 0) {
        const key = json.value(start, end, false);
        this.#remarks.twice("field", () => key, start - 1);
        this.#problem(() => `tensor ${this.#quoted()} has ${quote(key)} twice`, start - 1);
      }
      met |= field;
      const isSound = this.#value(field);
      if (isSound === undefined) {
        return -1;
      }
      sound |= isSound ? field : 0;
    } while (json.more(closeObject));
    return json.failure === undefined ? sound : -1;
  }

  /** An entry as an array of the three values, as serde takes it; -1 where the JSON ends. */
  #list(): number {
    const json = this.#json;
    const { at } = json;
    this.#remarks.odd("array-form", () => `the entry of tensor ${this.#quoted()} is an array`, at);
    const opened = json.open(openArray);
    if (opened !== "filled") {
      return opened === "empty" ? 0 : -1;
    }
    let sound = 0;
    let count = 0;
    do {
      const field = count < 3 ? 1 << count : 0;
      count += 1;
      const isSound = field === 0 ? json.skip(2) : this.#value(field);
      if (isSound === undefined || json.failure !== undefined) {
        return -1;
      }
      sound |= isSound ? field : 0;
    } while (json.more(closeArray));
    if (json.failure !== undefined) {
      return -1;
    }
    if (count > 3) {
      this.#problem(() => `the entry of tensor ${this.#quoted()} has ${count} elements`, at);
      return 0;
    }
    return sound;
  }

  /** Which field the string read last names; 0 for any other. */
  #field(): number {
    const json = this.#json;
    const { start, end, plain } = json;
    if (!plain) {
      return FIELDS.get(json.value()) ?? 0;
    }
    const length = end - start;
    if (length === 5) {
      if (json.has("dtype", start)) {
        return DTYPE;
      }
      return json.has("shape", start) ? SHAPE : 0;
    }
    return length === 12 && json.has("data_offsets", start) ? OFFSETS : 0;
  }

  /** Reads the value of a field. False where it is not valid, undefined where the JSON ends. */
  #value(field: number): boolean | undefined {
    switch (field) {
      case DTYPE:
        return this.#readDtype();
      case SHAPE:
        return this.#readShape();
      default:
        return this.#readOffsets();
    }
  }

  #readDtype(): boolean | undefined {
    const json = this.#json;
    const byte = json.peek();
    const { at } = json;
    const isMap = byte === openObject;
    if (isMap) {
      // serde's other way to write a variant without content: {"F32": null}
      if (json.open(openObject) === "filled" && json.peek() === QUOTE) {
        this.#remarks.odd(
          "dtype-form",
          () => `the dtype of tensor ${this.#quoted()} is an object`,
          at,
        );
      } else {
        return this.#unsound("dtype", at);
      }
    } else if (byte !== QUOTE) {
      return this.#unsound("dtype", at);
    }
    if (!json.string()) {
      return undefined;
    }
    const dtype =
      json.plain &&
      json.has(this.#dtype, json.start) &&
      json.end - json.start === this.#dtype.length
        ? this.#dtype
        : json.value();
    if (isMap && !this.#nullThenEnd()) {
      return this.#unsound("dtype", at);
    }
    if (dtype !== this.#dtype || this.#bits === 0) {
      this.#dtype = dtype;
      this.#bits = DTYPE_BITS.get(dtype) ?? 0;
    }
    if (this.#bits === 0) {
      const message = () => `the dtype of tensor ${this.#quoted()} is not known: ${quote(dtype)}`;
      this.#problem(message, at);
    }
    return true;
  }

  #nullThenEnd(): boolean {
    const json = this.#json;
    if (!json.take(colon) || json.peek() !== 0x6e || !json.skip(3) || json.peek() !== closeObject) {
      return false;
    }
    json.at += 1;
    return true;
  }

  #readShape(): boolean | undefined {
    const json = this.#json;
    if (json.peek() !== openArray) {
      return this.#unsound("shape", json.at);
    }
    const { at } = json;
    const shape: number[] = [];
    let rank = 0;
    let elements: Unsigned | undefined = 1;
    const opened = json.open(openArray);
    if (opened === "failed") {
      return undefined;
    }
    if (opened === "filled") {
      do {
        const dimension = this.#integer();
        if (dimension === undefined) {
          return this.#unsound("shape", at);
        }
        rank += 1;
        if (rank <= MOST_DIMENSIONS) {
          shape.push(Number(dimension));
        }
        if (typeof dimension === "bigint") {
          this.#remarks.odd(
            "huge-dimension",
            () => `tensor ${this.#quoted()} has a dimension past 2^53`,
            at,
          );
        }
        elements = multiply(elements, dimension);
      } while (json.more(closeArray));
    }
    if (rank > MOST_DIMENSIONS) {
      this.#remarks.odd(
        "many-dimensions",
        () => `tensor ${this.#quoted()} has ${rank} dimensions`,
        at,
      );
    }
    this.#shape = shape;
    this.#elements = elements;
    return json.failure === undefined ? true : undefined;
  }

  #readOffsets(): boolean | undefined {
    const json = this.#json;
    if (json.peek() !== openArray) {
      return this.#unsound("data_offsets", json.at);
    }
    const { at } = json;
    if (json.open(openArray) !== "filled") {
      return this.#unsound("data_offsets", at);
    }
    const begin = this.#integer();
    if (begin === undefined || !json.more(closeArray)) {
      return this.#unsound("data_offsets", at);
    }
    const end = this.#integer();
    if (end === undefined || json.more(closeArray) || json.failure !== undefined) {
      return this.#unsound("data_offsets", at);
    }
    this.#begin = Number(begin);
    this.#end = Number(end);
    return true;
  }

  /** An integer from 0 to 2^64 - 1, without fraction or exponent; undefined for anything else. */
  #integer(): Unsigned | undefined {
    const json = this.#json;
    const first = json.peek();
    if (first < 0x30 || first > 0x39) {
      return undefined;
    }
    const { bytes } = json;
    let { at } = json;
    let value = 0;
    for (let byte = first; byte >= 0x30 && byte <= 0x39; byte = bytes[at] ?? 0) {
      value = value * 10 + byte - 0x30;
      at += 1;
    }
    const next = bytes[at];
    if ((first === 0x30 && at > json.at + 1) || next === 0x2e || next === 0x65 || next === 0x45) {
      return undefined;
    }
    const from = json.at;
    json.at = at;
    return at - from <= 15 ? value : unsigned(json.bytes.toString("latin1", from, at));
  }

  /** Says that a field is not valid and goes on behind it: false, or undefined where the JSON ends. */
  #unsound(field: string, at: number): false | undefined {
    const json = this.#json;
    json.at = at;
    if (json.failure !== undefined || !json.skip(2)) {
      return undefined;
    }
    this.#problem(() => `tensor ${this.#quoted()} has no valid ${field}`, at);
    return false;
  }

  #quoted(): string {
    const { start, end, plain } = this.#name;
    return quote(this.#json.value(start, end, plain));
  }

  #problem(message: () => string, at: number): void {
    this.#remarks.problem("damaged", message, at);
  }
}
