/** `--cache`: where results are kept, and what is enough to believe them. */

import { AppError } from "../../kernel/errors.ts";
import type { ResultCache } from "../../kernel/result-cache.ts";
import type { Arguments } from "../command.ts";
import { cacheFolder } from "../config/environment.ts";

/** Nothing where the user does not ask for it. Throws `AppError` for what cannot be done. */
export async function openCache(given: Arguments): Promise<ResultCache | undefined> {
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
  const { openResultCache } = await import("../../store/result-cache/open-result-cache.ts");
  return openResultCache({ folder: folder ?? cacheFolder(), trustsState, now: Date.now() });
}
