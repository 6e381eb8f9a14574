/**
 * JSON as CEL sees it, and how large it is. Objects become maps, so that no member's name can reach a prototype, and
 * whole numbers become integers; beyond 2^53, where JSON has lost digits already, they stay floating.
 */

import { MAX_INPUT_DEPTH, MAX_INPUT_VALUES } from "./limits.ts";

/** What decides how long a condition about it can take. */
export interface Extent {
  /** All values and names of members. */
  values: number;
  /** Items of the longest list, or members of the largest object. */
  longest: number;
  /** Characters of the longest text. */
  longestText: number;
}

export class InputTooLarge extends Error {}

/** Converts JSON and adds its size to an extent. Throws `InputTooLarge`. */
export function celValue(value: unknown, extent: Extent, depth = 0): unknown {
  extent.values += 1;
  if (depth > MAX_INPUT_DEPTH) {
    throw new InputTooLarge(`what is asked about is nested more than ${MAX_INPUT_DEPTH} deep`);
  }
  if (extent.values > MAX_INPUT_VALUES) {
    throw new InputTooLarge(`what is asked about has more than ${MAX_INPUT_VALUES} values`);
  }
  switch (typeof value) {
    case "string":
      extent.longestText = Math.max(extent.longestText, value.length);
      return value;
    case "number":
      return Number.isSafeInteger(value) ? BigInt(value) : value;
    case "boolean":
      return value;
    case "object":
      return value === null ? null : compound(value, extent, depth);
    default:
      // Members that JSON would leave out.
      return undefined;
  }
}

function compound(value: object, extent: Extent, depth: number): unknown {
  if (Array.isArray(value)) {
    extent.longest = Math.max(extent.longest, value.length);
    return value.map((item: unknown) => celValue(item ?? null, extent, depth + 1));
  }
  const members = Object.entries(value);
  extent.longest = Math.max(extent.longest, members.length);
  const map = new Map<string, unknown>();
  for (const [name, member] of members) {
    extent.longestText = Math.max(extent.longestText, name.length);
    const converted = celValue(member, extent, depth + 1);
    if (converted !== undefined) {
      map.set(name, converted);
    }
  }
  return map;
}
