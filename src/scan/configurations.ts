/**
 * Configurations that lie in what is scanned. Whoever made the model may have put them there, so that a report says
 * of each whether the scan went by it.
 */

import type { FileReport, FoundConfiguration } from "../kernel/report.ts";

export const CONFIG_FILE = "weighbridge.yaml";

/** Those that the caller found, and others below that the scan came by, in the order of paths. */
export function foundConfigurations(
  told: readonly FoundConfiguration[],
  files: readonly FileReport[],
): FoundConfiguration[] {
  const known = new Set(told.map(({ path }) => path));
  const others = files
    .map(({ path }) => path)
    .filter((path) => path.endsWith(CONFIG_FILE) && isConfig(path) && !known.has(path))
    .map((path) => ({ path, used: false }));
  return [...told.map(({ path, used }) => ({ path, used })), ...others].toSorted((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}

function isConfig(path: string): boolean {
  return path === CONFIG_FILE || path.endsWith(`/${CONFIG_FILE}`);
}
