/** Options that `digest`, `sign` and `verify` share, under the names that the reference has for them. */

import type { Arguments, OptionSpec } from "../command.ts";

export const MODEL_OPTIONS: readonly OptionSpec[] = [
  {
    name: "ignore-paths",
    value: "PATH",
    repeatable: true,
    help: "leave out a file or a folder of the model; repeatable",
  },
  {
    name: "ignore-git-paths",
    help: "leave out .git, .github, .gitignore and .gitattributes (default)",
  },
  { name: "no-ignore-git-paths", help: "take them like all other files" },
  { name: "allow-symlinks", help: "follow links that stay inside of the model" },
  { name: "no-progress", help: "no progress line" },
];

/** Whether files of git at the top of the model are left out. */
export function ignoresGit(given: Arguments): boolean {
  return !given.has("no-ignore-git-paths");
}
