/** Where the claims about a model lie: in its folder, or beside its file. */

import { dirname, join } from "node:path";

import type { ModelTarget } from "../provenance/model-target.ts";

export function claimsPlace({ tree, ref }: ModelTarget): string {
  return join(tree.kind === "folder" ? ref : dirname(ref), "claims.jsonl");
}
