/** npm, quietly and from its cache where that has what is needed. */
import { spawnSync } from "node:child_process";

/** Runs npm in a folder and returns what it prints; throws with npm's words where it fails. */
export function npm(args: readonly string[], folder: string): string {
  const options = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
  const result = spawnSync("npm", [...args, ...options, "--loglevel=error"], {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
    // What `npm test` was started with describes the repository, not this folder.
    env: Object.fromEntries(
      Object.entries(process.env).filter(
        ([name]) => !/^npm_(config_(local_)?prefix|package)/.test(name),
      ),
    ),
  });
  if (result.status !== 0) throw new Error(`npm ${args.join(" ")}: ${result.stderr}`);
  return result.stdout;
}
