/**
 * How a web address is shown, in reports and to people: without what may be a secret. The signature of a signed
 * link opens the file for everybody who reads the report.
 */

import { AppError } from "../../kernel/errors.ts";

const HIDDEN = "REDACTED";

/** The address with the values of its query hidden, and without user, password and fragment. */
export function shownAddress(target: string): string {
  if (!/^https?:/i.test(target)) {
    return target;
  }
  // Also for what is no address: what stands before an @ may be a password.
  const [address = ""] = target.split("#", 1);
  const at = address.indexOf("?");
  const place = (at === -1 ? address : address.slice(0, at)).replace(
    /^(https?:[/\\]*)[^/\\]*@/i,
    `$1${HIDDEN}@`,
  );
  return at === -1 ? place : `${place}?${shownQuery(address.slice(at + 1))}`;
}

function shownQuery(query: string): string {
  return query
    .split("&")
    .map((parameter) => {
      const equals = parameter.indexOf("=");
      // A parameter without a name is a value.
      return equals === -1 ? HIDDEN : `${parameter.slice(0, equals)}=${HIDDEN}`;
    })
    .join("&");
}

/** Throws `AppError` USAGE for an address with a user or password in it. */
export function checkNoPassword(target: string): void {
  const url = /^https?:/i.test(target) && URL.canParse(target) ? new URL(target) : undefined;
  if (url !== undefined && (url.username !== "" || url.password !== "")) {
    throw new AppError("USAGE", "a web address with a password in it is not fetched", {
      hint: "fetch the file with a program that keeps it, and pipe it: curl … | weighbridge scan -",
    });
  }
}
