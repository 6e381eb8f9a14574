/** `--cache`: where results are kept, and what is enough to believe them. */

import { dirname, resolve, sep } from "node:path";

import { AppError } from "../../kernel/errors.ts";
import type { ResultCache } from "../../kernel/result-cache.ts";
import type { Arguments } from "../command.ts";
import { realPath } from "../config/load.ts";
import { cacheFolder } from "../config/environment.ts";

/** Nothing where the user does not ask for it. Throws `AppError` for what cannot be done. */
export async function openCache(
  given: Arguments,
  targets: readonly string[],
): Promise<ResultCache | undefined> {
  const folder = given.value("cache-dir");
  if (!given.has("cache")) {
    if (folder !== undefined) {
      throw new AppError("USAGE", "--cache-dir is for --cache or --cache=stat");
    }
    return undefined;
  }
  const trustsState = given.value("cache") === "stat";
  if (given.has("quick") && !trustsState) {
    throw new AppError("USAGE", "--quick makes no digests, by which --cache knows files", {
      hint: "--cache=stat knows them by size and time",
    });
  }
  const around = folder === undefined ? undefined : targets.find((name) => liesIn(folder, name));
  if (around !== undefined) {
    throw new AppError("USAGE", `--cache-dir lies in ${around}, which is being scanned`, {
      hint: "whoever made what is scanned could have put results there",
    });
  }
  const { openResultCache } = await import("../../store/result-cache/open-result-cache.ts");
  return openResultCache({ folder: folder ?? cacheFolder(), trustsState, now: Date.now() });
}

/** Whether a folder, which need not be there, lies in a target or is it. */
function liesIn(folder: string, target: string): boolean {
  const top = realPath(target);
  if (target === "-" || top === undefined) {
    return false;
  }
  for (let at = resolve(folder); ; at = dirname(at)) {
    const real = realPath(at);
    if (real !== undefined) {
      return real === top || real.startsWith(top.endsWith(sep) ? top : top + sep);
    }
  }
}
