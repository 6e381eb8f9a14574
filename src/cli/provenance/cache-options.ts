/** Options of what can take digests of an earlier run. */

import type { OptionSpec } from "../command.ts";

export const CACHE_OPTIONS: readonly OptionSpec[] = [
  { name: "cache", help: "do not read files again whose size and times are as before" },
  {
    name: "cache-dir",
    value: "DIR",
    help: "where --cache keeps digests; only you may write there",
  },
];
