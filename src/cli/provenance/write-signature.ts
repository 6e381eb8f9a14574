/** Puts a signature in its place: the old one or the new one is there, and never half of one. */

import { AppError } from "../../kernel/errors.ts";
import { openOutputFile } from "../scan/output-file.ts";

/** Throws `AppError` where it cannot be written. */
export function writeSignature(path: string, text: string): void {
  let file: ReturnType<typeof openOutputFile> | undefined;
  try {
    file = openOutputFile(path);
    file.write(text);
    file.finish();
  } catch (error) {
    file?.discard();
    if (error instanceof AppError) {
      throw new AppError(error.code, error.message, {
        hint: "the model was not signed; give another --signature",
        cause: error,
      });
    }
    throw error;
  }
}
