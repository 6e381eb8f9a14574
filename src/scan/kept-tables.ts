/** Tables as text, to be kept beside a report: JSON, in which columns of numbers are their bytes in base64. */

import { bytesOf } from "../kernel/tables.ts";
import type { LocatedTables } from "../kernel/tables.ts";

/** Larger ones are read again from the file: that is not much slower than from here. */
const MAX_BYTES = 256 * 1024;

const COLUMNS = { u8: Uint8Array, u32: Uint32Array, f64: Float64Array } as const;

/** Nothing for tables too large to keep. */
export function tablesAsText(tables: readonly LocatedTables[]): string | undefined {
  const size = tables.reduce((sum, located) => sum + bytesOf(located.tables), 0);
  return size > MAX_BYTES
    ? undefined
    : JSON.stringify(tables, (_key, value: unknown) => column(value));
}

/** Nothing for text that is not of tables. */
export function tablesOfText(text: string): readonly LocatedTables[] | undefined {
  try {
    const tables = JSON.parse(text, (_key, value: unknown) => numbers(value)) as unknown;
    return Array.isArray(tables) ? (tables as readonly LocatedTables[]) : undefined;
  } catch {
    return undefined;
  }
}

function column(value: unknown): unknown {
  for (const [kind, Column] of Object.entries(COLUMNS)) {
    if (value instanceof Column) {
      const { buffer, byteOffset, byteLength } = value;
      return { [kind]: Buffer.from(buffer, byteOffset, byteLength).toString("base64") };
    }
  }
  return value;
}

function numbers(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  const [first, ...others] = Object.entries(value);
  const [kind = "", text] = first ?? [];
  if (others.length > 0 || !Object.hasOwn(COLUMNS, kind) || typeof text !== "string") {
    return value;
  }
  const bytes = Buffer.from(text, "base64");
  // Columns stand at the start of memory of their own, as their alignment asks.
  const own = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return new COLUMNS[kind as keyof typeof COLUMNS](own);
}
