/** What the machine finds in the streams of one artifact. */

import type { Candidate } from "./plain-stream.ts";
import { NameRegister } from "./look-up.ts";
import type { NameTables } from "./names/name-tables.ts";
import { Observations } from "./observation.ts";
import type { PersistentId } from "./persistent.ts";
import type { Divergence } from "./readers.ts";

/** Bytes that some call in the stream would unpickle. */
export interface NestedLoad {
  readonly as: "pickle" | "pytorch";
  readonly offset: number;
  /** Where they lie in the source, or the bytes themselves where functions made them. */
  readonly start: number;
  readonly end: number;
  readonly bytes?: Uint8Array;
}

/** What all streams of one artifact share: names, observations, nested content. */
export class Findings {
  readonly names: NameRegister;
  readonly observations: Observations;
  readonly candidates: Candidate[] = [];
  readonly loads: NestedLoad[] = [];
  readonly persistentIds: PersistentId[] = [];
  readonly divergences: Divergence[] = [];
  /** More readings of straddled frames than were followed. */
  unfollowed = false;

  /** @param names where names are entered that belong to other findings, too. */
  constructor(tables: NameTables, limit: number, names = new NameRegister(tables)) {
    this.names = names;
    this.observations = new Observations(limit);
  }
}
