/** Writes the models of the demonstration into a folder that holds nothing else. */

import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { AppError, errorMessage } from "../../kernel/errors.ts";
import type { DemoModel } from "./models.ts";

/**
 * Gives the folder. Throws `AppError` where it holds something already or cannot be written to.
 *
 * @param wanted a folder that is empty or not there; without one, a fresh temporary one.
 */
export function writeModels(models: readonly DemoModel[], wanted: string | undefined): string {
  try {
    const folder = wanted ?? mkdtempSync(join(tmpdir(), "weighbridge-demo-"));
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length > 0) {
      throw new AppError("USAGE", `${folder} is not empty, and demo overwrites nothing`, {
        hint: "give another folder, or none for a temporary one",
      });
    }
    for (const { path, bytes } of models) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes, { flag: "wx" });
    }
    return folder;
  } catch (error) {
    if (error instanceof AppError) {
      throw error;
    }
    throw new AppError("OUTPUT_FAILED", `cannot write the models: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}
