/**
 * Tables: what is too long for the facts of a report, one row a tensor. They are columns of numbers and one piece
 * of memory for all names, because files have 100,000 rows: plain data, which crosses threads as it is.
 */

export interface NameColumn {
  /** All names in UTF-8, one directly behind the other. */
  readonly bytes: Uint8Array;
  /** Where each of them ends. */
  readonly ends: Uint32Array;
}

/** The tensors of one file, in file order. */
export interface TensorTable {
  readonly names: NameColumn;
  /** Every dtype once, as the format spells it, and which of them each tensor has. */
  readonly dtypes: readonly string[];
  readonly dtype: Uint32Array;
  /** The dimensions of all tensors, outermost first, and where those of each end. */
  readonly dimensions: Float64Array;
  readonly shapeEnds: Uint32Array;
  /** Start and end in the file, two numbers a tensor. */
  readonly ranges: Float64Array;
}

/** Which file an index says each tensor is in. */
export interface PlacementTable {
  readonly names: NameColumn;
  /** Every file once, as it is written there, and which of them each tensor is in. */
  readonly files: readonly string[];
  readonly file: Uint32Array;
}

export interface Tables {
  readonly tensors?: TensorTable;
  readonly placements?: PlacementTable;
}

/** The tables of one artifact: of a file, or of something nested in it. */
export interface LocatedTables {
  readonly locator: string;
  readonly tables: Tables;
}

export interface TensorRow {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly range: readonly [start: number, end: number];
}

/** Rows that a report lists itself; a longer table goes into a file beside it. */
export const LISTED_ROWS = 1000;

const decoder = new TextDecoder();

/** Number of rows. */
export function rowsOf({ names }: { readonly names: NameColumn }): number {
  return names.ends.length;
}

/** The name in a row; empty where there is no such row. */
export function nameAt({ names }: { readonly names: NameColumn }, row: number): string {
  const { bytes, ends } = names;
  return decoder.decode(bytes.subarray(ends[row - 1] ?? 0, ends[row] ?? 0));
}

/** One row as the facts of a report have it. */
export function tensorAt(table: TensorTable, row: number): TensorRow {
  const { dtypes, dtype, dimensions, shapeEnds, ranges } = table;
  return {
    name: nameAt(table, row),
    dtype: dtypes[dtype[row] ?? 0] ?? "",
    shape: [...dimensions.subarray(shapeEnds[row - 1] ?? 0, shapeEnds[row] ?? 0)],
    range: [ranges[2 * row] ?? 0, ranges[2 * row + 1] ?? 0],
  };
}

/** Bytes that tables take in memory, near enough. */
export function bytesOf(tables: Tables): number {
  return buffersOf(tables).reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** The memory behind the columns, which may be handed to another thread rather than copied. */
export function buffersOf({ tensors, placements }: Tables): ArrayBuffer[] {
  const columns = [
    tensors?.names.bytes,
    tensors?.names.ends,
    tensors?.dtype,
    tensors?.dimensions,
    tensors?.shapeEnds,
    tensors?.ranges,
    placements?.names.bytes,
    placements?.names.ends,
    placements?.file,
  ];
  return columns.flatMap((column) =>
    column?.buffer instanceof ArrayBuffer ? [column.buffer] : [],
  );
}
