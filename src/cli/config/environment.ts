/** What the environment says: the one place that reads it. */

import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

import { AppError } from "../../kernel/errors.ts";
import type { Channel } from "../terminal.ts";

/**
 * Whether to color what goes to a channel: what the user asks for on the command line, then
 * FORCE_COLOR, then NO_COLOR, then whether it is a terminal that can. A file is colored only on request.
 */
export function wantsColor(asked: string | undefined, channel: Channel, toFile = false): boolean {
  switch (asked) {
    case "always":
      return true;
    case "never":
      return false;
    case undefined:
    case "auto":
      return !toFile && environmentWantsColor(channel);
    default:
      throw new AppError("USAGE", `--color is auto, always or never, and not ${asked}`);
  }
}

function environmentWantsColor(channel: Channel): boolean {
  const { FORCE_COLOR: force, NO_COLOR: none } = process.env;
  if (force !== undefined) {
    return force !== "0" && force !== "false";
  }
  return (none ?? "") === "" && channel.isTty && !isDumbTerminal();
}

/** A terminal that cannot move its cursor. */
export function isDumbTerminal(): boolean {
  return process.env["TERM"] === "dumb";
}

/** Whether the runner of GitHub Actions reads what is printed. */
export function isGitHubActions(): boolean {
  return process.env["GITHUB_ACTIONS"] === "true";
}

/** The user's folder for what programs remember and cannot make again. */
export function stateFolder(): string {
  return folderOf("XDG_STATE_HOME", ".local/state", "state");
}

/** The user's folder for what the user wrote. */
export function configFolder(): string {
  return folderOf("XDG_CONFIG_HOME", ".config", "config");
}

function folderOf(variable: string, usual: string, local: string): string {
  const { [variable]: xdg = "", LOCALAPPDATA: windows = "" } = process.env;
  if (isAbsolute(xdg)) {
    return join(xdg, "weighbridge");
  }
  switch (process.platform) {
    case "win32":
      return join(
        windows === "" ? join(homedir(), "AppData", "Local") : windows,
        "weighbridge",
        local,
      );
    case "darwin":
      return join(homedir(), "Library", "Application Support", "weighbridge");
    default:
      return join(homedir(), usual, "weighbridge");
  }
}

/** The user's folder for what can be made again (XDG Base Directory Specification, and its likes). */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME: xdg = "", LOCALAPPDATA: local = "" } = process.env;
  if (isAbsolute(xdg)) {
    return join(xdg, "weighbridge");
  }
  switch (process.platform) {
    case "win32":
      return join(
        local === "" ? join(homedir(), "AppData", "Local") : local,
        "weighbridge",
        "cache",
      );
    case "darwin":
      return join(homedir(), "Library", "Caches", "weighbridge");
    default:
      return join(homedir(), ".cache", "weighbridge");
  }
}
