/** Other versions of Node to run the installed package on. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "../architecture/files.ts";
import { npm } from "./npm.ts";

/** Returns nothing where the version cannot be had: no build for the platform, no network. */
export function nodeOfVersion(version: string): string | undefined {
  const folder = join(root, "node_modules", ".cache", `node-${version}`);
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const node = join(folder, "node_modules", name, "bin", "node");
  if (existsSync(node)) return node;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), `{ "private": true }`);
    npm(["install", "--no-save", "--no-package-lock", `${name}@${version}`], folder);
    return versionOf(node) === version ? node : undefined;
  } catch {
    return undefined;
  }
}

/** An outdated Node that this machine has; where it has none, one is fetched. */
export function outdatedNode(): string | undefined {
  const found = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "node"))
    .filter((file) => existsSync(file))
    .find((file) => Number(versionOf(realpathSync(file))?.split(".")[0]) < 22);
  return found ?? nodeOfVersion("20.20.2") ?? nodeOfVersion("18.20.8");
}

function versionOf(node: string): string | undefined {
  try {
    return execFileSync(node, ["--version"], { encoding: "utf8" }).trim().slice(1);
  } catch {
    return undefined;
  }
}
