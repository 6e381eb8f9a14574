/** What the operating system says when something cannot be reached, as sentences for people. */

import { errorMessage } from "../../kernel/errors.ts";

/** The system's error code, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

/** Half a sentence about why an entry inside a tree cannot be looked at. */
export function reachProblem(error: unknown): string {
  switch (errorCode(error)) {
    case "ENOENT":
      return "it is not there any more";
    case "EACCES":
    case "EPERM":
      return "there is no permission to read it";
    case "ELOOP":
      return "its links lead in a circle";
    case "ENAMETOOLONG":
      return "its path is longer than this system can open";
    default:
      return errorMessage(error);
  }
}
