/**
 * Coverage: how many bytes of a reading were understood. `understood + inert + unaccounted` is the
 * size of the artifact; `clean` needs `unaccounted` to be 0.
 */

export interface Coverage {
  /** Bytes whose meaning a parser knows, structure and values both. */
  readonly understood: number;
  /** Bytes that a structure proves to be plain numbers, such as tensor storages. */
  readonly inert: number;
  /** Bytes that nobody can vouch for. */
  readonly unaccounted: number;
  /** Bytes that were really read; inert ones need not be. */
  readonly read: number;
}

/** Coverage of an artifact of which nothing is understood. */
export function unaccountedCoverage(size: number): Coverage {
  return { understood: 0, inert: 0, unaccounted: size, read: 0 };
}
