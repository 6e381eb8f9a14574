// Installs from lock files, when what is installed does not come from the lock file as it is now.
import { spawnSync } from "node:child_process";
import { delimiter, dirname, join } from "node:path";
import { withLock } from "./lock.mjs";
import { BootstrapError, say } from "./say.mjs";
import { isInstalled, lockState, writeStamp } from "./stamps.mjs";

/**
 * Makes `node_modules` of a folder agree with its package-lock.json.
 * @param {object} options
 * @param {string} options.folder
 * @param {string} options.name for the lock between concurrent starts
 * @param {string} options.what for the user: what is being installed
 * @param {string} options.node the Node that runs npm
 * @param {string} options.otherwise what the user can do where it fails
 */
export function install({ folder, name, what, node, otherwise }) {
  const isDone = () => isInstalled(folder);
  withLock(name, isDone, () => {
    say(`installing ${what}`);
    const started = Date.now();
    const state = lockState(folder);
    npmCi(folder, node, what, otherwise);
    writeStamp(join(folder, "node_modules"), state);
    say(`installed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  });
}

function npmCi(folder, node, what, otherwise) {
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  // The npm that was started may be run by a newer Node than it came with, and then does not warn of the old one.
  const npm = process.env.npm_execpath || "";
  const isNpm = /npm-cli\.[cm]?js$/.test(npm);
  const result = spawnSync(isNpm ? node : "npm", isNpm ? [npm, ...args] : args, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    shell: !isNpm && process.platform === "win32",
    env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH || ""}` },
  });
  if (result.status === 0) return;
  const cause = result.error ? result.error.message : result.stderr.trim();
  if (cause) process.stderr.write(`${cause}\n`);
  throw new BootstrapError(`could not install ${what} (npm ci failed); ${otherwise}`);
}
