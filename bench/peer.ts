/** Other scanners, where they are installed. */

import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import type { BenchContext } from "./bench.ts";

/** The program of a peer beside the Python that the user named; undefined where there is none. */
export function peer({ python }: BenchContext, name: string): string | undefined {
  if (python === undefined) {
    return undefined;
  }
  const program = join(dirname(python), name);
  return existsSync(program) ? program : undefined;
}
