/** Options whose value is an object identifier, such as the purpose of a key. */

import { AppError } from "../kernel/errors.ts";
import { quote } from "../kernel/text.ts";
import type { Arguments } from "./command.ts";

const OID = /^[0-2](?:\.(?:0|[1-9]\d{0,37})){1,30}$/;

/** All values of an option. Throws `AppError` USAGE for what is no object identifier. */
export function oidValues(given: Arguments, option: string): readonly string[] {
  const values = given.values(option);
  const wrong = values.find((value) => !OID.test(value));
  if (wrong !== undefined) {
    throw new AppError(
      "USAGE",
      `--${option} is one such as 1.3.6.1.5.5.7.3.3, and not ${quote(wrong)}`,
    );
  }
  return values;
}
