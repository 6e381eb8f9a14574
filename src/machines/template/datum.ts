/** Constants as templates compute with them. */

export type Datum =
  | null
  | boolean
  | number
  | string
  | readonly Datum[]
  | ReadonlyMap<string, Datum>;

/** What an expression may be: all of `values`, and where it is open, something that is not known. */
export interface Folded {
  readonly values: readonly Datum[];
  readonly isOpen: boolean;
}

export const UNKNOWN: Folded = { values: [], isOpen: true };

export function isList(value: Datum | undefined): value is readonly Datum[] {
  return Array.isArray(value);
}

/** Items of a list, characters of a text, keys of a dictionary. */
export function listOf(value: Datum): readonly Datum[] | undefined {
  if (value instanceof Map) {
    // Keys have their type in front of them.
    return [...value.keys()].map((key) => key.slice(key.indexOf(" ") + 1));
  }
  if (typeof value === "string") {
    return Array.from(value);
  }
  return isList(value) ? value : undefined;
}

/** Text as `str()` gives it; undefined for what has no simple text. */
export function textOf(value: Datum | undefined): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return String(value);
    case "boolean":
      return value ? "True" : "False";
    default:
      return value === null ? "None" : undefined;
  }
}
