/** Names that a user adds to the known ones. */

/** A name that the user vouches for. */
export interface UserName {
  readonly module: string;
  readonly name: string;
  readonly reason: string;
}

/** One object, since the tables that a scan reads go with the list that it was given. */
export const NO_USER_NAMES: readonly UserName[] = [];
