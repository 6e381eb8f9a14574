/**
 * The readers that a stream may meet. The machine accepts what any of them accepts and keeps a list
 * of where each one stops.
 */

export const READER = { C: 1, PYTHON: 2, TOOLS: 4 } as const;

export const ALL_READERS = READER.C | READER.PYTHON | READER.TOOLS;

/** The ones that really load. */
export const LOADERS = READER.C | READER.PYTHON;

const NAMES: readonly (readonly [number, string])[] = [
  [READER.C, "CPython's C unpickler"],
  [READER.PYTHON, "CPython's Python unpickler"],
  [READER.TOOLS, "pickletools"],
];

export function readerNames(readers: number): string[] {
  return NAMES.filter(([bit]) => (readers & bit) !== 0).map(([, name]) => name);
}

/** A place where some readers stop and others go on. */
export interface Divergence {
  readonly offset: number;
  /** Bits of those that stop. */
  readonly stopped: number;
  /** Bits of those that go on. */
  readonly alive: number;
  readonly reason: string;
}
