/**
 * The user's configuration: the file that `--config` names, else `weighbridge.yaml` where the user stands. One that
 * lies in what is being scanned, or beside a file that is, was perhaps written by whoever made that: it is only
 * believed when the user names it or says `--trust-config`. Without a file nothing more is loaded than this.
 */

import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";

import { AppError, errorMessage } from "../../kernel/errors.ts";
import type { FoundConfiguration } from "../../kernel/report.ts";
import { CONFIG_FILE } from "../../scan/configurations.ts";
import type { Config } from "./validate.ts";

const MAX_BYTES = 1024 * 1024;

export interface ConfigRequest {
  /** What the user gave as `--config`. */
  readonly named: string | undefined;
  /** Whether one that lies in what is scanned is believed. */
  readonly trust: boolean;
  /** What is going to be scanned, as the user wrote it. */
  readonly targets: readonly string[];
}

export interface LoadedConfig {
  readonly config: Config;
  /** Files that lie in what is scanned, by target. */
  readonly found: readonly (FoundConfiguration & { readonly subject: string })[];
  /** For standard error, where the report is not read by people. */
  readonly note?: string;
}

/**
 * Throws `AppError` CONFIG_INVALID for a file that cannot be used, USAGE where several could be meant.
 *
 * @param folder where the user stands.
 */
export async function loadConfig(
  { named, trust, targets }: ConfigRequest,
  folder = ".",
): Promise<LoadedConfig> {
  const own = join(folder, CONFIG_FILE);
  const arrived = arrivedConfigs(targets, [own, ...(named === undefined ? [] : [named])]);
  const used = named ?? choose(own, arrived, trust);
  const real = used === undefined ? undefined : realPath(used);
  const found = arrived.map(({ subject, path, file }) => ({ subject, path, used: file === real }));
  if (used !== undefined) {
    return { config: await readConfig(used), found };
  }
  const [ignored] = arrived;
  if (ignored === undefined) {
    return { config: {}, found };
  }
  const place = `${ignored.isFolder ? "in" : "beside"} ${ignored.subject}, which is being scanned`;
  return {
    config: {},
    found,
    note: `${ignored.path} is not used, because it lies ${place}; if it is yours: --trust-config`,
  };
}

/** A configuration that lies in a target or beside it. */
interface Arrived {
  readonly subject: string;
  /** Whether the target is a folder. */
  readonly isFolder: boolean;
  /** Within the target, or its folder. */
  readonly path: string;
  /** Where it really is. */
  readonly file: string;
}

/** Of each target the one at its top, and those of some others that lie in it. */
function arrivedConfigs(targets: readonly string[], others: readonly string[]): Arrived[] {
  const real = others.map(realPath).filter((path) => path !== undefined);
  const seen = new Map<string, readonly string[]>();
  return targets.flatMap((subject) => {
    const place = realPath(subject);
    if (subject === "-" || place === undefined) {
      // A target that is not there is told about where targets are opened.
      return [];
    }
    // Not of its real path: that of a pipe such as `<(command)` is no path at all.
    const isFolder = statSync(subject, { throwIfNoEntry: false })?.isDirectory() === true;
    const top = isFolder ? place : (realPath(dirname(subject)) ?? dirname(place));
    const key = `${isFolder ? "in" : "beside"} ${top}`;
    const files = seen.get(key) ?? configsIn(top, isFolder, real);
    seen.set(key, files);
    return files.map((file) => {
      const path = relative(top, file).replaceAll(sep, "/");
      return { subject, isFolder, path, file };
    });
  });
}

function configsIn(top: string, isFolder: boolean, others: readonly string[]): string[] {
  const inside = top.endsWith(sep) ? top : top + sep;
  const first = join(top, CONFIG_FILE);
  return [
    ...new Set([
      ...(existsSync(first) ? [first] : []),
      ...others.filter((file) => (isFolder ? file.startsWith(inside) : dirname(file) === top)),
    ]),
  ];
}

/** The user's own, unless it arrived with what is scanned and nobody trusts that. */
function choose(own: string, arrived: readonly Arrived[], trust: boolean): string | undefined {
  const real = existsSync(own) ? realPath(own) : undefined;
  const isOwn = real !== undefined && !arrived.some(({ file }) => file === real);
  const all = new Set([
    ...(isOwn ? [real] : []),
    ...(trust ? arrived : []).map(({ file }) => file),
  ]);
  const [only] = all;
  if (all.size > 1) {
    throw new AppError("USAGE", `--trust-config finds ${all.size} configurations`, {
      hint: `say which one: --config FILE (${[...all].join(", ")})`,
    });
  }
  return only !== undefined && only === real ? own : only;
}

/** Whatever links lead there; nothing where there is nothing. */
export function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
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
