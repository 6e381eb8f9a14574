/** Options whose value is one of a few words. */

import { AppError } from "../../kernel/errors.ts";
import { didYouMean } from "../../kernel/suggest.ts";

/** Throws `AppError` USAGE for another word. */
export function oneOf<const T extends string>(
  option: string,
  given: string | undefined,
  allowed: readonly T[],
): T | undefined {
  const found = allowed.find((name) => name === given);
  if (given !== undefined && found === undefined) {
    const last = allowed.at(-1) ?? "";
    const list = `${allowed.slice(0, -1).join(", ")} or ${last}`;
    throw new AppError(
      "USAGE",
      `${option} is ${list}, and not ${given}${didYouMean(given, allowed)}`,
    );
  }
  return found;
}
