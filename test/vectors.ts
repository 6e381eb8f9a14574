/**
 * Where the public test vectors lie: in `shared/vectors` beside the repository, or where WEIGHBRIDGE_VECTORS says.
 * Tests that need them are skipped, and shown as skipped, where the folder is absent.
 */

import { existsSync } from "node:fs";
import { join } from "node:path";

import { root } from "./architecture/files.ts";

/** The folder of one set, or nothing where it is not there. */
export function vectors(name: string): string | undefined {
  const folder = join(process.env["WEIGHBRIDGE_VECTORS"] ?? join(root, "../shared/vectors"), name);
  return existsSync(folder) ? folder : undefined;
}
