/** Limits as people write them: `depth=32`, `outputBytes=2GB`. */

import { AppError } from "../../kernel/errors.ts";
import { DEFAULT_LIMITS } from "../../kernel/limits.ts";
import type { Limits } from "../../kernel/limits.ts";
import { didYouMean } from "../../kernel/suggest.ts";

export type LimitName = keyof Limits;

const NAMES = Object.keys(DEFAULT_LIMITS) as readonly LimitName[];

/** Nesting is followed by calls that nest; what is deeper than this is no model. */
const MAX_DEPTH = 100;

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  t: 1e12,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** A whole number, or a size such as `2GB` (10^9) or `2GiB` (2^30). Nothing where it is neither. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d[\d_]*(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const unit = UNITS[(match?.[2] ?? "").toLowerCase()];
  if (match === null || unit === undefined) {
    return undefined;
  }
  const size = Math.round(Number((match[1] ?? "").replaceAll("_", "")) * unit);
  return Number.isSafeInteger(size) ? size : undefined;
}

/** Reads `--limits key=value[,key=value…]`, given once or more. Throws `AppError` USAGE. */
export function readLimits(given: readonly string[]): Partial<Limits> {
  const limits: Partial<Record<LimitName, number>> = {};
  for (const part of given.flatMap((text) => text.split(","))) {
    const [key = "", ...rest] = part.split("=");
    if (rest.length === 0) {
      throw new AppError(
        "USAGE",
        `--limits takes key=value, and ${part || "nothing"} is not that`,
        {
          hint: `keys: ${NAMES.join(", ")}`,
        },
      );
    }
    const name = limitName(key.trim(), "USAGE", "--limits");
    limits[name] = limitValue(name, rest.join("="), "USAGE", `--limits ${name}`);
  }
  return limits;
}

/** The limit of that name. Throws `AppError` with a suggestion where there is none. */
export function limitName(
  given: string,
  code: "USAGE" | "CONFIG_INVALID",
  where: string,
): LimitName {
  const name = NAMES.find((known) => known.toLowerCase() === given.toLowerCase());
  if (name === undefined) {
    throw new AppError(code, `${where} has no limit ${given}${didYouMean(given, NAMES)}`, {
      hint: `limits: ${NAMES.join(", ")}`,
    });
  }
  return name;
}

/** A limit's value, a number or a size. Throws `AppError` where it is none. */
export function limitValue(
  name: LimitName,
  given: unknown,
  code: "USAGE" | "CONFIG_INVALID",
  where: string,
): number {
  const value = typeof given === "number" ? given : parseSize(String(given));
  if (value === undefined || !Number.isSafeInteger(value) || value < 1) {
    const shown = typeof given === "string" || typeof given === "number" ? ` and not ${given}` : "";
    throw new AppError(code, `${where} is a whole number above 0 or a size such as 2GB${shown}`);
  }
  if (name === "depth" && value > MAX_DEPTH) {
    throw new AppError(code, `${where} is at most ${MAX_DEPTH}`);
  }
  return value;
}
