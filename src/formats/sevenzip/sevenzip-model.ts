/** What the rules see of a 7z archive. */

import type { ArchiveModel } from "../archive.ts";

export interface SevenZipModel extends ArchiveModel {
  readonly container: "7z";
}
