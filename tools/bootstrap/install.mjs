// Installs from lock files, when what is installed does not come from the lock file as it is now.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { withLock } from "./lock.mjs";
import { BootstrapError, say } from "./say.mjs";

/**
 * Makes `node_modules` of a folder agree with its package-lock.json.
 * @param {object} options
 * @param {string} options.folder
 * @param {string} options.name for the lock between concurrent starts
 * @param {string} options.what for the user: what is being installed
 * @param {string} options.node the Node that runs npm
 * @param {string} options.otherwise what the user can do where it fails
 */
export function ensureInstalled({ folder, name, what, node, otherwise }) {
  const stampFile = join(folder, "node_modules", ".weighbridge-stamp");
  const stamp = stampOf(folder);
  const isDone = () => readIfThere(stampFile) === stamp;
  if (isDone()) return;
  withLock(name, isDone, () => {
    say(`installing ${what}`);
    const started = Date.now();
    npmCi(folder, node, what, otherwise);
    writeFileSync(stampFile, stamp);
    say(`installed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  });
}

/** A folder may be shared between systems (a container's mount), and packages differ between them. */
function stampOf(folder) {
  const lock = readFileSync(join(folder, "package-lock.json"));
  return `${createHash("sha256").update(lock).digest("hex")} ${process.platform}-${process.arch}`;
}

function npmCi(folder, node, what, otherwise) {
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const npm = process.env.npm_execpath || "";
  const isNpm = /npm-cli\.[cm]?js$/.test(npm);
  const result = spawnSync(isNpm ? node : "npm", isNpm ? [npm, ...args] : args, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    shell: !isNpm && process.platform === "win32",
    env: { ...process.env, PATH: `${dirname(node)}${pathSeparator}${process.env.PATH}` },
  });
  if (result.status === 0) return;
  const cause = result.error ? result.error.message : result.stderr.trim();
  if (cause) process.stderr.write(`${cause}\n`);
  throw new BootstrapError(`could not install ${what} (npm ci failed); ${otherwise}`);
}

const pathSeparator = process.platform === "win32" ? ";" : ":";

function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
