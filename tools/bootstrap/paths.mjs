// Where things are, seen from this folder.
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where the user stands: npm changes into the package's folder and leaves the origin in INIT_CWD. */
export const userDirectory = process.env.INIT_CWD || process.cwd();

/** @param {string[]} parts */
export function inRoot(...parts) {
  return join(root, ...parts);
}
