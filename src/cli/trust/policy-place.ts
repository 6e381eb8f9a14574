/**
 * Which policy decides: the one that `--policy` names, else `weighbridge.trust.yaml` where the user stands, else the
 * user's own. One that lies in the model was perhaps written by whoever made that: it is only used where it is named.
 */

import { existsSync, realpathSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";

import { configFolder } from "../config/environment.ts";

export const POLICY_FILE = "weighbridge.trust.yaml";

/** The places without `--policy`, in their order. */
export function defaultPlaces(): readonly string[] {
  return [POLICY_FILE, join(configFolder(), "trust.yaml")];
}

/** Nothing where there is none. @param model where the model really is. */
export function findPolicy(
  named: string | undefined,
  model: string | undefined,
): string | undefined {
  if (named !== undefined) {
    return named;
  }
  return defaultPlaces().find(
    (path) => existsSync(path) && (model === undefined || !liesIn(realpathSync(path), model)),
  );
}

function liesIn(path: string, folder: string): boolean {
  const inside = relative(folder, path);
  return (
    inside === "" ||
    (inside !== ".." && !inside.startsWith(`..${sep}`) && inside !== resolve(inside))
  );
}
