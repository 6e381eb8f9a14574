/**
 * The user's configuration: the file that `--config` names, else `weighbridge.yaml` where the user
 * stands. One that lies in what is being scanned was perhaps written by whoever made that: it is only
 * believed when the user names it. Without a file nothing more is loaded than this.
 */

import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { join, sep } from "node:path";

import { AppError, errorMessage } from "../../kernel/errors.ts";
import type { Config } from "./validate.ts";

export const CONFIG_FILE = "weighbridge.yaml";

const MAX_BYTES = 1024 * 1024;

export interface LoadedConfig {
  readonly config: Config;
  /** For standard error. */
  readonly note?: string;
}

/**
 * Throws `AppError` CONFIG_INVALID for a file that cannot be used.
 *
 * @param named what the user gave as `--config`.
 * @param targets what is going to be scanned, as the user wrote it.
 * @param folder where the user stands.
 */
export async function loadConfig(
  named: string | undefined,
  targets: readonly string[],
  folder = ".",
): Promise<LoadedConfig> {
  if (named !== undefined) {
    return { config: await readConfig(named) };
  }
  const path = join(folder, CONFIG_FILE);
  if (!existsSync(path)) {
    return { config: {} };
  }
  const scanned = targets.find((target) => contains(target, path));
  if (scanned === undefined) {
    return { config: await readConfig(path) };
  }
  return {
    config: {},
    note: `${CONFIG_FILE} is not used, because it lies in ${scanned}, which is being scanned; if it is yours: --config ${CONFIG_FILE}`,
  };
}

async function readConfig(path: string): Promise<Config> {
  const text = readText(path);
  const [{ parseYaml }, { validateConfig }] = await Promise.all([
    import("./yaml-text.ts"),
    import("./validate.ts"),
  ]);
  return validateConfig(parseYaml(text, path), path);
}

function readText(path: string): string {
  try {
    const { size } = statSync(path);
    if (size > MAX_BYTES) {
      throw new AppError("CONFIG_INVALID", `${path} is larger than a configuration ever is`);
    }
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof AppError) {
      throw error;
    }
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    const why = missing ? "there is no such file" : errorMessage(error);
    throw new AppError("CONFIG_INVALID", `cannot read the configuration ${path}: ${why}`, {
      cause: error,
    });
  }
}

/** Whether a file lies in a folder, or is it, whatever links lead there. */
function contains(target: string, file: string): boolean {
  try {
    const folder = realpathSync(target);
    const path = realpathSync(file);
    return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
  } catch {
    // A target that is not there is told about where targets are opened.
    return false;
  }
}
